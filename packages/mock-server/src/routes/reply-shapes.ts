import type { MeaningGroup, Meanings } from './meanings.ts';

/**
 * The gateway's families answer in different shapes: `maKetQua` is text in some and a number in others, and two write
 * their field names with a capital. `reference` where no source says which: a client has to take either.
 */
export interface ReplyShape {
  /** The answer that carries nothing but a result. */
  result(code: string, detail?: string): Record<string, unknown>;
  readonly resultField: string;
}

const asNumber = (code: string): number | string => (/^[1-9]\d*$/.test(code) ? Number(code) : code);

export function createShapes(meanings: Meanings): Record<ShapeName, ReplyShape> {
  const sentence = (group: MeaningGroup, code: string, detail?: string): string =>
    detail === undefined ? meanings(group, code) : `${meanings(group, code)}: ${detail}`;
  return {
    token: {
      resultField: 'maKetQua',
      result: (code, detail) => ({
        maKetQua: code,
        APIKey: null,
        thongDiep: sentence('submission', code, detail),
      }),
    },
    upload: {
      resultField: 'maKetQua',
      result: (code, detail) => ({
        maKetQua: asNumber(code),
        maGiaoDich: null,
        thoiGianTiepNhan: null,
        thongDiep: sentence('submission', code, detail),
      }),
    },
    certificate: {
      resultField: 'MaKetQua',
      result: (code, detail) => ({
        MaGD: null,
        MaKetQua: code,
        ThoiGianTiepNhan: null,
        ThongDiep: sentence('certificates', code, detail),
      }),
    },
    card: {
      resultField: 'maKetQua',
      result: (code, detail) => ({ maKetQua: code, ghiChu: sentence('card-lookup', code, detail) }),
    },
    history: {
      resultField: 'maKetQua',
      result: (code, detail) => ({
        maKetQua: code,
        ghiChu: sentence('history', code, detail),
        dsLichSuKCB2025: null,
      }),
    },
    coPayment: {
      resultField: 'MaKetQua',
      result: (code, detail) => ({
        MaKetQua: asNumber(code),
        GhiChu: sentence('co-payment', code, detail),
        DataCCT: null,
        ThongTinSoThe: null,
      }),
    },
    driverCertificate: {
      resultField: 'MSG_STATE',
      result: (code, detail) => ({
        MSG_STATE: code === '200' ? 1 : 0,
        MSG_TEXT: sentence('driver-certificate', code, detail),
        IDBENHVIEN: null,
        SO: null,
        UUID: null,
        BENHVIEN: null,
      }),
    },
  };
}

export type ShapeName =
  'token' | 'upload' | 'certificate' | 'card' | 'history' | 'coPayment' | 'driverCertificate';

/** Gateway answers are HTTP 200 whatever they say. */
export function gatewayReply(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  });
}
