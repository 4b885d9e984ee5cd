import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import writeWorkbook from 'write-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { dossierOf, header, newPerson, person } from './dossier.fixture.ts';
import { checkDossier, declarationSpecs, diffPayrolls, formOfDiff, readPayroll } from './index.ts';
import type { Payroll, PayrollRow } from './index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const now = (): Date => new Date('2026-07-10T03:00:00Z');
const month = '2026-07';
const decision = { decision: '12/QĐ', decisionDate: '01/07/2026' };

const plans = (before: readonly PayrollRow[], after: readonly PayrollRow[]): readonly string[] =>
  diffPayrolls(before, after, { month }).rows.map(
    ({ plan, values }) =>
      `${plan} ${values['tuThang'] ?? ''}${values['denThang'] === undefined ? '' : `–${values['denThang']}`} ${values['tienLuong'] ?? '-'}`,
  );

describe('one change gives one kind of row', () => {
  const one = person(1, { wage: 6_000_000 });
  test.each<[string, readonly PayrollRow[], readonly PayrollRow[], readonly string[]]>([
    ['nothing', [one], [one], []],
    ['somebody new without a number', [], [{ ...one, number: '' }], ['TM 07/2026 6000000']],
    ['somebody new with a number', [], [one], ['TD 07/2026 6000000']],
    [
      'somebody who joined two months ago',
      [],
      [{ ...one, effective: '05/2026' }],
      ['TD 07/2026 6000000', 'AD 05/2026–06/2026 6000000'],
    ],
    ['somebody who is gone', [one], [], ['GH 07/2026 -']],
    [
      'somebody who left two months ago',
      [one],
      [{ ...one, status: 'left', effective: '05/2026' }],
      ['GH 07/2026 -', 'SB 05/2026–06/2026 6000000'],
    ],
    ['maternity', [one], [{ ...one, status: 'maternity' }], ['TS 07/2026 -']],
    ['sickness', [one], [{ ...one, status: 'sickness' }], ['OF 07/2026 -']],
    ['unpaid leave', [one], [{ ...one, status: 'unpaid' }], ['KL 07/2026 -']],
    ['back at work', [{ ...one, status: 'maternity' }], [one], ['ON 07/2026 6000000']],
    ['still away', [{ ...one, status: 'sickness' }], [{ ...one, status: 'sickness' }], []],
    ['a rise', [one], [{ ...one, wage: 7_000_000 }], ['DC 07/2026 7000000']],
    [
      'a rise since last month',
      [one],
      [{ ...one, wage: 7_000_000, effective: '06/2026' }],
      ['DC 07/2026 7000000', 'AD 06/2026–06/2026 1000000'],
    ],
    [
      'a cut since last month',
      [one],
      [{ ...one, wage: 5_500_000, effective: '06/2026' }],
      ['DC 07/2026 5500000', 'SB 06/2026–06/2026 500000'],
    ],
    [
      'no more unemployment insurance',
      [one],
      [{ ...one, without: ['unemployment'] }],
      ['GN 07/2026 6000000'],
    ],
    ['unemployment insurance again', [{ ...one, without: ['unemployment'] }], [one], ['TN 07/2026 6000000']],
    [
      'no more occupational insurance',
      [one],
      [{ ...one, without: ['occupational'] }],
      ['GL 07/2026 6000000'],
    ],
    ['occupational insurance again', [{ ...one, without: ['occupational'] }], [one], ['TL 07/2026 6000000']],
    ['no more retirement', [one], [{ ...one, without: ['retirement-death'] }], ['GV 07/2026 6000000']],
    ['retirement again', [{ ...one, without: ['retirement-death'] }], [one], ['TV 07/2026 6000000']],
    ['no more health insurance', [one], [{ ...one, without: ['health'] }], ['TU 07/2026–07/2026 6000000']],
    [
      'no health insurance since last month but one',
      [one],
      [{ ...one, without: ['health'], effective: '05/2026' }],
      ['TU 05/2026–07/2026 6000000'],
    ],
    [
      'still no health insurance: the row of last month has ended',
      [{ ...one, without: ['health'] }],
      [{ ...one, without: ['health'], effective: '05/2026' }],
      ['TU 07/2026–07/2026 6000000'],
    ],
    [
      'no health insurance while away, when nobody pays any',
      [{ ...one, without: ['health'] }],
      [{ ...one, without: ['health'], status: 'unpaid' }],
      ['KL 07/2026 -'],
    ],
    ['health insurance again: nothing is given back any more', [{ ...one, without: ['health'] }], [one], []],
    [
      'health insurance again since last month but one, at the wage of then',
      [{ ...one, without: ['health'] }],
      [{ ...one, wage: 7_000_000, effective: '05/2026' }],
      ['DC 07/2026 7000000', 'AD 05/2026–06/2026 1000000', 'TT 05/2026–06/2026 6000000'],
    ],
    [
      'no more unemployment insurance since last month but one',
      [one],
      [{ ...one, without: ['unemployment'], effective: '05/2026' }],
      ['GN 05/2026 6000000'],
    ],
    [
      'from every fund to occupational insurance alone',
      [one],
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      ['GH 07/2026 -', 'TL 07/2026 6000000'],
    ],
    [
      'still occupational insurance alone',
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      [],
    ],
    [
      'from occupational insurance alone to every fund but one',
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      [{ ...one, without: ['retirement-death'] }],
      ['TD 07/2026 6000000', 'GV 07/2026 6000000'],
    ],
    [
      'from one fund alone to another',
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      [{ ...one, without: ['occupational', 'retirement-death', 'health'], effective: '06/2026' }],
      ['TN 06/2026 6000000', 'GL 06/2026 6000000'],
    ],
    [
      'somebody new without a number, unemployment and health insurance',
      [],
      [{ ...one, number: '', without: ['unemployment', 'health'] }],
      ['TM 07/2026 6000000', 'GN 07/2026 6000000', 'TU 07/2026–07/2026 6000000'],
    ],
    [
      'somebody who joined last month without health insurance',
      [],
      [{ ...one, without: ['health'], effective: '06/2026' }],
      ['TD 07/2026 6000000', 'TU 06/2026–07/2026 6000000', 'AD 06/2026–06/2026 6000000'],
    ],
    [
      'a second contract, for occupational insurance alone',
      [],
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      ['TL 07/2026 6000000'],
    ],
    [
      'somebody new without unemployment insurance, since last month',
      [],
      [{ ...one, without: ['unemployment'], effective: '06/2026' }],
      ['TD 07/2026 6000000', 'GN 07/2026 6000000', 'AD 06/2026–06/2026 6000000'],
    ],
    [
      'a rise of somebody who pays occupational insurance alone',
      [{ ...one, without: ['unemployment', 'retirement-death', 'health'] }],
      [{ ...one, wage: 7_000_000, without: ['unemployment', 'retirement-death', 'health'] }],
      ['DL 07/2026 7000000'],
    ],
    [
      'a rise of somebody who pays unemployment insurance alone',
      [{ ...one, without: ['occupational', 'retirement-death', 'health'] }],
      [{ ...one, wage: 7_000_000, without: ['occupational', 'retirement-death', 'health'] }],
      ['DN 07/2026 7000000'],
    ],
    ['another position', [one], [{ ...one, position: 'Trưởng phòng' }], ['CD 07/2026 6000000']],
  ])('%s', (_, before, after, expected) => {
    expect(plans(before, after)).toEqual(expected);
  });

  test('January looks back into December', () => {
    const [, retro] = diffPayrolls([], [{ ...one, effective: '12/2025' }], { month: '2026-01' }).rows;
    expect(retro?.values).toMatchObject({ pa: 'AD', tuThang: '12/2025', denThang: '12/2025' });
  });
});

describe('a payroll of 500 with forty changes', () => {
  const before = Array.from({ length: 500 }, (_, index) => person(index + 1));
  const after = before.flatMap((row, index): readonly PayrollRow[] => {
    if (index < 5) return [{ ...row, status: 'left', ...decision }];
    if (index < 10) return [{ ...row, status: 'maternity' }];
    if (index < 15) return [{ ...row, status: 'sickness' }];
    if (index < 20) return [{ ...row, status: 'unpaid' }];
    if (index < 28) return [{ ...row, wage: row.wage + 500_000, ...decision }];
    if (index < 30) return [{ ...row, position: 'Tổ trưởng', ...decision }];
    return [row];
  });
  const joined = [
    ...Array.from({ length: 6 }, (_, index) => person(600 + index)),
    ...Array.from({ length: 4 }, (_, index) => person(700 + index, { number: '' })),
  ];
  let folder = '';
  let read: readonly Payroll[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bhxh-payroll-'));
    const columns = Object.keys(person(1)) as (keyof PayrollRow)[];
    for (const [name, rows] of [
      ['june.xlsx', before],
      ['july.xlsx', [...after, ...joined]],
    ] as const)
      await writeWorkbook([
        columns.map((value) => ({ value, type: String })),
        ...rows.map((row) =>
          columns.map((column) =>
            column === 'wage'
              ? { value: row.wage, type: Number }
              : { value: String(row[column]), type: String },
          ),
        ),
      ]).toFile(join(folder, name));
    read = await Promise.all(['june.xlsx', 'july.xlsx'].map((name) => readPayroll(join(folder, name))));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const dossierFrom = (rows: readonly PayrollRow[]): ReturnType<typeof dossierOf> => {
    const diff = diffPayrolls(read[0]?.rows ?? [], rows, { month });
    const people = new Map(rows.map((row) => [row.identity, row]));
    const forms = diff.withoutNumber.map((identity) => newPerson(people.get(identity) ?? person(1)));
    const [first] = forms;
    const companion =
      first === undefined
        ? []
        : [
            {
              ...first,
              rows: forms
                .flatMap(({ rows: own }) => own)
                .map((row, index) => ({ ...row, values: { ...row.values, stt: String(index + 1) } })),
            },
          ];
    return dossierOf([formOfDiff(diff, header, month), ...companion]);
  };

  test('every change becomes a row, and the dossier is valid', () => {
    expect(read.map(({ problems }) => problems)).toEqual([[], []]);
    const diff = diffPayrolls(read[0]?.rows ?? [], read[1]?.rows ?? [], { month });
    const counts: Record<string, number> = {};
    for (const { plan } of diff.rows) counts[plan] = (counts[plan] ?? 0) + 1;
    expect(counts).toEqual({ GH: 5, TS: 5, OF: 5, KL: 5, DC: 8, CD: 2, TD: 6, TM: 4 });
    expect(diff.unchanged).toBe(470);
    expect(diff.withoutNumber).toHaveLength(4);
    const report = checkDossier(specifications, dossierFrom(read[1]?.rows ?? []), { now });
    expect(report).toMatchObject({ verdict: 'valid', findings: [] });
  });

  test.each<[string, number, Partial<PayrollRow>, readonly string[]]>([
    ['somebody leaves without a decision', 0, { decision: '' }, ['D016']],
    ['a decision of next month', 0, { decisionDate: '01/08/2026' }, ['D016']],
    ['a rise without a decision', 20, { decision: '' }, ['D016']],
    ['a new worker without a position', 500, { position: '' }, ['D001']],
    ['a birth date that does not exist', 500, { birth: '31/02/1990' }, ['D003']],
    ['a new worker without a wage', 500, { wage: 0 }, ['D012']],
    ['a contract of four years', 500, { contractFrom: '01/07/2026', contractTo: '30/06/2030' }, ['D019']],
    ['a sex that is no code', 500, { sex: '5' }, ['D004']],
  ])('a wrong row gives its finding: %s', (_, index, own, expected) => {
    const rows = (read[1]?.rows ?? []).map((row, at) => (at === index ? { ...row, ...own } : row));
    const { verdict, findings } = checkDossier(specifications, dossierFrom(rows), { now });
    expect(verdict).toBe('invalid');
    expect([...new Set(findings.map(({ ruleId }) => ruleId))]).toEqual(expected);
  });

  test('a payroll with wrong rows is reported by row and column', async () => {
    const path = join(folder, 'wrong.csv');
    await writeFile(
      path,
      'identity;wage;status\n;1;\n099090000001;1,5;\n099090000002;1;gone\n099090000003;1;\n099090000003;1;\n',
    );
    const { rows, problems } = await readPayroll(path);
    expect(rows.map(({ identity }) => identity)).toEqual(['099090000003']);
    expect(problems.map(({ code, row, column }) => `${code} ${row}:${column}`)).toEqual([
      'ROW_IDENTITY 2:identity',
      'ROW_WAGE 3:wage',
      'ROW_STATUS 4:status',
      'ROW_TWICE 6:identity',
    ]);
    await writeFile(path, 'name\nA\n');
    await expect(readPayroll(path)).rejects.toMatchObject({ code: 'ERR_PAYROLL_COLUMN' });
    await expect(readPayroll(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'ERR_PAYROLL_UNREADABLE',
    });
  });
});

test('a late decrease flags the row that may collect its card, and adds nothing', () => {
  const [one, two] = [person(1), person(2)];
  const { rows, companions } = diffPayrolls(
    [one, two],
    [
      { ...one, status: 'left', ...decision, effective: '05/2026' },
      { ...two, status: 'unpaid', effective: '06/2026' },
    ],
    { month },
  );
  expect(companions.map(({ of, plan, from, to }) => `${of} ${plan} ${from}–${to}`)).toEqual([
    'GH TT 05/2026–06/2026',
    'KL TT 06/2026–06/2026',
  ]);
  expect(rows.some(({ plan }) => plan === 'TT')).toBe(false);
});

test('rows get the note that products write, where the decision is known', () => {
  const [one, two] = [person(1), person(2)];
  const diff = diffPayrolls([one, two], [{ ...one, wage: 9_000_000, ...decision }], { month });
  const { rows } = formOfDiff(diff, header, month, declarationSpecs(specifications));
  expect(rows.map(({ values }) => [values['pa'], values['ghiChu']])).toEqual([
    ['DC', 'Điều chỉnh tiền lương, số VB 12/QĐ ngày 01/07/2026'],
    ['GH', undefined],
  ]);
});
