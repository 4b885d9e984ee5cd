import type { components, paths } from '../generated/claims-gateway.ts';
import type { ResponseFamily } from '../transport/responses.ts';

export type SubmissionKind = components['schemas']['SubmissionKind'];
/** The standard a claim or check-in route is named after; the newest route is the default. */
export type GatewayStandard = '3176' | '4750' | '130';
export type CatalogueNumber = '01' | '02' | '03' | '04' | '05' | '06';

/** How one upload looks on the wire. The names differ between families; that is the gateway's, not ours. */
export interface UploadOperation {
  readonly id: string;
  readonly kind: SubmissionKind;
  readonly path: keyof paths;
  /** Where the token travels: in headers beside the password hash, or in the form. */
  readonly carries: 'headers' | 'form';
  readonly typeField: 'loaiHoSo' | 'loaiHs';
  readonly type: string;
  readonly fileField: 'fileHSBase64' | 'fileHsBase64' | 'fileBase64Str';
  readonly family: ResponseFamily;
}

const claimPaths: Readonly<Record<GatewayStandard, keyof paths>> = {
  '3176': '/api/qd130/guiHoSoXmlQD3176',
  '4750': '/api/qd130/guiHoSoXmlQD4750',
  '130': '/api/qd130/guiHoSoXmlQD130',
};
const checkInPaths: Readonly<Record<GatewayStandard, keyof paths>> = {
  '3176': '/api/qd130/checkInKcbQd3176',
  '4750': '/api/qd130/checkInKcbQd4750',
  '130': '/api/qd130/checkInKcbQd130',
};

const catalogueRoutes: Readonly<Record<CatalogueNumber, { path: keyof paths; type: string }>> = {
  '01': { path: '/api/DanhMucGW/GuiDanhMuc01_BPCMKBCB', type: '70' },
  '02': { path: '/api/DanhMucGW/GuiDanhMuc02_NLKCB', type: '71' },
  '03': { path: '/api/DanhMucGW/GuiDanhMuc03_DMTHUOC', type: '10' },
  '04': { path: '/api/DanhMucGW/GuiDanhMuc04_DMVTYT', type: '11' },
  '05': { path: '/api/DanhMucGW/GuiDanhMuc05_DVKT', type: '12' },
  '06': { path: '/api/DanhMucGW/GuiDanhMuc06_DMTBYT', type: '72' },
};

const claimForm = {
  carries: 'headers',
  typeField: 'loaiHoSo',
  fileField: 'fileHSBase64',
  family: 'upload',
} as const;
const certificateForm = {
  carries: 'form',
  typeField: 'loaiHs',
  fileField: 'fileBase64Str',
  family: 'certificates',
} as const;
const catalogueForm = {
  carries: 'headers',
  typeField: 'loaiHs',
  fileField: 'fileHsBase64',
  family: 'catalogues',
} as const;

export function claimOperation(standard: GatewayStandard): UploadOperation {
  return { id: `sendClaim${standard}`, kind: 'claim', path: claimPaths[standard], type: '130', ...claimForm };
}

export function checkInOperation(standard: GatewayStandard): UploadOperation {
  return {
    id: `checkIn${standard}`,
    kind: 'check-in',
    path: checkInPaths[standard],
    type: '0',
    ...claimForm,
  };
}

export const medicalAssessmentOperation: UploadOperation = {
  id: 'sendMedicalAssessment',
  kind: 'medical-assessment',
  path: '/api/qd130/guiDuLieuGdykQd130',
  type: '12',
  ...claimForm,
};

export const certificatesOperation: UploadOperation = {
  id: 'sendCertificates',
  kind: 'certificates',
  path: '/api/chungtugw/GuiHoSoChungTu2025',
  type: '39',
  ...certificateForm,
};

/** 60 death notice (giấy báo tử), 61 birth certificate (giấy chứng sinh). */
export function deathOrBirthOperation(type: '60' | '61'): UploadOperation {
  return {
    id: 'sendDeathOrBirthPaper',
    kind: 'death-or-birth-paper',
    path: '/api/hososuckhoe/guiGiayToDienTu',
    type,
    ...certificateForm,
  };
}

export function catalogueOperation(number: CatalogueNumber): UploadOperation {
  return { id: `sendCatalogue${number}`, kind: 'catalogue', ...catalogueRoutes[number], ...catalogueForm };
}

export const monthlySummaryOperation: UploadOperation = {
  id: 'sendMonthlySummary',
  kind: 'monthly-summary',
  path: '/api/HoSoTongHop7980/GuiHoSoTongHop01BH',
  type: '5',
  ...catalogueForm,
};
