import type { TableSpec } from '../specifications/types.ts';

/** Rows as official field → text. */
export type FixtureRow = Readonly<Record<string, string>>;

function escaped(text: string): string {
  return text.replace(/[&<>]/gu, (letter) => (letter === '&' ? '&amp;' : letter === '<' ? '&lt;' : '&gt;'));
}

/** A table as its standard lays it out: every element in order, empty where the row says nothing. */
export function tableXml(spec: TableSpec, rows: readonly FixtureRow[]): string {
  const body = rows
    .map((row) => {
      const fields = spec.fields.map(({ code }) => `<${code}>${escaped(row[code] ?? '')}</${code}>`).join('');
      return `<${spec.row}>${fields}</${spec.row}>`;
    })
    .join('');
  if (spec.row === spec.root) return body;
  return spec.list === null
    ? `<${spec.root}>${body}</${spec.root}>`
    : `<${spec.root}><${spec.list}>${body}</${spec.list}></${spec.root}>`;
}

/** One FILEHOSO: a table code and what stands in NOIDUNGFILE. */
export interface FixturePart {
  readonly type: string;
  readonly content: string;
}

export function packed(type: string, xml: string | Uint8Array): FixturePart {
  return { type, content: Buffer.from(xml).toString('base64') };
}

/** How an envelope differs from the usual one. */
export interface FixtureEnvelope {
  readonly root?: string;
  readonly facility?: string;
  readonly createdOn?: string;
  readonly count?: string;
  readonly signature?: string;
}

/** A claim file holding records of parts. */
export function claimFile(
  records: readonly (readonly FixturePart[])[],
  envelope: FixtureEnvelope = {},
): Buffer {
  const {
    root = 'GIAMDINHHS',
    facility = '99001',
    createdOn = '20250310',
    count = String(records.length),
    signature = '',
  } = envelope;
  const hoso = records
    .map(
      (parts) =>
        `<HOSO>${parts.map(({ type, content }) => `<FILEHOSO><LOAIHOSO>${type}</LOAIHOSO><NOIDUNGFILE>${content}</NOIDUNGFILE></FILEHOSO>`).join('')}</HOSO>`,
    )
    .join('');
  return Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?>\n<${root} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">` +
      `<THONGTINDONVI><MACSKCB>${facility}</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>${createdOn}</NGAYLAP>` +
      `<SOLUONGHOSO>${count}</SOLUONGHOSO><DANHSACHHOSO>${hoso}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI>${signature}</CHUKYDONVI></${root}>`,
  );
}
