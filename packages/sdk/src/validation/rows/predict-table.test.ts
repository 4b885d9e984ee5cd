import { XmlError } from '@bhxh/xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableSpec } from '../../specifications/types.ts';
import { planTable } from '../ruleset/table-plan.ts';
import { LineCounter } from './line-column.ts';
import { predictTable } from './predict-table.ts';
import { scanTable } from './scan-table.ts';
import { TableRows, type RowView, type TableSource } from './table-rows.ts';

const codes = ['MA_LK', 'STT', 'T', 'TEN'];

function spec(layout: 'single' | 'list' | 'flat'): TableSpec {
  return {
    code: 'XML9',
    root: layout === 'single' ? 'ROW' : 'ROOT',
    list: layout === 'list' ? 'LIST' : null,
    row: 'ROW',
    multiple: layout !== 'single',
    label: { vi: '', en: '' },
    origin: 'legal',
    confidence: 'high',
    fields: codes.map((code, index) => ({
      code,
      order: index + 1,
      type: 'string',
      maxLength: null,
      required: 'optional',
      label: { vi: '', en: '' },
      origin: 'legal',
      confidence: 'high',
      source: 'test',
    })),
  };
}

interface Reading {
  readonly rows: readonly (readonly string[])[];
  readonly present: readonly (readonly boolean[])[];
  readonly empty: readonly (readonly boolean[])[];
  readonly positions: readonly unknown[];
}

function readingOf(rows: TableRows): Reading {
  const views = rows.rows as RowView[];
  return {
    rows: views.map((row) => codes.map((_, field) => row.text(field))),
    present: views.map((row) => codes.map((_, field) => row.has(field))),
    empty: views.map((row) => codes.map((_, field) => row.isEmpty(field))),
    positions: views.map((row) => [row.position(-1), ...codes.map((_, field) => row.position(field))]),
  };
}

const sourceOf = (bytes: Buffer): TableSource => ({ bytes, lines: new LineCounter(bytes) });

/** What the scanner makes of the bytes: a reading, or why it deviates from the layout. */
function scanned(bytes: Buffer, table: TableSpec): Reading | string {
  const rows = new TableRows(table);
  let deviation = '';
  const note = (what: string) => () => {
    deviation = what;
  };
  try {
    scanTable(
      sourceOf(bytes),
      planTable(table),
      rows,
      {
        unexpectedElement: note('element'),
        unknownField: note('unknown'),
        fieldOrder: note('order'),
        repeatedField: note('repeated'),
        strayText: note('stray'),
      },
      { limits: {}, beside: null },
    );
  } catch (error) {
    if (error instanceof XmlError) return error.code;
    throw error;
  }
  return deviation === '' ? readingOf(rows) : deviation;
}

const text = fc.oneof(
  { weight: 14, arbitrary: fc.stringMatching(/^[A-Za-z0-9 .;_-]{0,12}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('Nguyễn Văn Thử', 'Đặng', ' lề ', '１２', '\uFFFD', '😀', '\u202E'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('&amp;', '&lt;x&gt;', 'a&quot;b', '&#65;', '&#x1F600;', '&apos;', '&unknown;'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('<![CDATA[a<b&c]]>', '<![CDATA[]]>', '<![CDATA[ x ]]]]>', 'x<![CDATA[y]]>z'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'a\r\nb',
      '\r',
      '\n\t',
      'a]]>b',
      ']]',
      '>',
      '\u0001',
      '\uFFFE',
      '<!--c-->',
      '<i/>',
    ),
  },
);

const space = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('', '', '\n', '  ', '\r\n\t') },
  { weight: 1, arbitrary: fc.constantFrom('<!-- -->', 'x') },
);

const field = (code: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 40, arbitrary: text.map((value) => `<${code}>${value}</${code}>`) },
    { weight: 6, arbitrary: fc.constant(`<${code}/>`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(`<${code} />`, `<${code} a="1">x</${code} >`, '', `<${code}X></${code}X>`),
    },
  );

const row = fc
  .tuple(...codes.flatMap((code) => [space, field(code)]), space)
  .map((pieces) => `<ROW>${pieces.join('')}</ROW>`);

const document = fc
  .record({
    layout: fc.constantFrom('single', 'list', 'flat'),
    declaration: fc.constantFrom(
      '',
      '',
      '<?xml version="1.0" encoding="utf-8"?>',
      '<?xml version="1.0"?>',
      '\uFEFF',
    ),
    rows: fc.array(row, { minLength: 0, maxLength: 3 }),
    spaces: fc.array(space, { minLength: 4, maxLength: 4 }),
    mutation: fc.option(fc.tuple(fc.nat(), fc.nat(255)), { freq: 3 }),
  })
  .map(({ layout, declaration, rows, spaces, mutation }) => {
    const [a = '', b = '', c = '', d = ''] = spaces;
    const body =
      layout === 'single'
        ? (rows[0] ?? '<ROW></ROW>')
        : layout === 'list'
          ? `<ROOT>${a}<LIST>${rows.join(b)}</LIST>${c}</ROOT>`
          : `<ROOT>${a}${rows.join(b)}${c}</ROOT>`;
    const bytes = Buffer.from(`${declaration}${body}${d}`);
    if (mutation !== null && bytes.length > 0) bytes[mutation[0] % bytes.length] = mutation[1];
    return { bytes, table: spec(layout) };
  });

describe('predictTable', () => {
  it('accepts nothing that the scanner refuses, and reads what the scanner reads', () => {
    let accepted = 0;
    let conforming = 0;
    fc.assert(
      fc.property(document, ({ bytes, table }) => {
        const rows = new TableRows(table);
        const isPredicted = predictTable(sourceOf(bytes), planTable(table), rows);
        const expected = scanned(bytes, table);
        if (typeof expected !== 'string') conforming += 1;
        if (!isPredicted) {
          expect(rows.count).toBe(0);
          return;
        }
        accepted += 1;
        expect(readingOf(rows)).toEqual(expected);
      }),
      { numRuns: 12_000, seed: 20261121 },
    );
    // A test over documents that prediction always declines would prove nothing.
    expect(accepted).toBeGreaterThan(1_000);
    expect(accepted).toBeGreaterThan(conforming / 10);
  });

  it('forgets the rows of an earlier record and reads the next into the same arrays', () => {
    const table = spec('list');
    const plan = planTable(table);
    const rows = new TableRows(table);
    const make = (count: number): Buffer =>
      Buffer.from(
        `<ROOT><LIST>${'<ROW><MA_LK>a</MA_LK><STT>1</STT><T/><TEN>x</TEN></ROW>'.repeat(count)}</LIST></ROOT>`,
      );
    for (const count of [100, 1, 300, 0]) {
      rows.clear();
      expect(predictTable(sourceOf(make(count)), plan, rows)).toBe(true);
      expect(rows.count).toBe(count);
      expect((rows.rows as RowView[]).every((each) => each.text(0) === 'a' && each.isEmpty(2))).toBe(true);
    }
  });
});
