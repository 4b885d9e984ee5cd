import type { Fund, JournalEntry, Ledger } from '@bhxh/sdk/payments/ledger';
import type { Bilingual } from '@bhxh/sdk/errors';
import type { Specifications } from '@bhxh/sdk/specifications';
import type { FormContent } from '../dossiers/write-form.ts';
import { bookedEntries, type Closing } from './closing.ts';
import { interestBaseOf, interestRateOf } from './interest.ts';
import { addFunds, funds, monthOf, noAmounts, workersOf, type FundAmounts } from './obligations.ts';

/** Amounts in the columns of C12-TS. */
export interface StatementColumns {
  readonly bhxh: number;
  readonly bhyt: number;
  readonly bhtn: number;
  readonly tnld: number;
  readonly total: number;
}

export function columnsOf(amounts: FundAmounts): StatementColumns {
  return {
    bhxh: amounts.ODTS + amounts.HTTT,
    bhyt: amounts.BHYT,
    bhtn: amounts.BHTN,
    tnld: amounts.TNLD_BNN,
    total: funds.reduce((sum, fund) => sum + amounts[fund], 0),
  };
}

/** What an entry adds to (or takes from) the principal of a unit's due accounts, by fund. */
function dueOf(entry: JournalEntry, unit: string, part: 'principal' | 'interest'): FundAmounts {
  let amounts: FundAmounts = noAmounts;
  for (const { account, debit, credit } of entry.postings) {
    const [kind, owner, fund, own] = account.split(':');
    if (kind !== 'due' || owner !== unit || own !== part) continue;
    amounts = addFunds(amounts, { ...noAmounts, [fund as keyof FundAmounts]: debit - credit });
  }
  return amounts;
}

const isZero = (amounts: FundAmounts): boolean => funds.every((fund) => amounts[fund] === 0);

/** The statement knows money of funds only: what is carried for a unit stands in the fund that is settled last. */
const CARRIED_IN: Fund = 'HTTT';

/** Money that an entry makes wait for the unit, less what it uses of it. */
function carriedOf({ postings }: JournalEntry, unit: string): number {
  const own = new Set([`carried:${unit}`, `recover:${unit}`]);
  return postings.reduce(
    (sum, { account, debit, credit }) => (own.has(account) ? sum + credit - debit : sum),
    0,
  );
}

/** What one voucher settled. */
interface PaidVoucher {
  /** Undefined where no money came: what had been paid too much settled something. */
  readonly voucher: string | undefined;
  readonly on: string;
  /** Of the principal. */
  readonly amounts: FundAmounts;
  readonly interest: FundAmounts;
}

/** The figures of one month, each from ledger entries alone. */
export interface StatementFigures {
  readonly workersIn: number;
  readonly joined: number;
  readonly left: number;
  readonly carriedIn: FundAmounts;
  readonly ofMonth: FundAmounts;
  readonly adjustments: FundAmounts;
  readonly paid: readonly PaidVoucher[];
  readonly interestIn: FundAmounts;
  readonly interestOfMonth: FundAmounts;
  readonly interestPaid: FundAmounts;
  /** What the interest of the month was counted on, at its highest. */
  readonly interestBase: FundAmounts;
  /** By day, millionths; undefined where none was counted. */
  readonly interestRate: number | undefined;
}

export function statementFigures(
  ledger: Ledger,
  unit: string,
  month: string,
  closings: readonly Closing[] = [],
): StatementFigures {
  const all = new Map([...ledger.entries()].map((entry) => [entry.id, entry]));
  let workersIn = 0;
  let joined = 0;
  let left = 0;
  let carriedIn = noAmounts;
  let ofMonth = noAmounts;
  let adjustments = noAmounts;
  let interestIn = noAmounts;
  let interestOfMonth = noAmounts;
  let interestPaid = noAmounts;
  let interestBase = noAmounts;
  let interestRate: number | undefined;
  const paid = new Map<string, PaidVoucher>();
  for (const [entry, booked] of bookedEntries(ledger, closings)) {
    if (booked > month) continue;
    const workers = workersOf(entry);
    if (booked < month) workersIn += workers.joined - workers.left;
    else {
      joined += workers.joined;
      left += workers.left;
    }
    const carried = { ...noAmounts, [CARRIED_IN]: carriedOf(entry, unit) };
    const principal = addFunds(dueOf(entry, unit, 'principal'), carried, -1);
    const interest = dueOf(entry, unit, 'interest');
    if (booked < month) {
      carriedIn = addFunds(carriedIn, principal);
      interestIn = addFunds(interestIn, interest);
    } else if (entry.kind === 'obligation') {
      if (monthOf(entry) === month) ofMonth = addFunds(ofMonth, principal);
      else adjustments = addFunds(adjustments, principal);
      interestOfMonth = addFunds(interestOfMonth, interest);
      interestBase = addFunds(interestBase, interestBaseOf(entry));
      interestRate ??= interestRateOf(entry);
    } else {
      const original = entry.reverses === undefined ? entry : (all.get(entry.reverses) ?? entry);
      const source = original.sources[0] ?? '';
      const receipt = all.get(`receipt:${source}`) ?? all.get(`release:${source}`);
      const isOwn = original.kind === 'carry' || original.kind === 'return';
      // Of one voucher are its receipt and what that settled; its undoing is another.
      const key = isOwn ? '' : `${entry.reverses === undefined ? '' : 'reversal '}${source}`;
      const known = paid.get(key);
      paid.set(key, {
        voucher: isOwn ? undefined : (receipt?.sources.at(-1) ?? source),
        on: known?.on ?? entry.on,
        amounts: addFunds(known?.amounts ?? noAmounts, principal, -1),
        interest: addFunds(known?.interest ?? noAmounts, interest, -1),
      });
      interestPaid = addFunds(interestPaid, interest, -1);
    }
  }
  return {
    workersIn,
    joined,
    left,
    carriedIn,
    ofMonth,
    adjustments,
    paid: [...paid.values()].filter(({ amounts, interest }) => !isZero(amounts) || !isZero(interest)),
    interestIn,
    interestOfMonth,
    interestPaid,
    interestBase,
    interestRate,
  };
}

const over = (amounts: FundAmounts, sign: 1 | -1): FundAmounts => {
  const one = { ...noAmounts };
  for (const fund of funds) one[fund] = Math.max(0, sign * amounts[fund]);
  return one;
};

/** The same by the columns of the statement, which has one for both funds of social insurance. */
function overInColumns(amounts: FundAmounts, sign: 1 | -1): StatementColumns {
  const { bhxh, bhyt, bhtn, tnld } = columnsOf(amounts);
  const [a, b, c, d] = [bhxh, bhyt, bhtn, tnld].map((amount) => Math.max(0, sign * amount)) as [
    number,
    number,
    number,
    number,
  ];
  return { bhxh: a, bhyt: b, bhtn: c, tnld: d, total: a + b + c + d };
}

interface StatementLines {
  readonly lines: readonly { readonly line: string; readonly figure: string; readonly label: Bilingual }[];
  /** What the numbers of vouchers begin with. */
  readonly payments: string;
  /** Text of the line under which money paid too much settles something. */
  readonly carried: Bilingual;
}

function cells({ bhxh, bhyt, bhtn, tnld, total }: StatementColumns): Readonly<Record<string, string>> {
  return {
    bhxh: String(bhxh),
    bhyt: String(bhyt),
    bhtn: String(bhtn),
    bhtnld: String(tnld),
    cong: String(total),
  };
}

/** Per cent a day in each column, empty where no interest was counted. */
function rateCells(rate: number | undefined): Readonly<Record<string, string>> {
  const text = rate === undefined ? '' : String(rate / 10_000);
  return { bhxh: text, bhyt: text, bhtn: text, bhtnld: text, cong: '' };
}

/** The statement C12-TS of a unit and month; its lines are those of specs/declarations/c12.yaml. */
export function statementForm(
  specifications: Specifications,
  unit: { readonly code: string; readonly name: string },
  ledger: Ledger,
  month: string,
  closings: readonly Closing[] = [],
): FormContent {
  const figures = statementFigures(ledger, unit.code, month, closings);
  const paidTotal = figures.paid.reduce((sum, { amounts }) => addFunds(sum, amounts), noAmounts);
  const carriedOut = addFunds(
    addFunds(addFunds(figures.carriedIn, figures.ofMonth), figures.adjustments),
    paidTotal,
    -1,
  );
  const interestOut = addFunds(
    addFunds(figures.interestIn, figures.interestOfMonth),
    figures.interestPaid,
    -1,
  );
  const counts = new Map([
    ['workers-in', figures.workersIn],
    ['workers-joined', figures.joined],
    ['workers-left', figures.left],
    ['workers-out', figures.workersIn + figures.joined - figures.left],
  ]);
  const amounts = new Map([
    ['principal-in-over', overInColumns(figures.carriedIn, -1)],
    ['principal-in-due', overInColumns(figures.carriedIn, 1)],
    ['interest-in', columnsOf(figures.interestIn)],
    ['principal-month', columnsOf(figures.ofMonth)],
    ['adjustment-more', columnsOf(over(figures.adjustments, 1))],
    ['adjustment-less', columnsOf(over(figures.adjustments, -1))],
    ['interest-base', columnsOf(figures.interestBase)],
    ['interest-month', columnsOf(figures.interestOfMonth)],
    ['paid', columnsOf(addFunds(paidTotal, figures.interestPaid))],
    ['allocated-principal', columnsOf(paidTotal)],
    ['allocated-interest', columnsOf(figures.interestPaid)],
    ['principal-out-over', overInColumns(carriedOut, -1)],
    ['principal-out-due', overInColumns(carriedOut, 1)],
    ['interest-out', columnsOf(interestOut)],
  ]);
  const { lines, payments, carried } = specifications.declarations('c12') as StatementLines;
  const rows = lines.flatMap(({ line, figure, label }) => {
    const own = { stt: line, noiDung: label.vi };
    const amount = amounts.get(figure);
    if (figure === 'interest-rate') return [{ ...own, ...rateCells(figures.interestRate) }];
    if (amount === undefined) return [{ ...own, cong: String(counts.get(figure) ?? 0) }];
    const row = { ...own, ...cells(amount) };
    if (figure !== 'paid') return [row];
    const vouchers = figures.paid.map((paid, index) => ({
      stt: `${payments}${index + 1}`,
      noiDung: `${paid.voucher ?? carried.vi} ${paid.on}`,
      ...cells(columnsOf(addFunds(paid.amounts, paid.interest))),
    }));
    return [row, ...vouchers];
  });
  return {
    form: 'C12-TS',
    header: {
      TenDonVi: unit.name,
      MaDonVi: unit.code,
      KyKeKhai: `${month.slice(5)}/${month.slice(0, 4)}`,
    },
    rows,
  };
}
