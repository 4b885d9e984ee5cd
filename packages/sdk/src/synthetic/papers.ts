import { shiftedDay, stamp } from './calendar.ts';
import type { Minute } from './calendar.ts';
import { addRow } from './draft.ts';
import type { Draft, Row } from './draft.ts';
import { insuranceNumber, personName } from './people.ts';
import type { Person } from './people.ts';

function field(draft: Draft, code: string): string {
  return draft.summary[code] ?? '';
}

function copied(draft: Draft, codes: readonly string[]): Row {
  return Object.fromEntries(codes.map((code) => [code, field(draft, code)]));
}

function paperNumber(draft: Draft, kind: string): string {
  return `${draft.random.between(1, 9999)}/${kind}`;
}

function names(draft: Draft, table: string, code: string): string {
  return (draft.tables[table] ?? [])
    .map((row) => row[code] ?? '')
    .filter((name) => name !== '')
    .join('; ');
}

/** A note of the clinical course (XML5). Vital signs follow the annex's convention. */
export function addNote(draft: Draft, at: Minute): Row {
  const { random } = draft;
  const signs = `M${random.between(70, 96)}_T${random.between(365, 378) / 10}_HA${random.between(110, 135)}/${random.between(65, 85)}_NT${random.between(16, 21)}`;
  return addRow(draft, 'XML5', {
    MA_LK: field(draft, 'MA_LK'),
    DIEN_BIEN_LS: `${random.pick(draft.setting.vocabulary.cases.phrases.course)}. CSST<${signs}>`,
    THOI_DIEM_DBLS: stamp(at),
    NGUOI_THUC_HIEN: draft.doctor.licence,
    DU_PHONG: '',
  });
}

/** The discharge paper (XML7). */
export function addDischargePaper(draft: Draft): Row {
  return addRow(draft, 'XML7', {
    ...copied(draft, ['MA_LK', 'NGAY_VAO', 'NGAY_RA', 'CHAN_DOAN_RV', 'GHI_CHU', 'MA_TTDV']),
    SO_LUU_TRU: paperNumber(draft, 'LT'),
    MA_YTE: field(draft, 'MA_BN'),
    MA_KHOA_RV: draft.department,
    PP_DIEUTRI: field(draft, 'PP_DIEU_TRI'),
    MA_BS: draft.doctor.licence,
    TEN_BS: draft.doctor.name,
    NGAY_CT: field(draft, 'NGAY_RA').slice(0, 8),
    DU_PHONG: '',
  });
}

/** The summary of the medical record (XML8), for stays only. */
export function addRecordSummary(draft: Draft): Row {
  const { phrases } = draft.setting.vocabulary.cases;
  return addRow(draft, 'XML8', {
    ...copied(draft, [
      'MA_LK',
      'MA_LOAI_KCB',
      'NGAY_VAO',
      'NGAY_RA',
      'CHAN_DOAN_VAO',
      'CHAN_DOAN_RV',
      'KET_QUA_DTRI',
      'GHI_CHU',
      'MA_TTDV',
    ]),
    QT_BENHLY: phrases.history,
    TOMTAT_KQ: phrases.summary,
    PP_DIEUTRI: field(draft, 'PP_DIEU_TRI'),
    NGAY_CT: field(draft, 'NGAY_RA').slice(0, 8),
    DU_PHONG: '',
  });
}

/** A birth certificate (XML9) for one child. */
export function addBirthCertificate(draft: Draft, child: BirthFacts): Row {
  const { random, setting, person } = draft;
  const { phrases } = setting.vocabulary.cases;
  const { facilities, people } = setting.vocabulary;
  const [card] = draft.cards;
  const note =
    child.bySurgery && child.isPreterm
      ? phrases.bothNote
      : child.bySurgery
        ? phrases.caesareanNote
        : child.isPreterm
          ? phrases.pretermNote
          : phrases.noNote;
  return addRow(draft, 'XML9', {
    ...copied(draft, ['MA_LK', 'MA_QUOCTICH', 'MATINH_CU_TRU', 'MAHUYEN_CU_TRU', 'MAXA_CU_TRU', 'MA_TTDV']),
    MA_BHXH_NND: person.insuranceNumber,
    MA_THE_NND: card?.number ?? '',
    HO_TEN_NND: person.name,
    NGAYSINH_NND: person.birth.slice(0, 8),
    MA_DANTOC_NND: person.ethnicity,
    SO_CCCD_NND: person.citizenId,
    NGAYCAP_CCCD_NND: '20220415',
    NOICAP_CCCD_NND: random.pick(people.idIssuers),
    NOI_CU_TRU_NND: person.address,
    HO_TEN_CHA: personName(random, setting, 1),
    MA_THE_TAM: `TE1${setting.province}${insuranceNumber(random)}`,
    HO_TEN_CON: personName(random, setting, child.sex),
    GIOI_TINH_CON: String(child.sex),
    SO_CON: String(child.count),
    LAN_SINH: '1',
    SO_CON_SONG: String(child.count),
    CAN_NANG_CON: String(child.grams),
    NGAY_SINH_CON: stamp(child.bornAt),
    NOI_SINH_CON: setting.facilityName,
    TINH_TRANG_CON: phrases.birthCondition,
    SINHCON_PHAUTHUAT: child.bySurgery ? '1' : '0',
    SINHCON_DUOI32TUAN: child.isPreterm ? '1' : '0',
    GHI_CHU: note,
    NGUOI_DO_DE: random.pick(facilities.midwives).name,
    NGUOI_GHI_PHIEU: random.pick(facilities.midwives).name,
    NGAY_CT: field(draft, 'NGAY_RA').slice(0, 8),
    SO: String(random.between(1, 900)),
    QUYEN_SO: '1',
    DU_PHONG: '',
  });
}

export interface BirthFacts {
  readonly sex: number;
  readonly grams: number;
  readonly count: number;
  readonly bornAt: Minute;
  readonly bySurgery: boolean;
  readonly isPreterm: boolean;
}

/** Leave in pregnancy (XML10). */
export function addPregnancyLeave(draft: Draft, days: number): Row {
  const from = field(draft, 'NGAY_RA').slice(0, 8);
  const { phrases } = draft.setting.vocabulary.cases;
  return addRow(draft, 'XML10', {
    ...copied(draft, ['MA_LK', 'MA_TTDV']),
    SO_SERI: paperNumber(draft, 'DT'),
    SO_CT: paperNumber(draft, 'CT'),
    SO_NGAY: String(days),
    DON_VI: draft.person.employer,
    CHAN_DOAN_RV: `${field(draft, 'CHAN_DOAN_RV')}, ${phrases.pregnancyRest}`,
    TU_NGAY: from,
    DEN_NGAY: shiftedDay(from, days),
    TEN_BS: draft.doctor.name,
    MA_BS: draft.doctor.licence,
    NGAY_CT: from,
    DU_PHONG: '',
  });
}

/** Sick leave with social insurance (XML11). */
export function addSickLeave(draft: Draft, days: number): Row {
  const from = field(draft, 'NGAY_RA').slice(0, 8);
  return addRow(draft, 'XML11', {
    ...copied(draft, ['MA_LK', 'MA_THE_BHYT', 'CHAN_DOAN_RV', 'MA_TTDV']),
    SO_CT: paperNumber(draft, 'CT07'),
    SO_SERI: paperNumber(draft, 'S'),
    SO_KCB: paperNumber(draft, 'KCB'),
    DON_VI: draft.person.employer,
    MA_BHXH: draft.person.insuranceNumber,
    PP_DIEUTRI: field(draft, 'PP_DIEU_TRI'),
    MA_DINH_CHI_THAI: '0',
    SO_NGAY_NGHI: String(days),
    TU_NGAY: from,
    DEN_NGAY: shiftedDay(from, days - 1),
    MA_BS: draft.doctor.licence,
    NGAY_CT: from,
    MAU_SO: 'CT07',
    DU_PHONG: '',
  });
}

/** The referral paper (XML13), under the field names of the standards before and since QĐ 3176. */
export function addReferralPaper(draft: Draft, destination: string): Row {
  const { phrases } = draft.setting.vocabulary.cases;
  const { random, story } = draft;
  draft.summary['MA_NOI_DEN'] = destination;
  draft.summary['MA_LOAI_RV'] = '2';
  return addRow(draft, 'XML13', {
    ...copied(draft, [
      'MA_LK',
      'MA_CSKCB',
      'HO_TEN',
      'NGAY_SINH',
      'GIOI_TINH',
      'MA_QUOCTICH',
      'MA_DANTOC',
      'MA_NGHE_NGHIEP',
      'DIA_CHI',
      'MA_THE_BHYT',
      'GT_THE_DEN',
      'NGAY_VAO',
      'NGAY_VAO_NOI_TRU',
      'NGAY_RA',
      'CHAN_DOAN_RV',
      'MA_BENH_CHINH',
      'MA_BENH_KT',
      'MA_BENH_YHCT',
      'MA_LOAI_RV',
      'MA_TTDV',
      'GIAY_CHUYEN_TUYEN',
      'MA_NOI_DI',
    ]),
    SO_HOSO: paperNumber(draft, 'HSCT'),
    SO_CHUYENTUYEN: paperNumber(draft, 'SCT'),
    GIAY_CHUYEN_TUYEN: paperNumber(draft, 'GCT'),
    MA_CSKCB_DI: field(draft, 'MA_NOI_DI'),
    MA_CSKCB_DEN: destination,
    MA_NOI_DEN: destination,
    DAU_HIEU_LS: story.signs ?? story.complaint,
    QT_BENHLY: phrases.history,
    TOMTAT_KQ: phrases.summary,
    PP_DIEUTRI: field(draft, 'PP_DIEU_TRI'),
    PP_DIEU_TRI: field(draft, 'PP_DIEU_TRI'),
    TINH_TRANG_CT: phrases.transferCondition,
    TEN_DICH_VU: names(draft, 'XML3', 'TEN_DICH_VU'),
    TEN_THUOC: names(draft, 'XML2', 'TEN_THUOC'),
    MA_LYDO_CT: String(random.between(1, 2)),
    HUONG_DIEU_TRI: story.plan ?? phrases.admission,
    PHUONGTIEN_VC: phrases.ambulance,
    HOTEN_NGUOI_HT: personName(random, draft.setting, 2),
    CHUCDANH_NGUOI_HT: phrases.escortTitle,
    MA_BAC_SI: draft.doctor.licence,
    DU_PHONG: '',
  });
}

/** An appointment (XML14) and the date of it in XML1. */
export function addAppointment(draft: Draft, inDays: number): Row {
  const leaving = field(draft, 'NGAY_RA');
  const date = shiftedDay(leaving.slice(0, 8), inDays);
  const spec = draft.setting.ruleset.tables['XML14']?.fields.find(
    (candidate) => candidate.code === 'NGAY_HEN_KL',
  );
  draft.summary['NGAY_TAI_KHAM'] = date;
  return addRow(draft, 'XML14', {
    ...copied(draft, [
      'MA_LK',
      'MA_CSKCB',
      'HO_TEN',
      'NGAY_SINH',
      'GIOI_TINH',
      'DIA_CHI',
      'MA_THE_BHYT',
      'GT_THE_DEN',
      'NGAY_VAO',
      'NGAY_VAO_NOI_TRU',
      'NGAY_RA',
      'CHAN_DOAN_RV',
      'MA_BENH_CHINH',
      'MA_BENH_KT',
      'MA_BENH_YHCT',
      'MA_DOITUONG_KCB',
      'MA_TTDV',
    ]),
    SO_GIAYHEN_KL: paperNumber(draft, 'HK'),
    NGAY_HEN_KL: spec?.maxLength === 12 ? `${date}0800` : date,
    MA_BAC_SI: draft.doctor.licence,
    NGAY_CT: leaving.slice(0, 8),
    DU_PHONG: '',
  });
}

/** The course of HIV treatment (XML6). */
export function addHivRecord(draft: Draft): Row {
  const { random } = draft;
  const visit = field(draft, 'NGAY_RA').slice(0, 8);
  const started = shiftedDay(visit, -random.between(400, 1500));
  const batchDays = 30;
  return addRow(draft, 'XML6', {
    ...copied(draft, [
      'MA_LK',
      'MA_THE_BHYT',
      'SO_CCCD',
      'NGAY_SINH',
      'GIOI_TINH',
      'DIA_CHI',
      'MATINH_CU_TRU',
      'MAHUYEN_CU_TRU',
      'MAXA_CU_TRU',
      'MA_CSKCB',
    ]),
    NGAYKD_HIV: shiftedDay(started, -20),
    NOI_LAY_MAU_XN: draft.setting.facility,
    NOI_XN_KD: draft.setting.facility,
    NOI_BDDT_ARV: draft.setting.facility,
    BDDT_ARV: started,
    MA_PHAC_DO_DIEU_TRI_BD: 'NL.01',
    MA_BAC_PHAC_DO_BD: '1',
    MA_LYDO_DTRI: '1',
    LOAI_DTRI_LAO: '0',
    SANG_LOC_LAO: '1',
    KQ_DTRI_LAO: '7',
    MA_LOAI_BN: '1',
    GIAI_DOAN_LAM_SANG: '1',
    NHOM_DOI_TUONG: '11',
    MA_TINH_TRANG_DK: '9',
    MA_XU_TRI: '1',
    NGAY_BAT_DAU_XU_TRI: visit,
    NGAY_KET_THUC_XU_TRI: shiftedDay(visit, batchDays),
    MA_PHAC_DO_DIEU_TRI: 'NL.01',
    SO_NGAY_CAP_THUOC_ARV: String(batchDays),
    NGAY_CHUYEN_PHAC_DO: started,
    LY_DO_CHUYEN_PHAC_DO: '4',
    DU_PHONG: '',
  });
}

/** The course of tuberculosis treatment (XML15). */
export function addTuberculosisRecord(draft: Draft): Row {
  const visit = field(draft, 'NGAY_RA').slice(0, 8);
  const started = shiftedDay(visit, -draft.random.between(0, 20));
  return addRow(draft, 'XML15', {
    ...copied(draft, ['MA_LK', 'MA_BN', 'HO_TEN', 'SO_CCCD', 'MA_CSKCB']),
    PHANLOAI_LAO_VITRI: '1',
    PHANLOAI_LAO_TS: '1',
    PHANLOAI_LAO_HIV: '2',
    PHANLOAI_LAO_VK: '1',
    PHANLOAI_LAO_KT: '1',
    LOAI_DTRI_LAO: '2',
    NGAYBD_DTRI_LAO: started,
    PHACDO_DTRI_LAO: '1',
    KET_QUA_DTRI_LAO: '6',
    BDDT_ARV: started,
    NGAY_BAT_DAU_DT_CTX: started,
    DU_PHONG: '',
  });
}

/** Whether sick leave can be written for this person. */
export function isEmployed(person: Person): boolean {
  return person.stage === 'worker';
}
