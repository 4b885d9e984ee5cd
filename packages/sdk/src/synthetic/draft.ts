import { day, stamp } from './calendar.ts';
import type { Minute } from './calendar.ts';
import { entitlement } from './entitlement.ts';
import type { Card, Person } from './people.ts';
import type { Random } from './random.ts';
import type { Setting } from './setting.ts';
import type { Practitioner, Story } from './vocabulary.ts';

/** A row being made: official field → text. */
export type Row = Record<string, string>;

export type EpisodeKind =
  | 'outpatient'
  | 'referred'
  | 'self-referred'
  | 'primary-care'
  | 'chronic-drugs'
  | 'chronic-services'
  | 'drug-pickup'
  | 'inpatient'
  | 'inpatient-off-route'
  | 'child'
  | 'multi-card'
  | 'short-stay'
  | 'day-treatment'
  | 'outpatient-treatment'
  | 'emergency'
  | 'referral'
  | 'delivery'
  | 'newborn'
  | 'pregnancy-rest'
  | 'miscarriage'
  | 'tuberculosis'
  | 'hiv'
  | 'uninsured';

/** One claim while it is made. */
export interface Draft {
  readonly setting: Setting;
  readonly random: Random;
  readonly kind: EpisodeKind;
  readonly story: Story;
  readonly person: Person;
  readonly cards: readonly Card[];
  readonly tables: Record<string, Row[]>;
  /** The single row of XML1. */
  readonly summary: Row;
  readonly doctor: Practitioner;
  readonly department: string;
  readonly arrival: Minute;
  /** MUC_HUONG of the lines unless the visit costs little. */
  readonly benefit: string;
  readonly fullWhenLowCost: boolean;
  /** A wound of the war broke out again; every line says so. */
  readonly isWarInvalid: boolean;
  /** The next minute at which nobody is busy with the patient. */
  now: Minute;
}

export interface DraftOptions {
  readonly setting: Setting;
  readonly random: Random;
  readonly kind: EpisodeKind;
  readonly key: string;
  readonly number: number;
  readonly story: Story;
  readonly person: Person;
  readonly cards: readonly Card[];
  readonly arrival: Minute;
  /** MA_DOITUONG_KCB. */
  readonly category: string;
  /** MA_LOAI_KCB. */
  readonly visit: string;
  /** MA_NOI_DI. */
  readonly cameFrom?: string;
}

const oneYear = 10_000;
const areas = ['K1', 'K2', 'K3'];

function joined(cards: readonly Card[], value: (card: Card) => string): string {
  return cards.map(value).join(';');
}

/** Head of facility: a social insurance number under QĐ 4750, a practice licence since QĐ 3176. */
export function headOfFacility(setting: Setting): string {
  const field = setting.ruleset.tables['XML1']?.fields.find((candidate) => candidate.code === 'MA_TTDV');
  const { director } = setting.vocabulary.facilities;
  return field?.maxLength === 10 ? director.insuranceNumber : director.licence;
}

/** The main and further diagnoses in words. */
export function diagnosis(story: Story): string {
  return [story.name, ...(story.other ?? []).map(([, name]) => name)].join('; ');
}

function weight(person: Person, arrival: Minute, random: Random): string {
  const age = Math.floor((Number(day(arrival)) - Number(person.birth.slice(0, 8))) / oneYear);
  const [low, high] = age < 1 ? [28, 42] : age < 6 ? [90, 190] : age < 15 ? [200, 450] : [430, 780];
  return (random.between(low, high) / 10).toFixed(2);
}

/** Since when an adult has been insured for five years without a gap, as far as the card says it. */
function fiveYears(person: Person, arrival: Minute, random: Random): string {
  if (person.stage === 'child' || person.stage === 'pupil' || !random.perMille(400)) return '';
  return `${Number(day(arrival).slice(0, 4)) - random.between(1, 4)}0101`;
}

/** Opens a claim: patient, cards, visit and diagnosis in XML1; the money comes with `settle`. */
export function openDraft(options: DraftOptions): Draft {
  const { setting, random, story, person, cards, arrival, category, visit } = options;
  const { phrases } = setting.vocabulary.cases;
  const isUninsured = cards.length === 0;
  const [card] = cards;
  const right = entitlement(setting, card, category, visit);
  const isExempt = visit === '03' && right.fullWhenLowCost && random.perMille(25);
  const year = day(arrival).slice(0, 4);
  const summary: Row = {
    MA_LK: options.key,
    STT: '1',
    MA_BN: `BN${String(options.number).padStart(8, '0')}`,
    HO_TEN: person.name,
    SO_CCCD: person.citizenId,
    NGAY_SINH: person.birth,
    GIOI_TINH: String(person.sex),
    NHOM_MAU: '',
    MA_QUOCTICH: '000',
    MA_DANTOC: person.ethnicity,
    MA_NGHE_NGHIEP: person.occupation,
    DIA_CHI: person.address,
    MATINH_CU_TRU: setting.province,
    MAHUYEN_CU_TRU: person.district,
    MAXA_CU_TRU: person.ward,
    DIEN_THOAI: person.phone,
    MA_THE_BHYT: joined(cards, (each) => each.number),
    MA_DKBD: joined(cards, (each) => each.registeredAt),
    GT_THE_TU: joined(cards, (each) => each.from),
    GT_THE_DEN: joined(cards, (each) => each.to),
    NGAY_MIEN_CCT: isExempt ? `${year}0101` : '',
    LY_DO_VV: story.complaint,
    CHAN_DOAN_VAO: story.name,
    CHAN_DOAN_RV: diagnosis(story),
    MA_BENH_CHINH: story.code,
    MA_BENH_YHCT: story.traditional ?? '',
    MA_BENH_KT: (story.other ?? []).map(([code]) => code).join(';'),
    MA_DOITUONG_KCB: category,
    MA_NOI_DI: options.cameFrom ?? '',
    MA_TAI_NAN: story.accident === undefined ? '' : String(story.accident),
    NGAY_VAO: stamp(arrival),
    GIAY_CHUYEN_TUYEN: options.cameFrom === undefined ? '' : `${random.between(1, 999)}/GCT`,
    PP_DIEU_TRI: story.surgery === undefined ? random.pick(phrases.treatment) : phrases.surgery,
    KET_QUA_DTRI: '2',
    MA_LOAI_RV: '1',
    GHI_CHU: random.pick(phrases.advice),
    MA_LOAI_KCB: visit,
    MA_CSKCB: setting.facility,
    MA_KHUVUC: isUninsured || !random.perMille(60) ? '' : random.pick(areas),
    NAM_NAM_LIEN_TUC: fiveYears(person, arrival, random),
    CAN_NANG: weight(person, arrival, random),
    MA_HSBA: `HS${String(options.number).padStart(8, '0')}`,
    MA_TTDV: headOfFacility(setting),
    DU_PHONG: '',
  };
  return {
    setting,
    random,
    kind: options.kind,
    story,
    person,
    cards,
    tables: { XML1: [summary] },
    summary,
    doctor: random.pick(setting.vocabulary.facilities.doctors),
    department: story.department,
    arrival,
    benefit: isUninsured ? '0' : isExempt ? '100' : right.percent,
    fullWhenLowCost: right.fullWhenLowCost,
    isWarInvalid: person.stage === 'senior' && random.perMille(20),
    now: arrival,
  };
}

/** Closes the visit: end, payment, settlement month and the fields that follow from them. */
export function closeVisit(draft: Draft, end: Minute, treatmentDays: number): void {
  const { summary } = draft;
  summary['NGAY_RA'] = stamp(end);
  summary['NGAY_TTOAN'] = stamp(end + draft.random.between(5, 25));
  summary['SO_NGAY_DTRI'] = String(treatmentDays);
  summary['NAM_QT'] = day(end).slice(0, 4);
  summary['THANG_QT'] = String(Number(day(end).slice(4, 6)));
  const departments = new Set<string>();
  const procedures = new Set<string>();
  for (const table of ['XML2', 'XML3']) {
    for (const row of draft.tables[table] ?? []) {
      departments.add(row['MA_KHOA'] ?? '');
      if ((row['MA_PTTT_QT'] ?? '') !== '' && ['8', '18'].includes(row['MA_NHOM'] ?? ''))
        procedures.add(row['MA_PTTT_QT'] ?? '');
    }
  }
  summary['MA_KHOA'] = departments.size === 0 ? draft.department : [...departments].join(';');
  summary['MA_PTTT_QT'] = [...procedures].join(';');
}

/** Adds a row to a table and returns it. */
export function addRow(draft: Draft, table: string, row: Row): Row {
  (draft.tables[table] ??= []).push(row);
  return row;
}
