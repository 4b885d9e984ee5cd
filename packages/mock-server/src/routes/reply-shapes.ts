import type { Meanings } from './meanings.ts';

/**
 * The gateway's families answer in different shapes: `maKetQua` is text in some and a number in others, and two write
 * their field names with a capital. `reference` where no source says which: a client has to take either.
 */
export interface ReplyShape {
  /** The answer that carries nothing but a result; the detail follows the code's sentence. */
  result(code: string, detail?: string): Record<string, unknown>;
}

export type ShapeName =
  'token' | 'upload' | 'catalogue' | 'certificate' | 'card' | 'history' | 'coPayment' | 'driverCertificate';

const asNumber = (code: string): number | string => (/^[1-9]\d*$/.test(code) ? Number(code) : code);

export function createShapes(meanings: Meanings): Record<ShapeName, ReplyShape> {
  const shape = (
    family: string,
    write: (code: string, sentence: string) => Record<string, unknown>,
  ): ReplyShape => ({
    result: (code, detail) =>
      write(code, detail === undefined ? meanings(family, code) : `${meanings(family, code)}: ${detail}`),
  });
  const upload = (code: string, thongDiep: string): Record<string, unknown> => ({
    maKetQua: asNumber(code),
    maGiaoDich: null,
    thoiGianTiepNhan: null,
    thongDiep,
  });
  return {
    token: shape('token', (maKetQua, thongDiep) => ({ maKetQua, APIKey: null, thongDiep })),
    upload: shape('upload', upload),
    catalogue: shape('catalogues', upload),
    certificate: shape('certificates', (MaKetQua, ThongDiep) => ({
      MaGD: null,
      MaKetQua,
      ThoiGianTiepNhan: null,
      ThongDiep,
    })),
    card: shape('card', (maKetQua, ghiChu) => ({ maKetQua, ghiChu })),
    history: shape('history', (maKetQua, ghiChu) => ({ maKetQua, ghiChu, dsLichSuKCB2025: null })),
    coPayment: shape('co-payment', (code, GhiChu) => ({
      MaKetQua: asNumber(code),
      GhiChu,
      DataCCT: null,
      ThongTinSoThe: null,
    })),
    driverCertificate: shape('driver-certificate', (code, MSG_TEXT) => ({
      MSG_STATE: code === '200' ? 1 : 0,
      MSG_TEXT,
      IDBENHVIEN: null,
      SO: null,
      UUID: null,
      BENHVIEN: null,
    })),
  };
}

/** An answer that is already JSON text. */
export function gatewayText(body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } });
}

/** Gateway answers are HTTP 200 whatever they say. */
export function gatewayReply(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
  });
}
