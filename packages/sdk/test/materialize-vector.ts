// Vectors become real files, so that the same case runs through the SDK, the command line and the server.
import { openSpecifications } from '../src/specifications/index.ts';
import { readFacts } from '../src/validation/checks/external-facts.ts';
import type { ExternalFacts } from '../src/validation/checks/check.ts';
import type { Ruleset, TableSpec, VectorCase, VectorPatch } from '../src/specifications/types.ts';

export interface MaterializedVector {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly facts: ExternalFacts;
}

type Tables = VectorCase['tables'];

const escaped = (text: string): string =>
  text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/>/gu, '&gt;').replace(/\r/gu, '&#xD;');

/** Writes a case as the file a facility would send. `ruleset` is the standard the case names. */
export function materializeVector(
  vector: VectorCase,
  ruleset: Ruleset,
  fileName = 'vector.xml',
): MaterializedVector {
  const file =
    vector.kind === 'check-in'
      ? document('XML0', vector.tables, ruleset)
      : vector.kind === 'assessment'
        ? document('XML12', vector.tables, ruleset)
        : envelope(vector, ruleset);
  let bytes = Buffer.from(file, 'utf8');
  for (const patch of vector.raw ?? []) if (patch.in === 'file') bytes = patched(bytes, patch);
  return { fileName, bytes, facts: readFacts(vector.facts ?? {}, openSpecifications()) };
}

function envelope(vector: VectorCase, ruleset: Ruleset): string {
  const claims = [vector.tables, ...(vector.also ?? [])];
  const { MACSKCB, NGAYLAP, SOLUONGHOSO } = {
    MACSKCB: vector.tables['XML1']?.[0]?.['MA_CSKCB'] ?? '99001',
    NGAYLAP: (vector.tables['XML1']?.[0]?.['NGAY_RA'] ?? '').slice(0, 8) || '20250910',
    SOLUONGHOSO: String(claims.length),
    ...vector.header,
  };
  const records = claims.map((tables, index) =>
    record(tables, ruleset, index === 0 ? (vector.raw ?? []) : []),
  );
  return (
    '<?xml version="1.0" encoding="utf-8"?>\n' +
    '<GIAMDINHHS xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<THONGTINDONVI><MACSKCB>${MACSKCB}</MACSKCB></THONGTINDONVI>` +
    `<THONGTINHOSO><NGAYLAP>${NGAYLAP}</NGAYLAP><SOLUONGHOSO>${SOLUONGHOSO}</SOLUONGHOSO>` +
    `<DANHSACHHOSO>${records.join('')}</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI></CHUKYDONVI></GIAMDINHHS>`
  );
}

function record(tables: Tables, ruleset: Ruleset, patches: readonly VectorPatch[]): string {
  const files = Object.entries(tables)
    .sort(([a], [b]) => Number(a.slice(3)) - Number(b.slice(3)))
    .map(([code, rows]) => {
      const own = patches.filter((patch) => patch.in === code);
      let bytes = Buffer.from(table(ruleset.tables[code] as TableSpec, rows), 'utf8');
      for (const patch of own) bytes = patched(bytes, patch);
      const payload = own.find((patch) => patch.payload !== undefined)?.payload ?? bytes.toString('base64');
      const times = own.find((patch) => patch.times !== undefined)?.times ?? 1;
      return `<FILEHOSO><LOAIHOSO>${code}</LOAIHOSO><NOIDUNGFILE>${payload}</NOIDUNGFILE></FILEHOSO>`.repeat(
        times,
      );
    });
  return `<HOSO>${files.join('')}</HOSO>`;
}

/** A document that is itself a table, with the place of its signature after the list. */
function document(code: string, tables: Tables, ruleset: Ruleset): string {
  const spec = ruleset.tables[code] as TableSpec;
  const written = table(spec, tables[code] ?? []);
  const end = `</${spec.root}>`;
  return `<?xml version="1.0" encoding="utf-8"?>\n${written.slice(0, -end.length)}<CHUKYDONVI></CHUKYDONVI>${end}`;
}

function table({ root, list, row }: TableSpec, rows: Tables[string]): string {
  const written = rows.map((fields) => {
    const elements = Object.entries(fields).map(([code, text]) => `<${code}>${escaped(text)}</${code}>`);
    return row === root ? elements.join('') : `<${row}>${elements.join('')}</${row}>`;
  });
  const inner = list === null || list === root ? written.join('') : `<${list}>${written.join('')}</${list}>`;
  return `<${root}>${inner}</${root}>`;
}

function patched(bytes: Buffer, { find, replace, prepend }: VectorPatch): Buffer<ArrayBuffer> {
  let result = Buffer.from(bytes);
  if (find !== undefined) {
    const text = result.toString('utf8');
    const at = text.indexOf(find);
    if (at < 0 || text.includes(find, at + 1)) throw new Error(`the patch text must occur once: ${find}`);
    result = Buffer.from(text.slice(0, at) + (replace ?? '') + text.slice(at + find.length), 'utf8');
  }
  return prepend === undefined ? result : Buffer.concat([Buffer.from(prepend, 'base64'), result]);
}
