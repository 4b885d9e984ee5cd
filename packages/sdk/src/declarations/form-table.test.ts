import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import writeWorkbook from 'write-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { channelIds, openChannel, ownMapping, readFormTable, readTemplate, templateSheets } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-table-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = (value: string) => ({ value, type: String });

test('our own template has field codes as headings, in CSV, JSON and XLSX alike', async () => {
  const rows = [
    ['pa', 'Hoten', 'Cmnd', 'tienLuong'],
    ['TM', 'Nguyễn Thử', '099090000011', '5.310.000'],
  ];
  const files = [join(folder, 'a.csv'), join(folder, 'a.json'), join(folder, 'a.xlsx')] as const;
  await writeFile(files[0], rows.map((row) => row.join(';')).join('\n'));
  await writeFile(files[1], JSON.stringify(rows));
  await writeWorkbook(rows.map((row) => row.map(text))).toFile(files[2]);
  for (const file of files) {
    const mapping = await ownMapping(specifications, file, 'D02-TS');
    const table = await readFormTable(specifications, file, mapping);
    expect(table.problems).toEqual([]);
    expect(table.rows.map(({ values }) => [values['stt'], values['pa'], values['Cmnd']])).toEqual([
      ['1', 'TM', '099090000011'],
    ]);
  }
  await writeFile(files[0], 'pa;Luong\nTM;1\n');
  await expect(ownMapping(specifications, files[0], 'D02-TS')).rejects.toMatchObject({
    code: 'ERR_FIELD_UNKNOWN',
  });
});

test('another layout comes in through a mapping: sheet, heading rows, letters, codes, comma and dates', async () => {
  const file = join(folder, 'vendor.xlsx');
  const sheet = [
    ['BẢNG KÊ', '', '', '', '', ''],
    ['Họ tên', 'Giới tính', 'Ngày sinh', 'Hệ số', 'Mức lương', 'Số CCCD'],
    ['(1)', '(2)', '(3)', '(4)', '(5)', '(6)'],
    ['Nguyễn Thử', 'Nam', '2/3/1990', '4,98', '', '099090000011'],
    ['', '', '', '', '', ''],
    ['Trần Thử', 'nữ', '1985-03-02', '', '5.310.000', '099185000012'],
    ['Lê Thử', 'khác', '1992', '', '', '099192000015'],
  ];
  await writeWorkbook([
    { sheet: 'Phụ lục', data: [[text('x')]] },
    { sheet: 'Dữ Liệu', data: sheet.map((row) => row.map(text)) },
  ]).toFile(file);
  const { rows, problems } = await readFormTable(specifications, file, {
    form: 'D02-TS',
    channel: 'words',
    sheet: 'Dữ Liệu',
    headingRow: 2,
    firstRow: 4,
    decimal: ',',
    columns: {
      Hoten: 'HỌ  TÊN',
      Gioitinh: 'Giới tính',
      Ngaysinh: 'C',
      tienLuong: 'Hệ số',
      phuCapLuong: 'E',
      Cmnd: 'F',
    },
    constants: { pa: 'TM', tuThang: '07/2026' },
  });
  expect(rows.map(({ values }) => values)).toMatchObject([
    { stt: '1', Gioitinh: '1', Ngaysinh: '02/03/1990', tienLuong: '4.98', pa: 'TM' },
    { stt: '2', Gioitinh: '0', Ngaysinh: '02/03/1985', phuCapLuong: '5310000', tuThang: '07/2026' },
    { stt: '3', Ngaysinh: '1992' },
  ]);
  expect(problems.map(({ row, column, code }) => [row, column, code])).toEqual([
    [7, 'Gioitinh', 'CHANNEL_CODE'],
  ]);
});

test('a mapping that names what the table or the form does not have is refused', async () => {
  const file = join(folder, 'b.csv');
  await writeFile(file, 'ten\nNguyen\n');
  const read = (own: object): Promise<unknown> =>
    readFormTable(specifications, file, { form: 'D02-TS', columns: { Hoten: 'ten' }, ...own });
  await expect(read({ columns: { Hoten: 'Họ tên' } })).rejects.toMatchObject({ code: 'ERR_TABLE_COLUMN' });
  await expect(read({ columns: { Luong: 'ten' } })).rejects.toMatchObject({ code: 'ERR_FIELD_UNKNOWN' });
  await expect(read({ form: 'D99' })).rejects.toMatchObject({ code: 'ERR_FORM_UNKNOWN' });
  await expect(read({ channel: 'fax' })).rejects.toMatchObject({ code: 'ERR_CHANNEL_UNKNOWN' });
  await expect(read({ channel: '__proto__' })).rejects.toMatchObject({ code: 'ERR_CHANNEL_UNKNOWN' });
});

test('the same code means another sex in another channel, and nothing is guessed', () => {
  const own = (channel: string, code: string): string | undefined =>
    openChannel(specifications, channel).toOwn('Gioitinh', code);
  expect([own('portal', '0'), own('ivan-reversed', '0'), own('portal-excel', '2')]).toEqual(['0', '1', '0']);
  expect([own('portal-excel', '0'), own('portal-excel', '3'), own('words', 'constructor')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const kind = (channel: string): string | undefined =>
    openChannel(specifications, channel).codeOf('loai', 'decrease');
  expect([kind('vnpt-template'), kind('portal-excel'), kind('portal')]).toEqual(['3', '2', undefined]);
  expect(openChannel(specifications, 'portal').toOwn('Hoten', 'x')).toBe('x');
  expect(channelIds(specifications)).toContain('words');
});

test('a filled template of our own is a dossier whose forms say what the envelope says', async () => {
  const file = join(folder, 'template.xlsx');
  const filled = new Map<string, readonly (readonly string[])[]>([
    ['D02-TS', [['1', 'TM', '', 'Lê Thị Thử']]],
    ['TK1-TS', [['1', 'Lê Thị Thử', '0']]],
    [
      'TK1-TS.PhuLuc',
      [
        ['1', 'Lê Văn Thử'],
        ['1', 'Lê Thị Thử'],
        ['2', 'Không của ai'],
      ],
    ],
  ]);
  const sheets = templateSheets(specifications, '600').map(({ name, rows }) => ({
    sheet: name,
    data: (name === 'HoSo'
      ? rows.map(([group = '', field = '', value = '']) => [
          group,
          field,
          field === 'MaSoBHXH' ? 'ZZ0001A' : field === 'KyKeKhai' ? '07/2026' : value,
        ])
      : [...rows, ...(filled.get(name) ?? [])]
    ).map((row) => row.map(text)),
  }));
  expect(sheets.map(({ sheet }) => sheet)).toEqual([
    'HoSo',
    'D02-TS',
    'TK1-TS',
    'TK1-TS.PhuLuc',
    'D01-TS',
    'CT-DK',
    'HuongDan',
  ]);
  await writeWorkbook(sheets).toFile(file);
  const { unit, dossier, forms, problems } = await readTemplate(specifications, file);
  expect([unit['MaSoBHXH'], dossier['MaThuTuc'], problems]).toEqual(['ZZ0001A', '600', []]);
  expect(forms.map(({ form, header: head }) => [form, head['MaDonVi'], head['KyKeKhai']])).toEqual([
    ['D02-TS', 'ZZ0001A', '07/2026'],
    ['TK1-TS', 'ZZ0001A', '07/2026'],
  ]);
  expect(forms[1]?.rows[0]?.appendix).toEqual([{ HoTen: 'Lê Văn Thử' }, { HoTen: 'Lê Thị Thử' }]);
  expect(() => templateSheets(specifications, '999')).toThrow(
    expect.objectContaining({ code: 'ERR_PROCEDURE_UNKNOWN' }),
  );
});
