import { dueDayOf } from '@bhxh/sdk/contributions';
import type { Fund, JournalEntry, Ledger, Posting } from '@bhxh/sdk/payments/ledger';
import type { Specifications } from '@bhxh/sdk/specifications';
import type { Lifecycle } from '../dossiers/lifecycle.ts';
import { bookedEntries, type Closing } from './closing.ts';
import { cycleOf, noAmounts, PERIOD, type FundAmounts } from './obligations.ts';

const RATE = 'rate:';
const BASE = 'base:';

/** What the interest of an entry was counted on: of every month and fund the most that was late on one day. */
export function interestBaseOf({ sources }: JournalEntry): FundAmounts {
  const amounts = { ...noAmounts };
  for (const source of sources) {
    const [kind, fund, amount] = source.split(':');
    if (`${kind}:` === BASE && fund !== undefined && Object.hasOwn(amounts, fund))
      amounts[fund as Fund] += Number(amount);
  }
  return amounts;
}

/** Millionths a day. */
export function interestRateOf({ sources }: JournalEntry): number | undefined {
  const named = sources.find((source) => source.startsWith(RATE))?.slice(RATE.length);
  return named === undefined ? undefined : Number(named);
}

/** What became due or was settled on one account of principal. */
interface Movement {
  /** Counts from this day on, `yyyy-MM-dd`. */
  readonly from: string;
  readonly amount: number;
}

const two = (value: number): string => String(value).padStart(2, '0');

const daysOf = (month: string): readonly string[] => {
  const count = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  return Array.from({ length: count }, (_, at) => `${month}-${two(at + 1)}`);
};

/**
 * Interest of one month on what a unit is late with, as a ledger entry: every day's late balance of every month and fund by
 * the daily rate of that month, rounded half up once a month and fund. Undefined where nothing is late.
 */
export function interestEntry(
  specifications: Specifications,
  { monthClose }: Pick<Lifecycle, 'monthClose'>,
  choice: {
    readonly ledger: Ledger;
    readonly unit: string;
    readonly month: string;
    readonly closings: readonly Closing[];
    /** Booking day. */
    readonly on: string;
    readonly source: string;
  },
): JournalEntry | undefined {
  const { ledger, unit, month, on, source } = choice;
  const rate = specifications.parameterOn('late-payment-daily-rate', `${month}-01`)?.value;
  if (rate === undefined || month < monthClose.interestFrom) return undefined;
  const ratePerMillion = Math.round(rate * 10_000);
  const postings: Posting[] = [];
  const bases = new Map<Fund, number>();
  const accounts = lateMovements(specifications, ledger, choice, monthClose);
  for (const [account, movements] of accounts) {
    const { interest, highest } = interestOf(movements, month, ratePerMillion);
    if (interest === 0) continue;
    const [, , fund, , own] = account.split(':');
    if (!monthClose.interestFunds.includes(fund as Fund)) continue;
    postings.push(
      { account: `due:${unit}:${fund}:interest:${own}`, debit: interest, credit: 0 },
      { account: `fund:${fund}:interest`, debit: 0, credit: interest },
    );
    bases.set(fund as Fund, (bases.get(fund as Fund) ?? 0) + highest);
  }
  if (postings.length === 0) return undefined;
  return {
    id: `interest:${unit}:${month}`,
    kind: 'obligation',
    on,
    postings,
    sources: [
      source,
      `${PERIOD}${month}`,
      `${RATE}${ratePerMillion}`,
      ...[...bases].map(([fund, base]) => `${BASE}${fund}:${base}`),
    ],
  };
}

/** Movements of every account of principal that something was late on before the month ended. */
function lateMovements(
  specifications: Specifications,
  ledger: Ledger,
  choice: { readonly unit: string; readonly month: string; readonly closings: readonly Closing[] },
  { countsPaymentDay }: Lifecycle['monthClose'],
): ReadonlyMap<string, readonly Movement[]> {
  const { unit, month, closings } = choice;
  const late = new Set<string>();
  const accounts = new Map<string, Movement[]>();
  for (const [entry, booked] of bookedEntries(ledger, closings)) {
    const settledFrom = countsPaymentDay ? dayAfter(entry.on) : entry.on;
    for (const { account, debit, credit } of entry.postings) {
      const [kind, owner, , part] = account.split(':');
      if (kind !== 'due' || owner !== unit || part !== 'principal') continue;
      const movements = accounts.get(account) ?? [];
      accounts.set(account, movements);
      if (debit > 0 && entry.kind === 'obligation') {
        const lateFrom = dayAfter(dueDayOf(specifications, booked, cycleOf(entry)));
        movements.push({ from: lateFrom, amount: debit });
        if (lateFrom.slice(0, 7) <= month) late.add(account);
      } else movements.push({ from: settledFrom, amount: debit - credit });
    }
  }
  return new Map([...accounts].filter(([account]) => late.has(account)));
}

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

function interestOf(
  movements: readonly Movement[],
  month: string,
  ratePerMillion: number,
): { readonly interest: number; readonly highest: number } {
  let balances = 0n;
  let highest = 0;
  for (const day of daysOf(month)) {
    let balance = 0;
    for (const { from, amount } of movements) if (from <= day) balance += amount;
    if (balance > 0) balances += BigInt(balance);
    highest = Math.max(highest, balance);
  }
  const interest = Number((balances * BigInt(ratePerMillion) * 2n + 1_000_000n) / 2_000_000n);
  return { interest, highest };
}
