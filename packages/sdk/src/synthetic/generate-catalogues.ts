import { buildCatalogue } from '../claims/build-catalogue.ts';
import type { CatalogueKind, TableRow } from '../claims/types.ts';
import { openSpecifications } from '../specifications/index.ts';
import type { Specifications } from '../specifications/index.ts';
import { readVocabulary } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface GenerateCataloguesOptions {
  /** MA_CSKCB; default 99001. */
  readonly facility?: string;
  /** TU_NGAY of every item, `yyyyMMdd`; default 20230101. */
  readonly from?: string;
  readonly specifications?: Specifications;
}

/** One catalogue upload (HSDANHMUC). */
export interface GeneratedCatalogue {
  readonly kind: CatalogueKind;
  /** `01-dm.xml`. */
  readonly fileName: string;
  readonly rows: readonly TableRow[];
  readonly bytes: Uint8Array;
}

function departments({ cases, services }: Vocabulary): readonly string[] {
  const codes = new Set(['K01', 'K02', ...Object.keys(services.beds)]);
  for (const stories of Object.values(cases)) {
    if (Array.isArray(stories)) for (const { department } of stories) codes.add(department);
  }
  return [...codes].toSorted();
}

function people({ facilities }: Vocabulary): readonly TableRow[] {
  const doctors = facilities.doctors.map(({ name, licence }) => ({
    HO_TEN: name,
    MACCHN: licence,
    CHUCDANH_NN: '1',
  }));
  const performers = Object.values(facilities.performers)
    .flat()
    .map((licence) => ({ HO_TEN: facilities.director.name, MACCHN: licence, CHUCDANH_NN: '5' }));
  const midwives = facilities.midwives.map(({ name, licence }) => ({
    HO_TEN: name,
    MACCHN: licence,
    CHUCDANH_NN: '4',
  }));
  return [...doctors, ...performers, ...midwives].map((person, index) => ({
    ...person,
    MA_KHOA: 'K01',
    GIOI_TINH: '1',
    SO_DINH_DANH: `099080${String(index + 1).padStart(6, '0')}`,
    NGAYCAP_CCHN: '20200101',
  }));
}

function drugs({ drugs: { drugs: items, tender } }: Vocabulary): readonly TableRow[] {
  return Object.values(items).map((drug) => ({
    MA_THUOC: drug.code,
    TEN_HOAT_CHAT: drug.name,
    TEN_THUOC: drug.name,
    DON_VI_TINH: drug.unit,
    HAM_LUONG: drug.strength,
    DUONG_DUNG: drug.route,
    MA_DUONG_DUNG: drug.route,
    DANG_BAO_CHE: drug.form,
    SO_DANG_KY: drug.registration,
    DON_GIA: drug.price,
    DON_GIA_BH: drug.price,
    TT_THAU: `${tender.decision};${tender.package};${tender.drugGroup};2025`,
  }));
}

function supplies({ drugs: { supplies: items, tender } }: Vocabulary): readonly TableRow[] {
  return Object.values(items).map((supply) => ({
    MA_VAT_TU: supply.code,
    TEN_VAT_TU: supply.name,
    MA_HIEU: supply.model,
    DON_VI_TINH: supply.unit,
    DON_GIA: supply.price,
    DON_GIA_BH: supply.price,
    TYLE_TT_BH: '100',
    TT_THAU: `${tender.decision};${tender.package};${tender.supplyGroup};2025`,
  }));
}

function services({ services: words, facilities }: Vocabulary): readonly TableRow[] {
  const priced = new Map<string, { readonly name: string; readonly price: number }>();
  for (const exam of Object.values(words.exams))
    priced.set(exam.code, { name: exam.name, price: words.examPrice });
  for (const item of [...Object.values(words.beds), words.dayBed, ...Object.values(words.services)]) {
    priced.set(item.code, item);
  }
  for (const code of [facilities.hospital, facilities.higher, ...facilities.others]) {
    priced.set(`VC.${code}`, words.transport);
  }
  return [...priced].map(([code, { name, price }]) => ({
    MA_DICH_VU: code,
    TEN_DICH_VU: name,
    TEN_DVKT_GIA: name,
    DON_GIA: String(price),
    GIA_THANH_TOAN: String(price),
  }));
}

function machines({ services: { services: items } }: Vocabulary, facility: string): readonly TableRow[] {
  const groups = new Set(
    Object.values(items).flatMap(({ machine }) => (machine === undefined ? [] : [machine])),
  );
  return [...groups].toSorted().map((group) => ({
    TEN_TB: group,
    MA_MAY: `${group}.1.${facility}.TN100`,
    NAM_SX: '2020',
    NAM_SD: '2021',
  }));
}

/**
 * The six catalogues (TT 12/2026) that hold everything the generated claims of a facility use, so that rules which need
 * accepted catalogues find it there.
 */
export function generateCatalogues(options: GenerateCataloguesOptions = {}): readonly GeneratedCatalogue[] {
  const specifications = options.specifications ?? openSpecifications();
  const vocabulary = readVocabulary(specifications);
  const facility = options.facility ?? vocabulary.facilities.hospital;
  const tables = specifications.catalogues();
  const rowsOfKind: Readonly<Record<CatalogueKind, readonly TableRow[]>> = {
    '01/DM': departments(vocabulary).map((code) => ({ MA_KHOA: code, TEN_KHOA: code })),
    '02/DM': people(vocabulary),
    '03/DM': drugs(vocabulary),
    '04/DM': supplies(vocabulary),
    '05/DM': services(vocabulary),
    '06/DM': machines(vocabulary, facility),
  };
  return (Object.keys(rowsOfKind) as CatalogueKind[]).map((kind) => {
    const rows = rowsOfKind[kind].map((row, index) => ({
      STT: String(index + 1),
      ...row,
      TU_NGAY: options.from ?? '20230101',
      MA_CSKCB: facility,
    }));
    return {
      kind,
      fileName: `${kind.toLowerCase().replace('/', '-')}.xml`,
      rows,
      bytes: buildCatalogue(kind, rows, { tables, id: `Id-${kind.slice(0, 2)}-${facility}` }),
    };
  });
}
