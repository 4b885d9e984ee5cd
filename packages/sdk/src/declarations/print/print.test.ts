import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inflateSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dossierVectors, materializeDossier } from '../../../test/materialize-dossier.ts';
import { openSpecifications } from '../../specifications/index.ts';
import { declarationSpecs } from '../index.ts';
import type { FormDocument } from '../index.ts';
import { printFormsHtml, printFormsPdf, sheetOf } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const { bases } = dossierVectors(specifications);
const formsOf = (base: string): readonly FormDocument[] => materializeDossier(bases, base, {}).dossier.forms;
const require = createRequire(new URL('../../../../cli/package.json', import.meta.url));
const font = (name: string): Buffer =>
  readFileSync(require.resolve(`@expo-google-fonts/tinos/${name}/Tinos_${name}.ttf`));
const fonts = { regular: font('400Regular'), bold: font('700Bold') };
const now = (): Date => new Date('2026-07-10T03:00:00Z');

describe('the layout on paper', () => {
  test('D02-LT has its 27 columns, its sections and its sum', () => {
    const [d02] = formsOf('changes');
    const sheet = sheetOf(specifications, d02 as FormDocument, 'vi');
    const [table] = sheet.blocks;
    if (table?.kind !== 'table') throw new Error('no table');
    expect(table.columns.map(({ number }) => number)).toEqual(
      Array.from({ length: 27 }, (_, index) => String(index + 1)),
    );
    expect(table.rows.map((row) => (row.kind === 'cells' ? row.cells[26] : row.kind))).toEqual([
      'section',
      'section',
      'section',
      'DC',
      'AD',
      'section',
      'section',
      'GH',
      'section',
      'section',
      'sums',
    ]);
    expect(table.rows.at(-1)).toMatchObject({ cells: expect.arrayContaining(['16.000.000']) });
    expect([sheet.model, sheet.period, sheet.isWide]).toEqual(['Mẫu D02-LT', '07/2026', true]);
  });

  test('TK1-TS prints its indicators with names for codes, and the household below', () => {
    const tk1 = formsOf('increase')[1] as FormDocument;
    const [record, household] = sheetOf(specifications, tk1, 'vi').blocks;
    if (record?.kind !== 'record' || household?.kind !== 'table') throw new Error('wrong blocks');
    const valueOf = (label: string): string | undefined =>
      record.entries.find((entry) => entry.label.startsWith(label))?.value;
    expect([valueOf('[02]'), valueOf('[09.1]'), valueOf('[12]')]).toEqual([
      'Nữ',
      'Phường Bình Minh Thử (99001)',
      'Có',
    ]);
    expect(household.rows).toHaveLength(3);
  });
});

test('the page of a form escapes what was declared and loads nothing', () => {
  const [d02] = formsOf('increase');
  const row = d02?.rows[0]?.values ?? {};
  const html = printFormsHtml(
    specifications,
    [{ ...(d02 as FormDocument), rows: [{ values: { ...row, Hoten: '<script>alert(1)</script>' } }] }],
    { language: 'vi' },
  );
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toMatch(/<script|src=|href=|url\(/);
  expect(html).toContain('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM');
});

/** Glyphs of a page are numbers of the embedded font; its map back to text says what a reader sees and copies. */
function textOf(pdf: Uint8Array): string {
  const streams: string[] = [];
  const source = Buffer.from(pdf);
  let at = source.indexOf('stream\n');
  while (at >= 0) {
    const end = source.indexOf('endstream', at);
    const body = source.subarray(at + 7, end);
    try {
      streams.push(inflateSync(body).toString('latin1'));
    } catch {
      streams.push('');
    }
    at = source.indexOf('stream\n', end + 9);
  }
  return streams.filter((text) => text.includes('beginbfrange') || text.includes('beginbfchar')).join('\n');
}

test('every form becomes a PDF with the letters of its language, the same bytes at the same time', async () => {
  const forms = Object.keys(bases).flatMap(formsOf);
  const pdf = await printFormsPdf(specifications, forms, { language: 'vi', fonts, now });
  expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe('%PDF-');
  const known = textOf(pdf).toLowerCase();
  for (const letter of ['ộ', 'ữ', 'ấ', 'đ', 'ỡ'])
    expect(known, letter).toContain((letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0'));
  const again = await printFormsPdf(specifications, forms, { language: 'vi', fonts, now });
  expect(Buffer.from(again).equals(Buffer.from(pdf))).toBe(true);
  expect(pdf.length).toBeLessThan(500_000);
}, 60_000);

test('a list of two hundred rows goes over several pages, each with its heading', async () => {
  const [d02] = formsOf('increase');
  const [row] = d02?.rows ?? [];
  const rows = Array.from({ length: 200 }, (_, index) => ({
    values: { ...row?.values, stt: String(index + 1) },
  }));
  const pdf = await printFormsPdf(specifications, [{ ...(d02 as FormDocument), rows }], {
    language: 'en',
    fonts,
    now,
  });
  const pages =
    Buffer.from(pdf)
      .toString('latin1')
      .match(/\/Type \/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(5);
}, 60_000);

test('every form that is sent has a layout, whose fields the form has', () => {
  for (const { form, direction, print, fields } of declarationSpecs(specifications).forms.values()) {
    if (direction === 'sent') expect([form, print !== undefined]).toEqual([form, true]);
    const known = new Set(fields.map(({ code }) => code));
    for (const code of [...(print?.columns ?? []).flatMap((column) => column.fields), ...(print?.sums ?? [])])
      expect([form, code, known.has(code)]).toEqual([form, code, true]);
  }
});

describe('without pdfkit', () => {
  afterEach(() => {
    vi.doUnmock('pdfkit');
    vi.resetModules();
  });

  test('a PDF is refused with the command that installs it, and HTML needs nothing', async () => {
    vi.resetModules();
    vi.doMock('pdfkit', () => {
      throw new Error('Cannot find package');
    });
    const alone = await import('./index.ts');
    const [form] = formsOf('changes');
    const forms = form === undefined ? [] : [form];
    await expect(
      alone.printFormsPdf(specifications, forms, { language: 'en', fonts, now }),
    ).rejects.toMatchObject({
      code: 'ERR_PDFKIT_MISSING',
      hint: { en: expect.stringContaining('npm install pdfkit') },
    });
    expect(alone.printFormsHtml(specifications, forms, { language: 'en' })).toContain('</html>');
  });
});
