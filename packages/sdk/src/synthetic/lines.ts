import { stamp } from './calendar.ts';
import type { Minute } from './calendar.ts';
import { addRow } from './draft.ts';
import type { Draft, Row } from './draft.ts';
import type { PricedCode, Service, Story } from './vocabulary.ts';

/** Members that lines have in common; money is filled by `settle`. */
function commonLine(draft: Draft, orderedAt: Minute): Row {
  return {
    MA_LK: draft.summary['MA_LK'] ?? '',
    PHAM_VI: '1',
    TYLE_TT_BH: '100',
    T_NGUONKHAC_NSNN: '0',
    T_NGUONKHAC_VTNN: '0',
    T_NGUONKHAC_VTTN: '0',
    T_NGUONKHAC_CL: '0',
    MA_KHOA: draft.department,
    MA_BAC_SI: draft.doctor.licence,
    NGAY_YL: stamp(orderedAt),
    MA_PTTT: '1',
    VET_THUONG_TP: draft.isWarInvalid ? '1' : '',
    DU_PHONG: '',
  };
}

/** Blood products stand in groups 7 and 17, and are not tendered. */
const bloodGroups = new Set([7, 17]);

function tender(draft: Draft, group: string): string {
  const { tender: parts } = draft.setting.vocabulary.drugs;
  const year = Number(draft.setting.date.slice(0, 4)) - 1;
  return `${parts.decision};${parts.package};${group};${year}`;
}

/** A drug line; `quantity` is what was used in all. */
export function addDrug(draft: Draft, id: string, perDay: number, days: number, orderedAt: Minute): Row {
  const drug = draft.setting.vocabulary.drugs.drugs[id];
  if (drug === undefined) throw new RangeError(`no drug ${id} in specs/synthetic/drugs.yaml`);
  const { phrases } = draft.setting.vocabulary.cases;
  const times = perDay >= 2 ? 2 : 1;
  const dose = phrases.dose
    .replace('{quantity}', String(perDay / times))
    .replace('{unit}', drug.unit)
    .replace('{times}', String(times))
    .replace('{days}', String(days));
  const isBlood = bloodGroups.has(drug.group ?? 4);
  return addRow(draft, 'XML2', {
    ...commonLine(draft, orderedAt),
    MA_THUOC: drug.code,
    MA_NHOM: String(drug.group ?? 4),
    TEN_THUOC: drug.name,
    DON_VI_TINH: drug.unit,
    HAM_LUONG: drug.strength,
    DUONG_DUNG: drug.route,
    DANG_BAO_CHE: drug.form,
    LIEU_DUNG: dose,
    CACH_DUNG: phrases.usage,
    SO_DANG_KY: drug.registration,
    TT_THAU: isBlood ? '' : tender(draft, draft.setting.vocabulary.drugs.tender.drugGroup),
    TYLE_TT_BH: String(drug.ratio ?? 100),
    SO_LUONG: String(perDay * days),
    DON_GIA: drug.price,
    NGAY_TH_YL: stamp(orderedAt + draft.random.between(5, 15)),
    NGUON_CTRA: '1',
  });
}

function serviceLine(
  draft: Draft,
  item: { code: string; name: string; price: number },
  orderedAt: Minute,
): Row {
  return {
    ...commonLine(draft, orderedAt),
    MA_DICH_VU: item.code,
    TEN_DICH_VU: item.name,
    DON_GIA_BV: String(item.price),
    DON_GIA_BH: String(item.price),
    SO_LUONG: '1',
    TYLE_TT_DV: '100',
    MA_BENH: draft.summary['MA_BENH_CHINH'] ?? '',
    MA_BENH_YHCT: draft.summary['MA_BENH_YHCT'] ?? '',
  };
}

/** An examination at the clinic of the story's department, or the one given. */
export function addExam(draft: Draft, department: string = draft.department): Row {
  const { exams, examPrice } = draft.setting.vocabulary.services;
  const exam = exams[department] ?? exams['K01'];
  if (exam === undefined) throw new RangeError('no examination in specs/synthetic/services.yaml');
  const orderedAt = draft.now;
  const started = orderedAt + draft.random.between(3, 20);
  const done = started + draft.random.between(8, 15);
  draft.now = done;
  return addRow(draft, 'XML3', {
    ...serviceLine(draft, { ...exam, price: examPrice }, orderedAt),
    MA_NHOM: '13',
    DON_VI_TINH: draft.setting.vocabulary.services.units.time,
    NGUOI_THUC_HIEN: draft.doctor.licence,
    NGAY_TH_YL: stamp(started),
    NGAY_KQ: stamp(done),
  });
}

const performerOfGroup: Readonly<
  Record<number, 'imaging' | 'laboratory' | 'function' | 'procedure' | 'surgery'>
> = {
  1: 'laboratory',
  2: 'imaging',
  3: 'function',
  8: 'surgery',
  18: 'procedure',
};

/** QĐ 130 asked for an index code on every row of XML4, images included. */
function needsIndexCode(draft: Draft): boolean {
  const fields = draft.setting.ruleset.tables['XML4']?.fields ?? [];
  return fields.some(({ code, required }) => code === 'MA_CHI_SO' && required === 'always');
}

/** What brings out a test's value: XML4 has one row for each measured index, or one with a description. */
function addResults(draft: Draft, service: Service, reader: string, doneAt: Minute): void {
  const common: Row = {
    MA_LK: draft.summary['MA_LK'] ?? '',
    MA_DICH_VU: service.code,
    NGAY_KQ: stamp(doneAt),
    MA_BS_DOC_KQ: reader,
    DU_PHONG: '',
  };
  for (const result of service.results ?? []) {
    const scale = 10 ** (result.decimals ?? 0);
    const value =
      result.texts === undefined
        ? (draft.random.between(result.low ?? 0, result.high ?? 0) / scale).toFixed(result.decimals ?? 0)
        : draft.random.pick(result.texts);
    addRow(draft, 'XML4', {
      ...common,
      MA_CHI_SO: result.code,
      TEN_CHI_SO: result.name,
      GIA_TRI: value,
      DON_VI_DO: result.unit,
    });
  }
  if (service.conclusion !== undefined) {
    addRow(draft, 'XML4', {
      ...common,
      MA_CHI_SO: needsIndexCode(draft) ? service.code : '',
      TEN_CHI_SO: service.name,
      MO_TA: service.finding ?? '',
      KET_LUAN: service.conclusion,
    });
  }
}

/** A test, image, procedure or operation, started when everybody is free and done before the next. */
export function addService(draft: Draft, id: string): Row {
  const service = draft.setting.vocabulary.services.services[id];
  if (service === undefined) throw new RangeError(`no service ${id} in specs/synthetic/services.yaml`);
  const { random } = draft;
  const orderedAt = draft.now;
  const started = orderedAt + random.between(3, 12);
  const done = started + service.minutes;
  draft.now = done;
  const performer = random.pick(
    draft.setting.vocabulary.facilities.performers[performerOfGroup[service.group] ?? 'procedure'],
  );
  const row = addRow(draft, 'XML3', {
    ...serviceLine(draft, service, orderedAt),
    MA_NHOM: String(service.group),
    DON_VI_TINH: draft.setting.vocabulary.services.units.time,
    MA_PTTT_QT: service.icd9 ?? '',
    NGUOI_THUC_HIEN: performer,
    NGAY_TH_YL: stamp(started),
    NGAY_KQ: stamp(done),
    PP_VO_CAM: service.anaesthesia === undefined ? '' : String(service.anaesthesia),
    MA_MAY:
      service.machine === undefined
        ? ''
        : `${service.machine}.1.${draft.setting.facility}.TN${random.between(100, 999)}`,
  });
  addResults(draft, service, performer, done);
  return row;
}

/** A consumable; `packageOf` makes it and its service one paid package with the ceiling of the law. */
export function addSupply(
  draft: Draft,
  id: string,
  quantity: number,
  orderedAt: Minute,
  packageOf?: Row,
): Row {
  const supply = draft.setting.vocabulary.drugs.supplies[id];
  if (supply === undefined) throw new RangeError(`no consumable ${id} in specs/synthetic/drugs.yaml`);
  if (packageOf !== undefined) packageOf['GOI_VTYT'] = 'G1';
  return addRow(draft, 'XML3', {
    ...commonLine(draft, orderedAt),
    MA_VAT_TU: supply.code,
    TEN_VAT_TU: supply.name,
    MA_NHOM: '10',
    GOI_VTYT: packageOf === undefined ? '' : 'G1',
    DON_VI_TINH: supply.unit,
    SO_LUONG: String(quantity),
    DON_GIA_BV: supply.price,
    DON_GIA_BH: supply.price,
    TYLE_TT_DV: '100',
    TT_THAU: tender(draft, draft.setting.vocabulary.drugs.tender.supplyGroup),
    T_TRANTT: packageOf === undefined ? '' : String(45 * draft.setting.baseSalary),
    MA_BENH: draft.summary['MA_BENH_CHINH'] ?? '',
    NGAY_TH_YL: stamp(orderedAt + 5),
    MA_HIEU_SP: supply.model,
    TAI_SU_DUNG: supply.reusable === true && draft.random.perMille(300) ? '1' : '',
  });
}

/** Bed days of one stretch, in one bed. */
export function addBed(
  draft: Draft,
  bed: PricedCode,
  group: number,
  days: number,
  orderedAt: Minute,
  code: string,
): Row {
  return addRow(draft, 'XML3', {
    ...serviceLine(draft, bed, orderedAt),
    MA_NHOM: String(group),
    DON_VI_TINH: draft.setting.vocabulary.services.units.day,
    SO_LUONG: String(days),
    MA_GIUONG: code,
    NGAY_TH_YL: stamp(orderedAt),
  });
}

/** The drugs of a story, ordered now; `stay` is the length of the visit in days. */
export function addDrugs(draft: Draft, story: Story, stay: number): void {
  for (const [id, perDay, days] of story.drugs)
    addDrug(draft, id, perDay, days === 'stay' ? stay : days, draft.now);
}

/** The consumables of a story, ordered now. */
export function addSupplies(draft: Draft, story: Story): void {
  for (const [id, quantity] of story.supplies ?? []) addSupply(draft, id, quantity, draft.now);
}

/** Further lines for those who need large claims: tablets and consumables in turn, ordered now. */
export function addFillers(draft: Draft): void {
  const { drugs, supplies } = draft.setting.vocabulary.drugs;
  const tablets = Object.keys(drugs).filter((id) => drugs[id]?.route === '1.01');
  const items = Object.keys(supplies).filter((id) => id !== 'hernia-mesh');
  const count = (draft.tables['XML2'] ?? []).length + (draft.tables['XML3'] ?? []).length;
  for (let made = count; made < draft.setting.rows; made++) {
    if (made % 4 === 3) addSupply(draft, draft.random.pick(items), draft.random.between(1, 4), draft.now);
    else
      addDrug(
        draft,
        draft.random.pick(tablets),
        draft.random.between(1, 3),
        draft.random.between(1, 5),
        draft.now,
      );
  }
}
