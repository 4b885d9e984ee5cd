import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import writeWorkbook from 'write-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRoster } from './index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-roster-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const people = [
  { key: '9900000001', name: 'Nguyễn Thử', wage: 5_310_000, region: 2, absence: 'unpaid' },
  { key: '9900000002', wage: 7_000_000, scheme: 'foreign', hasReducedOccupational: true },
];

test('CSV, JSON and XLSX give the same people', async () => {
  const csv = join(folder, 'a.csv');
  await writeFile(
    csv,
    '\uFEFFkey;name;salary;region;scheme;absence;reduced\r\n9900000001;Nguyễn Thử;5310000;2;;unpaid;\r\n9900000002;;7000000;;foreign;;yes\r\n',
  );
  const json = join(folder, 'a.json');
  await writeFile(
    json,
    JSON.stringify([
      { key: '9900000001', name: 'Nguyễn Thử', salary: 5310000, region: 2, absence: 'unpaid' },
      { key: '9900000002', salary: '7000000', scheme: 'foreign', reduced: 'yes' },
    ]),
  );
  const xlsx = join(folder, 'a.xlsx');
  const text = (value: string): { value: string; type: StringConstructor } => ({ value, type: String });
  await writeWorkbook([
    ['key', 'name', 'salary', 'region', 'scheme', 'absence', 'reduced'].map(text),
    [
      text('9900000001'),
      text('Nguyễn Thử'),
      { value: 5_310_000, type: Number },
      { value: 2, type: Number },
      null,
      text('unpaid'),
      null,
    ],
    [text('9900000002'), null, { value: 7_000_000, type: Number }, null, text('foreign'), null, text('yes')],
  ]).toFile(xlsx);
  for (const path of [csv, json, xlsx]) expect(await readRoster(path)).toEqual({ people, problems: [] });
});

test('wrong rows are left out and reported by row and column', async () => {
  const path = join(folder, 'b.csv');
  await writeFile(
    path,
    'key,salary,region,scheme,absence,reduced\n,1,1,,,\nA,"5,310,000",,,,\nB,1,5,owner,ill,maybe\nC,1,,,,\nC,1,,,,\n',
  );
  const { people: read, problems } = await readRoster(path);
  expect(read).toEqual([{ key: 'C', wage: 1 }]);
  expect(problems.map(({ code, row, column }) => `${code} ${row}:${column}`)).toEqual([
    'ROSTER_KEY 2:key',
    'ROSTER_SALARY 3:salary',
    'ROSTER_REGION 4:region',
    'ROSTER_SCHEME 4:scheme',
    'ROSTER_ABSENCE 4:absence',
    'ROSTER_FLAG 4:reduced',
    'ROSTER_KEY_TWICE 6:key',
  ]);
});

test('what is no roster is refused', async () => {
  const path = join(folder, 'c.csv');
  await writeFile(path, 'a,b\n1,2\n');
  await expect(readRoster(path)).rejects.toMatchObject({ code: 'ERR_ROSTER_COLUMN' });
  await writeFile(path, Buffer.from([0x6b, 0xff]));
  await expect(readRoster(path)).rejects.toMatchObject({ code: 'ERR_ROSTER_UNREADABLE' });
  await expect(readRoster(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'ERR_ROSTER_UNREADABLE' });
});
