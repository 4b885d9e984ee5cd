import { decodeText, scan } from '@bhxh/xml';

/** What the gateway must know of a dossier to take it in; everything else waits for the check. */
export interface EnvelopeFacts {
  readonly root: string;
  readonly unit: string;
  readonly agency: string;
  readonly procedure: string;
  /** KyKeKhai as `yyyy-MM`; null where it is no month. */
  readonly period: string | null;
  /** QuyTrinhISO, in which software that cannot set headers may name a scenario. */
  readonly process: string;
}

const WANTED = new Set(['MaSoBHXH', 'CoQuanQuanLy', 'MaThuTuc', 'KyKeKhai', 'QuyTrinhISO']);
const LONGEST = 100;

/** Reads the envelope's own fields without touching its files. Throws `XmlError` on what is not well-formed. */
export function readEnvelopeFacts(bytes: Uint8Array): EnvelopeFacts {
  const found = new Map<string, string>();
  let root = '';
  let name = '';
  let text = '';
  scan(bytes, {
    startElement(scanner, start, end) {
      name = decodeText(scanner.bytes, start - scanner.base, end - scanner.base, 0);
      if (scanner.depth === 1) root = name;
      text = '';
    },
    text(scanner, start, end, kind) {
      if (WANTED.has(name) && end - start <= LONGEST * 4)
        text += decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind);
    },
    endElement() {
      if (WANTED.has(name) && !found.has(name)) found.set(name, text.trim().slice(0, LONGEST));
      name = '';
    },
  });
  const field = (code: string): string => found.get(code) ?? '';
  const [, month, year] = /^(0[1-9]|1[0-2])\/(\d{4})$/.exec(field('KyKeKhai')) ?? [];
  return {
    root,
    unit: field('MaSoBHXH'),
    agency: field('CoQuanQuanLy'),
    procedure: field('MaThuTuc'),
    period: month === undefined || year === undefined ? null : `${year}-${month}`,
    process: field('QuyTrinhISO'),
  };
}
