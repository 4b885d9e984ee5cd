import { buildCertificates } from '../claims/build-certificates.ts';
import type { CertificateInput, TableRow } from '../claims/types.ts';
import { createClaimMaker } from './claim-maker.ts';
import type { EpisodeOptions } from './claim-maker.ts';
import type { EpisodeKind, Row } from './draft.ts';
import { rowsOf } from './wire.ts';
import type { Wire } from './wire.ts';

export interface GenerateCertificatesOptions extends EpisodeOptions {
  readonly count: number;
  /** Only these kinds (LOAIHOSO). */
  readonly certificates?: readonly CertificateInput['kind'][];
}

/** One certificate file (HSCHUNGTU) with one certificate. */
export interface GeneratedCertificate {
  /** `ct07-000001.xml`. */
  readonly fileName: string;
  readonly kind: CertificateInput['kind'];
  readonly bytes: Uint8Array;
  readonly row: TableRow;
}

interface Source {
  /** Episodes that lead to such a certificate. */
  readonly episodes: readonly EpisodeKind[];
  /** The claim's paper whose members it shares. */
  readonly paper: string;
}

const sources: Readonly<Record<CertificateInput['kind'], Source>> = {
  CT03: { episodes: ['inpatient', 'child', 'miscarriage'], paper: 'XML7' },
  CT04: { episodes: ['inpatient'], paper: 'XML8' },
  CT06: { episodes: ['pregnancy-rest'], paper: 'XML10' },
  CT07: { episodes: ['outpatient'], paper: 'XML11' },
  GIAYDIEUTRINOITRU: { episodes: ['inpatient'], paper: 'XML7' },
  GIAYDIEUTRIVOSINH: { episodes: ['delivery'], paper: 'XML7' },
  GIAYSUCKHOEME: { episodes: ['delivery'], paper: 'XML7' },
  GIAYBAOTU: { episodes: ['inpatient'], paper: 'XML8' },
  GIAYCHUNGSINH: { episodes: ['delivery'], paper: 'XML9' },
};

/** Names of certificate members → members of XML1, where they differ. */
const ofSummary: Readonly<Record<string, string>> = {
  MA_YTE: 'MA_BN',
  MA_THE: 'MA_THE_BHYT',
  MACSKCB: 'MA_CSKCB',
  CHAN_DOAN: 'CHAN_DOAN_RV',
  CHAN_DOAN_RA: 'CHAN_DOAN_RV',
  CHANDOAN_DIEUTRI: 'CHAN_DOAN_RV',
  PP_DIEUTRI: 'PP_DIEU_TRI',
  TT_RAVIEN: 'KET_QUA_DTRI',
  LYDO_VVIEN: 'LY_DO_VV',
  NGHE_NGHIEP: 'MA_NGHE_NGHIEP',
  MA_DAN_TOC: 'MA_DANTOC',
  MA_TINHCUTRU: 'MATINH_CU_TRU',
  MA_XACUTRU: 'MAXA_CU_TRU',
  BENHICD10_ID: 'MA_BENH_CHINH',
  BENH_ICD10_ID: 'MA_BENH_CHINH',
  BENH_ICD10_MA: 'MA_BENH_CHINH',
  TENBENHNICD10: 'CHAN_DOAN_RV',
  BENH_ICD10_TEN: 'CHAN_DOAN_RV',
  DCHI_THUONGTRU: 'DIA_CHI',
  DCHI_HIENTAI: 'DIA_CHI',
  MATINH_THUONGTRU: 'MATINH_CU_TRU',
  MAXA_THUONGTRU: 'MAXA_CU_TRU',
  MATINH_HIENTAI: 'MATINH_CU_TRU',
  MAXA_HIENTAI: 'MAXA_CU_TRU',
  SO_GIAYTO: 'SO_CCCD',
  NGAYGIO_VV: 'NGAY_VAO',
  NGAY_TV: 'NGAY_RA',
  NOI_CU_TRU_NND: 'DIA_CHI',
  KET_LUAN: 'CHAN_DOAN_RV',
  TINHTRANGBENHHIENTAI: 'CHAN_DOAN_RV',
  NGUYENNHAN_TV: 'CHAN_DOAN_RV',
};

function certificateRow(wire: Wire, fields: readonly string[], paper: Row): TableRow {
  const { summary, draft } = wire;
  const { director } = wire.setting.vocabulary.facilities;
  const issued = (summary['NGAY_RA'] ?? '').slice(0, 8);
  const fixed: Row = {
    MA_BHXH: draft.person.insuranceNumber,
    MA_KHOA: draft.department,
    TEKT: '0',
    LOAI_GIAYTO: '1',
    NGAYCAP_CCCD: draft.person.citizenId === '' ? '' : '20220415',
    NGAY_CHUNG_TU: issued,
    NGAY_CAPGIAYBT: issued,
    NGAY_CT: issued,
    NGAY_KCB: issued,
    MA_CCHN: draft.doctor.licence,
    MA_CCHN_BS: draft.doctor.licence,
    MA_CCHN_TRUONGKHOA: draft.doctor.licence,
    MA_BS: draft.doctor.licence,
    TEN_BS: draft.doctor.name,
    TEN_NGUOI_HANH_NGHE: draft.doctor.name,
    TEN_TRUONGKHOA: draft.doctor.name,
    THU_TRUONG_DVI: director.name,
    THU_TRUONG_DV: director.name,
    TTRUONG_DVI: director.name,
    NGUOI_DAI_DIEN: director.name,
    DAI_DIEN_DVI: director.name,
    DON_VI: draft.person.employer,
    TEN_DVI: draft.person.employer,
    TEN_DONVI: draft.person.employer,
    DINH_CHI_THAI_NGHEN: paper['MA_DINH_CHI_THAI'] ?? '',
  };
  return Object.fromEntries(
    fields.map((code) => [code, paper[code] ?? fixed[code] ?? summary[ofSummary[code] ?? code] ?? '']),
  );
}

/** Certificates of synthetic episodes, one a file, in turn of all kinds asked for. */
export async function* generateCertificates(
  options: GenerateCertificatesOptions,
): AsyncGenerator<GeneratedCertificate, void, void> {
  const maker = createClaimMaker(options);
  const tables = maker.specifications.certificates();
  const kinds = options.certificates ?? (Object.keys(sources) as CertificateInput['kind'][]);
  for (let index = 0; index < options.count; index++) {
    const kind = kinds[index % kinds.length];
    if (kind === undefined) return;
    const { episodes, paper } = sources[kind];
    let attempt = 0;
    let wire = maker.make(index, attempt, episodes);
    while (rowsOf(wire, paper).length === 0) wire = maker.make(index, ++attempt, episodes);
    const fields = tables[kind]?.fields.map(({ code }) => code) ?? [];
    const row = certificateRow(wire, fields, rowsOf(wire, paper)[0] ?? {});
    yield {
      fileName: `${kind.toLowerCase()}-${String(index + 1).padStart(6, '0')}.xml`,
      kind,
      row,
      bytes: buildCertificates([{ kind, row } as CertificateInput], {
        facility: wire.setting.facility,
        createdOn: (wire.summary['NGAY_RA'] ?? '').slice(0, 8),
        tables,
        id: `Id-${options.seed}-${index + 1}`,
      }),
    };
  }
}
