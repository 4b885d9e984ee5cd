import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calculatePayroll } from '../contributions/index.ts';
import { openSpecifications } from '../specifications/index.ts';
import { buildForm, dueOf, readC12, reconcileC12 } from './index.ts';

const specifications = openSpecifications();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-c12-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type Line = readonly [string, ...(number | string)[]];
const month: readonly Line[] = [
  ['A.1', '', '', '', '', 0],
  ['A.2.2', 0, 0, 0, 0, 0],
  ['B.1.1', '', '', '', '', 2],
  ['B.1.2', '', '', '', '', 0],
  ['B.3', 2_655_000, 477_900, 212_400, 53_100, 3_398_400],
  ['B.5.2', '0,03', '0,03', '0,03', '0,03', ''],
  ['C', 2_000_000, 477_900, 212_400, 53_100, 2_743_400],
  ['C.1', 2_000_000, 477_900, 212_400, 53_100, 2_743_400],
  ['D.1', 2_000_000, 477_900, 212_400, 53_100, 2_743_400],
  ['D.2', 0, 0, 0, 0, 0],
  ['Đ.1', '', '', '', '', 2],
  ['Đ.2.2', 655_000, 0, 0, 0, 655_000],
  ['Đ.3', 100, 0, 0, 0, 100],
];
const rowsOf = (lines: readonly Line[]): readonly Record<string, string>[] =>
  lines.map(([stt, ...cells]) => {
    const [bhxh = '', bhyt = '', bhtn = '', bhtnld = '', cong = ''] = cells.map(String);
    return { stt, noiDung: stt, bhxh, bhyt, bhtn, bhtnld, cong };
  });
const statement = async (lines: readonly Line[]): ReturnType<typeof readC12> => {
  const path = join(folder, 'c12.json');
  await writeFile(path, JSON.stringify({ c12s: rowsOf(lines) }));
  return readC12(specifications, path);
};
const changed = (code: string, ...cells: readonly number[]): readonly Line[] =>
  month.map((line) => (line[0] === code ? [code, ...cells] : line));

const declared = calculatePayroll(
  specifications,
  [
    { key: '1', wage: 5_310_000 },
    { key: '2', wage: 5_310_000 },
  ],
  { month: '2026-01', region: 1 },
).columns;

test('the observed statement agrees with the payroll to the đồng', async () => {
  const c12 = await statement(month);
  expect(reconcileC12(specifications, c12, { declared })).toEqual([]);
  expect(dueOf(specifications, c12)).toEqual({ bhxh: 655_100, bhyt: 0, bhtn: 0, tnld: 0, total: 655_100 });
});

test('the same statement as XML and as JSON with separated thousands', async () => {
  const xml = join(folder, 'c12.xml');
  const header = { TenDonVi: 'Synthetic Company', MaDonVi: 'ZZ0001A', KyKeKhai: '01/2026' };
  await writeFile(
    xml,
    buildForm(specifications, {
      form: 'C12-TS',
      header,
      rows: rowsOf(month).map((values) => ({ values })),
    }),
  );
  const read = await readC12(specifications, xml);
  expect(read).toMatchObject({ unitCode: 'ZZ0001A', month: '01/2026' });
  expect(read.lines).toEqual((await statement(month)).lines);
  const dotted = await statement([['B.3', '2.655.000', '477.900', '212.400', '53.100', '3.398.400']]);
  expect(dotted.lines.get('B.3')).toEqual(read.lines.get('B.3'));
});

test.each<[string, readonly Line[], readonly string[]]>([
  ['a total that is no sum', changed('D.2', 0, 0, 0, 0, 5), ['C001 D.2 total', 'C003 C total']],
  [
    'a balance that does not follow',
    changed('Đ.2.2', 655_001, 0, 0, 0, 655_001),
    ['C002 Đ.2 bhxh', 'C002 Đ.2 total'],
  ],
  [
    'a voucher that is missing money',
    changed('C.1', 1_999_999, 477_900, 212_400, 53_100, 2_743_399),
    ['C004 C bhxh', 'C004 C total'],
  ],
  ['a worker too many', changed('Đ.1', 0, 0, 0, 0, 3), ['C005 Đ.1 total']],
])('%s is found', async (_, lines, expected) => {
  const findings = reconcileC12(specifications, await statement(lines), { declared });
  expect(findings.map(({ ruleId, line, column }) => `${ruleId} ${line} ${column}`)).toEqual(expected);
});

test('a statement that differs from the payroll is an error by fund, unless within the tolerance', async () => {
  const c12 = await statement([['B.3', 2_655_001, 477_900, 212_400, 53_100, 3_398_401]]);
  expect(reconcileC12(specifications, c12, { declared })).toMatchObject([
    { ruleId: 'C006', severity: 'error', column: 'bhxh', expected: 2_655_000, found: 2_655_001 },
    { ruleId: 'C006', column: 'total' },
  ]);
  expect(reconcileC12(specifications, c12, { declared, tolerance: 1 })).toEqual([]);
});

test('what is no statement is refused', async () => {
  const path = join(folder, 'x.json');
  for (const text of [
    '{"c12s": 1}',
    '{',
    'null',
    JSON.stringify(
      rowsOf([
        ['A.1', 1],
        ['A.1', 1],
      ]),
    ),
  ]) {
    await writeFile(path, text);
    await expect(readC12(specifications, path)).rejects.toMatchObject({ code: 'ERR_C12_UNREADABLE' });
  }
});
