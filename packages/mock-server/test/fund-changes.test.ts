// People who do not pay every fund: the payroll of each month makes the rows, and the statement is what the payroll owes.
import { calculatePayroll, type Fund, type PayrollPerson, type Region } from '@bhxh/sdk/contributions';
import { diffPayrolls, readC12Form, reconcileC12, type PayrollRow } from '@bhxh/sdk/declarations';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { closeMonth, openUnitOffice, specifications, worker, type UnitOffice } from './unit-office.ts';

const UNIT = 'ZZ0001A';
const KEY = 'key';

let clock: VirtualClock;
let server: BhxhServer;
let office: UnitOffice;
let region: Region;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-05T02:00:00Z') });
  server = await createServer({ demo: true, clock, adminKey: KEY });
  office = await openUnitOffice(server, UNIT);
  await office.login();
  region = Number((await office.call('readUnit', `units/${UNIT}`)).body['region']) as Region;
}, 60_000);
afterAll(() => server.close());

const person = (index: number, wage: number, own: Partial<PayrollRow> = {}): PayrollRow => {
  const { Cmnd, Masobhxh, Hoten, Ngaysinh, Gioitinh } = worker(index, 'TD');
  return {
    identity: Cmnd ?? '',
    number: Masobhxh ?? '',
    name: Hoten ?? '',
    birth: Ngaysinh ?? '',
    sex: Gioitinh ?? '',
    position: 'Clerk',
    wage,
    status: 'working',
    decision: '1/QD',
    decisionDate: '01/10/2026',
    contractFrom: '',
    contractTo: '',
    effective: '',
    without: [],
    ...own,
  };
};

const only = (fund: Fund): readonly Fund[] =>
  (['sickness-maternity', 'retirement-death', 'occupational', 'unemployment', 'health'] as const).filter(
    (one) => one !== fund,
  );
const noUnemployment = { without: ['unemployment'] as const };
const noOccupational = { without: ['occupational'] as const };
const noRetirement = { without: ['retirement-death'] as const };

/** The payroll of each month. Wages leave fractions of a đồng, and two stand above the ceilings. */
const payrolls: readonly (readonly [string, readonly PayrollRow[], readonly string[]])[] = [
  [
    '2026-10',
    [
      person(8_001, 5_310_007),
      person(8_002, 60_000_003),
      person(8_003, 7_777_777),
      person(8_004, 120_000_007),
    ],
    ['TD', 'TD', 'TD', 'TD'],
  ],
  [
    '2026-11',
    [
      person(8_001, 5_310_007, noUnemployment),
      person(8_002, 60_000_003, noOccupational),
      person(8_003, 7_777_777, noRetirement),
      person(8_004, 120_000_007, { without: ['unemployment', 'retirement-death'] }),
      person(8_005, 9_999_999, { without: only('occupational') }),
      person(8_006, 8_888_888, { without: only('unemployment') }),
    ],
    ['GL', 'GN', 'GN', 'GV', 'GV', 'TL', 'TN'],
  ],
  [
    '2026-12',
    [
      person(8_001, 6_310_009, noUnemployment),
      person(8_002, 60_000_003, { ...noOccupational, status: 'maternity' }),
      person(8_003, 7_777_777, noRetirement),
      person(8_004, 120_000_007, noRetirement),
      person(8_005, 10_000_001, { without: only('occupational') }),
      person(8_006, 8_888_888, { without: only('unemployment') }),
    ],
    ['DC', 'DL', 'TN', 'TS'],
  ],
  [
    '2027-01',
    [
      person(8_001, 6_310_009),
      person(8_002, 60_000_003, noOccupational),
      person(8_003, 7_777_777),
      person(8_004, 120_000_007, noRetirement),
      person(8_005, 10_000_001, { without: only('occupational') }),
      person(8_006, 8_888_888, { without: only('unemployment'), status: 'left' }),
    ],
    ['GH', 'ON', 'TN', 'TV'],
  ],
  // Without a dossier: the close of the month knows it from the register alone.
  [
    '2027-02',
    [
      person(8_001, 6_310_009),
      person(8_002, 60_000_003, noOccupational),
      person(8_003, 7_777_777),
      person(8_004, 120_000_007, noRetirement),
      person(8_005, 10_000_001, { without: only('occupational') }),
    ],
    [],
  ],
  [
    '2027-03',
    [
      person(8_001, 6_310_009),
      person(8_002, 60_000_003),
      person(8_003, 7_777_777),
      person(8_004, 120_000_007, noRetirement),
      person(8_005, 10_000_001, { without: only('occupational') }),
      // Who joins without a fund, and for a month that has passed besides.
      person(8_007, 11_111_113, { ...noUnemployment, effective: '02/2027' }),
    ],
    ['AD', 'GN', 'TD', 'TL'],
  ],
];

const owed = (month: string, rows: readonly PayrollRow[]) =>
  calculatePayroll(
    specifications,
    rows
      .filter(({ status }) => status !== 'left')
      .map((row): PayrollPerson => ({
        key: row.identity,
        wage: row.wage,
        without: row.without,
        ...(row.status === 'maternity' ? { absence: 'maternity' } : {}),
      })),
    { month, region },
  );

async function at(moment: string): Promise<void> {
  clock.advanceTo(new Date(moment));
  await server.idle();
  await office.login();
}

async function file(
  month: string,
  rows: readonly Readonly<Record<string, string>>[],
  newcomers: readonly PayrollRow[] = [],
): Promise<void> {
  const forms = [office.form('D02-TS', month, rows)];
  if (newcomers.length > 0) forms.push(office.form('TK1-TS', month, newcomers.map(personalData)));
  const { body } = await office.file(office.dossier('600', month, forms));
  await at(`${month}-25T02:00:00Z`);
  expect(await office.status(String(body['maGiaoDich']))).toMatchObject({ state: 'completed', reasons: [] });
}

async function statement(month: string) {
  const { text } = await office.call('readStatement', `units/${UNIT}/statements/${month}`);
  const c12 = readC12Form(specifications, Buffer.from(text), `C12 ${month}`);
  expect(reconcileC12(specifications, c12)).toEqual([]);
  return c12.lines;
}

/** A TK1-TS of somebody who has no number yet, alone in his household. */
const personalData = (row: PayrollRow) => ({
  values: {
    HoTen: row.name,
    GioiTinh: row.sex,
    NgaySinh: row.birth,
    QuocTich: 'VN',
    DanToc: '01',
    SoCccd: row.identity,
    KhaiSinhXa: '99001',
    KhaiSinhTinh: '99',
    DiaChiNhan: '1 Synthetic Street',
    DiaChiXa: '99001',
    DiaChiTinh: '99',
    CoPhuLuc: '1',
  },
  appendix: [{ HoTen: row.name, NgaySinh: row.birth, GioiTinh: row.sex, QuanHe: '00' }],
});

const following = (month: string): string => {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
};

it.each(payrolls.map(([month, rows, plans], index) => ({ month, rows, plans, index })))(
  '$month: $plans give the statement of the payroll, before the month is closed and after',
  async ({ month, rows, plans, index }) => {
    const diff = diffPayrolls(payrolls[index - 1]?.[1] ?? [], rows, { month });
    expect(diff.rows.map(({ plan }) => plan).toSorted()).toEqual(plans);
    const expected = owed(month, rows);
    if (plans.length > 0) {
      await file(
        month,
        diff.rows.map(({ values }) => values),
      );
      expect((await statement(month)).get('B.3')).toEqual(expected.columns);
    }
    await at(`${following(month)}-03T02:00:00Z`);
    const { body, problems } = await office.call('findMembers', `units/${UNIT}/members?month=${month}`);
    expect(problems).toEqual([]);
    const without = new Map(
      (body['members'] as { bhxhNumber: string; without: Fund[] }[]).map((one) => [
        one.bhxhNumber,
        one.without,
      ]),
    );
    for (const row of rows)
      expect(without.get(row.number)?.toSorted()).toEqual(
        row.status === 'left' ? undefined : row.without.toSorted(),
      );
    const run = await closeMonth(server, KEY, month);
    expect(run).toMatchObject({ state: 'done', principal: String(expected.amounts.total) });
    expect((await statement(month)).get('B.3')).toEqual(expected.columns);
  },
  60_000,
);

it('collects the month that has passed for the funds that are paid', async () => {
  const [joined] = (payrolls.at(-1)?.[1] ?? []).slice(-1);
  const expected = owed('2027-02', joined === undefined ? [] : [joined]);
  expect((await statement('2027-03')).get('B.4.1')).toEqual(expected.columns);
}, 60_000);

it('gives back what was collected for a fund that somebody had left months ago', async () => {
  await file('2027-04', [worker(8_001, 'GN', { tuThang: '02/2027', tienLuong: '6310009' })]);
  const lines = await statement('2027-04');
  const before = payrolls.at(-1)?.[1] ?? [];
  const after = before.map((row, index) => (index === 0 ? { ...row, ...noUnemployment } : row));
  const less = owed('2027-03', before).columns.bhtn - owed('2027-03', after).columns.bhtn;
  expect(less).toBeGreaterThan(0);
  expect(lines.get('B.4.2')).toMatchObject({ bhxh: 0, bhyt: 0, tnld: 0, bhtn: 2 * less });
  expect(lines.get('B.3')).toEqual(owed('2027-04', after).columns);
}, 60_000);

/** Where the payrolls above and the dossier of April 2027 leave everybody. */
const fromApril = (payrolls.at(-1)?.[1] ?? []).map((row) => ({
  ...row,
  effective: '',
  ...(row.identity === person(8_001, 0).identity ? noUnemployment : {}),
}));
const without = (fund: Fund): readonly PayrollRow[] =>
  fromApril.map((row, index) => (index === 2 ? { ...row, without: [fund] } : row));

it('gives health insurance back for the months that are named, again each month, and collects it when it was paid after all', async () => {
  const left = without('health');
  for (const [month, before] of [
    ['2027-05', fromApril],
    ['2027-06', left],
  ] as const) {
    const { rows } = diffPayrolls(before, left, { month });
    expect(rows.map(({ plan }) => plan)).toEqual(['TU']);
    await at(`${month}-05T02:00:00Z`);
    await file(
      month,
      rows.map(({ values }) => values),
    );
    expect((await statement(month)).get('B.3')).toEqual(owed(month, left).columns);
  }
  const back = fromApril.map((row, index) => (index === 2 ? { ...row, effective: '05/2027' } : row));
  const { rows } = diffPayrolls(left, back, { month: '2027-07' });
  expect(rows.map(({ plan, values }) => `${plan} ${values['tuThang']}–${values['denThang']}`)).toEqual([
    'TT 05/2027–06/2027',
  ]);
  await at('2027-07-05T02:00:00Z');
  await file(
    '2027-07',
    rows.map(({ values }) => values),
  );
  const lines = await statement('2027-07');
  const bhyt = owed('2027-06', fromApril).columns.bhyt - owed('2027-06', left).columns.bhyt;
  expect(lines.get('B.3')).toEqual(owed('2027-07', fromApril).columns);
  expect(lines.get('B.4.1')).toEqual({ bhxh: 0, bhyt: 2 * bhyt, bhtn: 0, tnld: 0, total: 2 * bhyt });
}, 60_000);

it('collects health insurance for months to come once, and their own statements without it', async () => {
  await at('2027-08-05T02:00:00Z');
  await file('2027-08', [
    worker(8_003, 'TT', { tuThang: '09/2027', denThang: '10/2027', tienLuong: '7777777' }),
  ]);
  const lines = await statement('2027-08');
  const one = owed('2027-08', fromApril).columns.bhyt - owed('2027-08', without('health')).columns.bhyt;
  expect(lines.get('B.3')).toEqual(owed('2027-08', fromApril).columns);
  expect(lines.get('B.4.1')).toMatchObject({ bhyt: 2 * one, total: 2 * one });
}, 60_000);

it('takes somebody new, without a number, who leaves funds in the dossier that brings his number', async () => {
  const newcomer = person(8_010, 12_345_679, { number: '', without: ['unemployment', 'health'] });
  const now = [...fromApril, newcomer];
  const { rows } = diffPayrolls(fromApril, now, { month: '2027-09' });
  expect(rows.map(({ plan }) => plan)).toEqual(['TM', 'GN', 'TU']);
  await at('2027-09-05T02:00:00Z');
  await file(
    '2027-09',
    rows.map(({ values }) => values),
    [newcomer],
  );
  const lines = await statement('2027-09');
  expect(lines.get('B.3')).toEqual(owed('2027-09', now).columns);
  expect(lines.get('B.1.1')?.total).toBe(1);
  // Months that were collected in advance stand in no other statement.
  expect(lines.get('B.4.1')?.total).toBe(0);
  await at('2027-10-05T02:00:00Z');
  await file('2027-10', [worker(8_001, 'DC', { tuThang: '10/2027', tienLuong: '6310009' })]);
  expect((await statement('2027-10')).get('B.3')).toEqual(
    owed('2027-10', [...fromApril, { ...newcomer, without: ['unemployment'] }]).columns,
  );
}, 60_000);

it('moves somebody from every fund to one alone, to another one, and back', async () => {
  const newcomer = person(8_010, 12_345_679, { number: '', without: ['unemployment'] });
  const [, second] = fromApril;
  const asOf = (own: Partial<PayrollRow>): readonly PayrollRow[] =>
    fromApril.map((row) => (row === second ? { ...row, ...own } : row));
  const steps = [
    ['2027-11', fromApril, asOf({ without: only('occupational') }), ['GH', 'TL']],
    [
      '2027-12',
      asOf({ without: only('occupational') }),
      asOf({ without: only('unemployment') }),
      ['TN', 'GL'],
    ],
    ['2028-01', asOf({ without: only('unemployment') }), asOf(noRetirement), ['TD', 'GV']],
  ] as const;
  for (const [month, before, after, plans] of steps) {
    const { rows } = diffPayrolls(before, after, { month });
    expect(rows.map(({ plan }) => plan)).toEqual(plans);
    await at(`${month}-05T02:00:00Z`);
    await file(
      month,
      rows.map(({ values }) => values),
    );
    expect((await statement(month)).get('B.3')).toEqual(owed(month, [...after, newcomer]).columns);
  }
}, 120_000);
