import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import writeWorkbook from 'write-excel-file/node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSpecifications } from '../../specifications/index.ts';
import { claimsFromCsv } from './claims-from-csv.ts';
import { claimsFromJson } from './claims-from-json.ts';
import { claimsFromXlsx } from './claims-from-xlsx.ts';
import { parseCsv } from './parse-csv.ts';

const ruleset = openSpecifications().ruleset('qd3176-2024');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-sources-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function places(
  problems: readonly { code: string; file: string; row: number | null; column: string | null }[],
): string[] {
  return problems.map(({ code, file, row, column }) => `${code} ${file}:${row ?? '-'}:${column ?? '-'}`);
}

describe('CSV', () => {
  test('any separator, line ending, quoting and byte order mark give the same cells', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ maxLength: 6 }), { minLength: 2, maxLength: 5 }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.constantFrom(';', ',', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (cells, separator, ending, hasMark) => {
          const heading = cells[0]?.map((_, index) => `C${index}`) ?? [];
          const rows = [heading, ...cells];
          const text = rows
            .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator))
            .join(ending);
          expect(parseCsv(`${hasMark ? '\uFEFF' : ''}${text}`).rows).toEqual(rows);
        },
      ),
    );
  });

  test('rows of a folder become claims by MA_LK in the order of XML1', async () => {
    await writeFile(
      join(folder, 'XML1.csv'),
      '\uFEFFMA_LK;HO_TEN;T_BHTT\r\nL1;"Nguyễn; Thử";1250.5\r\nL2;Trần "Mẫu";\r\n',
    );
    await writeFile(
      join(folder, 'xml2.csv'),
      'MA_LK,TEN_THUOC,LIEU_DUNG\nL2,"Thuốc, ""viên""","1\n2"\n\nL1,B,\n',
    );
    const { claims, problems } = await claimsFromCsv(folder, ruleset);
    expect(problems).toEqual([]);
    expect(claims).toEqual([
      {
        XML1: [{ MA_LK: 'L1', HO_TEN: 'Nguyễn; Thử', T_BHTT: '1250.5' }],
        XML2: [{ MA_LK: 'L1', TEN_THUOC: 'B', LIEU_DUNG: '' }],
      },
      {
        XML1: [{ MA_LK: 'L2', HO_TEN: 'Trần "Mẫu"', T_BHTT: '' }],
        XML2: [{ MA_LK: 'L2', TEN_THUOC: 'Thuốc, "viên"', LIEU_DUNG: '1\n2' }],
      },
    ]);
  });

  test('what is wrong is reported by file, row and column', async () => {
    await writeFile(
      join(folder, 'XML1.csv'),
      'MA_LK;HOTEN;T_BHTT;NGAY_VAO\nL1;x;1,000;02/01/2025 08:00\n;x;5;\nL1;x;5;\n',
    );
    await writeFile(join(folder, 'XML3.csv'), 'MA_LK;TEN_DICH_VU\nL9;x\nL1;x;y\n');
    await writeFile(join(folder, 'XML4.csv'), 'TEN_CHI_SO\nx\n');
    await writeFile(join(folder, 'note.csv'), 'a;b\n1;2\n');
    const { claims, problems } = await claimsFromCsv(folder, ruleset);
    expect(claims).toHaveLength(1);
    expect(places(problems)).toEqual([
      'TABLE_UNKNOWN note.csv:-:-',
      'COLUMN_UNKNOWN XML1.csv:1:HOTEN',
      'NUMBER_SEPARATOR XML1.csv:2:T_BHTT',
      'DATE_FORMAT XML1.csv:2:NGAY_VAO',
      'MA_LK_MISSING XML1.csv:3:MA_LK',
      'MA_LK_DUPLICATE XML1.csv:4:MA_LK',
      'MA_LK_UNMATCHED XML3.csv:2:MA_LK',
      'CELLS_BEYOND_HEADING XML3.csv:3:-',
      'MA_LK_COLUMN_MISSING XML4.csv:1:MA_LK',
    ]);
    expect(problems.every(({ message }) => message.vi !== '' && message.en !== '')).toBe(true);
  });

  test('an open quotation mark, another encoding and an empty folder are told apart', async () => {
    await writeFile(join(folder, 'XML1.csv'), 'MA_LK;HO_TEN\nL1;x\nL2;"open\n');
    expect(places((await claimsFromCsv(folder, ruleset)).problems)).toEqual(['QUOTE_OPEN XML1.csv:3:-']);
    await writeFile(join(folder, 'XML1.csv'), Buffer.from([0x4d, 0x41, 0xff, 0xfe]));
    await expect(claimsFromCsv(folder, ruleset)).rejects.toMatchObject({ code: 'ERR_FILE_NOT_UTF8' });
    await rm(join(folder, 'XML1.csv'));
    await expect(claimsFromCsv(folder, ruleset)).rejects.toMatchObject({ code: 'ERR_NO_TABLES' });
    await expect(claimsFromCsv(join(folder, 'nowhere'), ruleset)).rejects.toMatchObject({
      code: 'ERR_FILE_UNREADABLE',
    });
  });
});

describe('workbooks', () => {
  test('sheets are tables; numbers keep their exact text, dates and numbers in code columns are reported', async () => {
    const path = join(folder, 'claims.xlsx');
    await writeWorkbook([
      {
        sheet: 'XML1',
        data: [
          ['MA_LK', 'HO_TEN', 'T_BHTT', 'NGAY_VAO', 'MA_LOAI_KCB'].map((value) => ({ value, type: String })),
          [
            { value: 'L1', type: String },
            { value: 'Lê Thị Thử', type: String },
            { value: 1250.5, type: Number },
            { value: new Date(Date.UTC(2025, 0, 2, 8)), type: Date, format: 'dd/mm/yyyy' },
            { value: 1, type: Number },
          ],
        ],
      },
      {
        sheet: 'XML2',
        data: [
          ['MA_LK', 'STT', 'NGAY_YL'].map((value) => ({ value, type: String })),
          [
            { value: 'L1', type: String },
            { value: 1, type: Number },
            { value: 202501020810, type: Number },
          ],
        ],
      },
    ]).toFile(path);
    const { claims, problems } = await claimsFromXlsx(path, ruleset);
    expect(claims).toEqual([
      {
        XML1: [{ MA_LK: 'L1', HO_TEN: 'Lê Thị Thử', T_BHTT: '1250.5', NGAY_VAO: '', MA_LOAI_KCB: '1' }],
        XML2: [{ MA_LK: 'L1', STT: '1', NGAY_YL: '202501020810' }],
      },
    ]);
    expect(places(problems)).toEqual([
      'DATE_CELL claims.xlsx:2:NGAY_VAO',
      'NUMBER_FOR_CODE claims.xlsx:2:MA_LOAI_KCB',
    ]);
  });

  test('without the optional package it is named, with how to install it', async () => {
    vi.doMock('read-excel-file/node', () => {
      throw new Error('not installed');
    });
    try {
      await expect(claimsFromXlsx(join(folder, 'claims.xlsx'), ruleset)).rejects.toMatchObject({
        code: 'ERR_EXCEL_READER_MISSING',
        hint: { en: 'npm install read-excel-file' },
      });
    } finally {
      vi.doUnmock('read-excel-file/node');
    }
  });

  test('what is no workbook is refused', async () => {
    const path = join(folder, 'claims.xlsx');
    await writeFile(path, 'no workbook');
    await expect(claimsFromXlsx(path, ruleset)).rejects.toMatchObject({ code: 'ERR_WORKBOOK_UNREADABLE' });
  });
});

describe('JSON', () => {
  test('one object of tables and a list of claims give the same claims', async () => {
    const one = join(folder, 'one.json');
    const list = join(folder, 'list.json');
    await writeFile(
      one,
      JSON.stringify({ XML1: [{ MA_LK: 'L1' }, { MA_LK: 'L2' }], XML2: [{ MA_LK: 'L2', STT: 1 }] }),
    );
    await writeFile(
      list,
      JSON.stringify([{ XML1: { MA_LK: 'L1' } }, { XML1: { MA_LK: 'L2' }, XML2: [{ MA_LK: 'L2', STT: 1 }] }]),
    );
    const first = await claimsFromJson(one, ruleset);
    expect(first.problems).toEqual([]);
    expect(first.claims).toEqual([
      { XML1: [{ MA_LK: 'L1' }] },
      { XML1: [{ MA_LK: 'L2' }], XML2: [{ MA_LK: 'L2', STT: '1' }] },
    ]);
    expect((await claimsFromJson(list, ruleset)).claims).toEqual(first.claims);
  });

  test('fractions as numbers are taken only while exact, and other shapes are refused', async () => {
    const path = join(folder, 'claims.json');
    await writeFile(path, JSON.stringify({ XML1: [{ MA_LK: 'L1', T_BHTT: 1e21, HO_TEN: true }] }));
    expect(places((await claimsFromJson(path, ruleset)).problems)).toEqual([
      'NUMBER_INEXACT claims.json:2:T_BHTT',
      'VALUE_NOT_TEXT claims.json:2:HO_TEN',
    ]);
    for (const text of ['[1]', '{"XML1": [1]}', 'null', '{']) {
      await writeFile(path, text);
      await expect(claimsFromJson(path, ruleset)).rejects.toMatchObject({ code: 'ERR_JSON_SHAPE' });
    }
  });
});
