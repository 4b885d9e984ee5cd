import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import {
  calculateBackCollection,
  calculatePayroll,
  dueDayOf,
  openContributionLaw,
  pausedPayroll,
  readRegionTable,
  readRoster,
  readWorkerList,
  reliefMeasures,
  retirementPause,
  workerSupport,
  type PaymentCycle,
} from './index.ts';

const specifications = openSpecifications();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-relief-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

describe('measures of the pandemic', () => {
  test('the fund pays each worker of the confirmed list by months, and says why it does not pay', async () => {
    const { workers, problems } = await readWorkerList(
      await file(
        'list.csv',
        'key,name,months,paying,confirmed\na,A,11,yes,yes\nb,B,12,yes,yes\nc,C,60,,yes\nd,D,84,,yes\ne,E,108,,yes\nf,F,132,,yes\ng,G,200,no,yes\nh,H,200,yes,no\n',
      ),
    );
    expect(problems).toEqual([]);
    expect(workerSupport(specifications, workers).map(({ amount, refused }) => refused ?? amount)).toEqual([
      1_800_000,
      2_100_000,
      2_400_000,
      2_650_000,
      2_900_000,
      3_300_000,
      'not-paying',
      'not-confirmed',
    ]);
  });

  test('a list with wrong rows names them', async () => {
    const { workers, problems } = await readWorkerList(
      await file('bad.csv', 'key,months,confirmed\na,1,yes\na,1,yes\nb,many,yes\nc,1,maybe\n,1,yes\n'),
    );
    expect(workers).toHaveLength(1);
    expect(problems.map(({ row, code }) => [row, code])).toEqual([
      [3, 'ROSTER_KEY_TWICE'],
      [4, 'LIST_MONTHS'],
      [5, 'LIST_FLAG'],
      [6, 'ROSTER_KEY'],
    ]);
  });

  test('a unit with fifteen per cent fewer workers pauses retirement for its confirmed workers alone', () => {
    const request = { month: '2021-08', months: 6, workersBefore: 100, workersNow: 85 };
    const pause = retirementPause(specifications, request);
    expect(pause).toEqual({
      granted: true,
      first: '2021-08',
      last: '2022-01',
      fund: 'retirement-death',
    });
    const people = ['a', 'b'].map((key) => ({ key, wage: 10_000_000 }));
    const totals = (month: string): readonly number[] =>
      calculatePayroll(specifications, pausedPayroll(people, pause, { month, confirmed: new Set(['a']) }), {
        month,
        region: 1,
      }).items.map(({ contribution }) => contribution.columns.bhxh);
    expect([totals('2021-07'), totals('2021-08'), totals('2022-01'), totals('2022-02')]).toEqual([
      [2_500_000, 2_500_000],
      [300_000, 2_500_000],
      [300_000, 2_500_000],
      [2_500_000, 2_500_000],
    ]);
    const refused = (own: object): unknown => retirementPause(specifications, { ...request, ...own });
    expect(refused({ workersNow: 86 })).toEqual({ granted: false, reason: 'too-few-left' });
    expect(refused({ month: '2022-07' })).toEqual({ granted: false, reason: 'too-late' });
    expect(refused({ month: '2021-06' })).toEqual({ granted: false, reason: 'too-early' });
    expect(refused({ months: 7 })).toEqual({ granted: false, reason: 'too-long' });
  });

  test('the windows of rates are those of the parameters', () => {
    for (const measure of reliefMeasures(specifications)) {
      if (measure.kind !== 'rate') continue;
      const rateIn = (month: string): number | undefined =>
        specifications.parameterOn(measure.parameter, `${month}-01`)?.value;
      expect([measure.id, rateIn(measure.from), rateIn(measure.to)]).toEqual([measure.id, 0, 0]);
      expect(specifications.legal(measure.legal)).toBeDefined();
    }
    const state = openContributionLaw(specifications, { month: '2021-08', region: 1, scheme: 'state' });
    expect(state.amounts(10_000_000).employerOccupational).toBe(50_000);
  });
});

test('a person outside some funds pays the others as before', () => {
  const law = (without: readonly ('occupational' | 'unemployment' | 'health')[]) =>
    openContributionLaw(specifications, { month: '2026-01', region: 1, without }).explain(10_000_000);
  const whole = law([]).columns;
  expect(law(['unemployment']).columns).toEqual({ ...whole, bhtn: 0, total: whole.total - whole.bhtn });
  const { lines, columns } = law(['health', 'occupational']);
  expect(lines.some(({ fund }) => fund === 'health' || fund === 'occupational')).toBe(false);
  expect(columns).toEqual({ ...whole, bhyt: 0, tnld: 0, total: whole.total - whole.bhyt - whole.tnld });
});

describe('regions by ward', () => {
  test('an imported table gives the region on its day, and a ward it does not have is a problem', async () => {
    const table = await readRegionTable(
      await file('regions.csv', 'ward,region,from,to\n99001,2,,2025-12-31\n99001,1,2026-01-01,\n99002,4,,\n'),
    );
    expect([table.regionOf('99001', '2025-12-31'), table.regionOf('99001', '2026-01-01')]).toEqual([2, 1]);
    expect(table.regionOf('00004', '2026-01-01')).toBeUndefined();
    const roster = await file(
      'roster.csv',
      'key,salary,ward,region,without\na,90000000,99001,,\nb,90000000,99002,,unemployment\nc,1,99009,,\nd,90000000,99001,3,\n',
    );
    const { people, problems } = await readRoster(roster, { table, day: '2026-01-01' });
    expect(people.map(({ key, region, without }) => [key, region, without])).toEqual([
      ['a', 1, undefined],
      ['b', 4, ['unemployment']],
      ['d', 3, undefined],
    ]);
    expect(problems.map(({ row, code }) => [row, code])).toEqual([[4, 'ROSTER_WARD']]);
  });

  test('a table of another shape is refused with its row', async () => {
    for (const text of [
      'ward,region\n99001,5\n',
      'ward,region\n9900,1\n',
      'ward,region,from\n99001,1,1/1/2026\n',
    ])
      await expect(readRegionTable(await file('bad-regions.csv', text))).rejects.toMatchObject({
        code: 'ERR_REGIONS_UNREADABLE',
      });
  });
});

describe('collected later', () => {
  const wages = { before: 6_000_000, after: 7_000_000 };

  test('each month has its due day and interest by day from the day after it', () => {
    expect(
      ['2025-06', '2025-07', '2025-12', '2026-01'].map((month) => dueDayOf(specifications, month)),
    ).toEqual(['2025-06-30', '2025-08-31', '2026-01-31', '2026-02-28']);
    const { months, columns, interest, isInterestComplete } = calculateBackCollection(specifications, wages, {
      first: '2026-01',
      last: '2026-02',
      region: 1,
      paidOn: '2026-03-31',
    });
    // January: 31 days of 320,000 at 0.03 %; February is paid on its last day.
    expect(months.map((month) => [month.dueOn, month.columns.total, month.interestTotal])).toEqual([
      ['2026-02-28', 320_000, 2_976],
      ['2026-03-31', 320_000, 0],
    ]);
    expect([columns.total, interest, isInterestComplete]).toEqual([640_000, 2_976, true]);
  });

  test('who pays every third or sixth month pays after the last month of his cycle', () => {
    const due = (month: string, cycle: PaymentCycle): string => dueDayOf(specifications, month, cycle);
    expect(['2026-01', '2026-02', '2026-03', '2026-04', '2026-12'].map((month) => due(month, 3))).toEqual([
      '2026-04-30',
      '2026-04-30',
      '2026-04-30',
      '2026-07-31',
      '2027-01-31',
    ]);
    expect(['2026-01', '2026-06', '2026-07', '2026-12'].map((month) => due(month, 6))).toEqual([
      '2026-07-31',
      '2026-07-31',
      '2027-01-31',
      '2027-01-31',
    ]);
    // By the law before July 2025 with the cycle itself; a cycle goes by the law of its last month.
    expect([due('2025-04', 3), due('2025-07', 3), due('2025-06', 1)]).toEqual([
      '2025-06-30',
      '2025-10-31',
      '2025-06-30',
    ]);
    const { months } = calculateBackCollection(specifications, wages, {
      first: '2026-01',
      last: '2026-04',
      region: 1,
      cycle: 3,
      paidOn: '2026-05-10',
    });
    // January to March: ten days of 320,000 at 0.03 %. April is not late yet.
    expect(months.map(({ dueOn, interestTotal }) => [dueOn, interestTotal])).toEqual([
      ['2026-04-30', 960],
      ['2026-04-30', 960],
      ['2026-04-30', 960],
      ['2026-07-31', 0],
    ]);
  });

  test('the old rule counts only months whose rate was published, and names the others', () => {
    const old = calculateBackCollection(specifications, wages, {
      first: '2020-10',
      last: '2020-10',
      region: 1,
      paidOn: '2021-01-31',
    });
    expect(old.isInterestComplete).toBe(false);
    expect(old.months[0]?.unknownMonths).toEqual(['2021-01']);
    // November and December 2020: 275,000 at 0.9666 % and 45,000 at 0.9766 %.
    expect(old.months[0]?.interest.map(({ interest }) => interest)).toEqual([2_658, 439, 2_658, 439]);
    const bridge = calculateBackCollection(specifications, wages, {
      first: '2025-05',
      last: '2025-05',
      region: 1,
      paidOn: '2025-07-10',
    });
    expect(bridge.months[0]?.unknownMonths).toEqual(['2025-06']);
    expect(bridge.interest).toBe(960);
  });

  test('what is given back bears no interest', () => {
    const back = calculateBackCollection(
      specifications,
      { before: 7_000_000, after: 6_000_000 },
      { first: '2026-01', last: '2026-01', region: 1, paidOn: '2026-12-31' },
    );
    expect([back.columns.total, back.interest]).toEqual([-320_000, 0]);
  });
});
