import type { JournalEntry, Ledger } from '@bhxh/sdk/payments/ledger';
import type { Bilingual } from '@bhxh/sdk/errors';
import type { Specifications } from '@bhxh/sdk/specifications';
import type { FormContent } from '../dossiers/write-form.ts';
import { bookedEntries, type Closing } from './closing.ts';
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

/** What one voucher settled. */
interface PaidVoucher {
  readonly voucher: string;
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
  const paid: PaidVoucher[] = [];
  for (const [entry, booked] of bookedEntries(ledger, closings)) {
    if (booked > month) continue;
    const workers = workersOf(entry);
    if (booked < month) workersIn += workers.joined - workers.left;
    else {
      joined += workers.joined;
      left += workers.left;
    }
    const principal = dueOf(entry, unit, 'principal');
    const interest = dueOf(entry, unit, 'interest');
    if (booked < month) {
      carriedIn = addFunds(carriedIn, principal);
      interestIn = addFunds(interestIn, interest);
    } else if (entry.kind === 'obligation') {
      if (monthOf(entry) === month) ofMonth = addFunds(ofMonth, principal);
      else adjustments = addFunds(adjustments, principal);
      interestOfMonth = addFunds(interestOfMonth, interest);
    } else if (!isZero(principal) || !isZero(interest)) {
      const original = entry.reverses === undefined ? entry : (all.get(entry.reverses) ?? entry);
      const receipt = all.get(`receipt:${original.sources[0] ?? ''}`);
      paid.push({
        voucher: receipt?.sources.at(-1) ?? original.id,
        on: entry.on,
        amounts: addFunds(noAmounts, principal, -1),
        interest: addFunds(noAmounts, interest, -1),
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
    paid,
    interestIn,
    interestOfMonth,
    interestPaid,
  };
}

const over = (amounts: FundAmounts, sign: 1 | -1): FundAmounts => {
  const one = { ...noAmounts };
  for (const fund of funds) one[fund] = Math.max(0, sign * amounts[fund]);
  return one;
};

interface StatementLines {
  readonly lines: readonly { readonly line: string; readonly figure: string; readonly label: Bilingual }[];
  /** What the numbers of vouchers begin with. */
  readonly payments: string;
}

function cells(amounts: FundAmounts): Readonly<Record<string, string>> {
  const { bhxh, bhyt, bhtn, tnld, total } = columnsOf(amounts);
  return {
    bhxh: String(bhxh),
    bhyt: String(bhyt),
    bhtn: String(bhtn),
    bhtnld: String(tnld),
    cong: String(total),
  };
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
    ['principal-in-over', over(figures.carriedIn, -1)],
    ['principal-in-due', over(figures.carriedIn, 1)],
    ['interest-in', figures.interestIn],
    ['principal-month', figures.ofMonth],
    ['adjustment-more', over(figures.adjustments, 1)],
    ['adjustment-less', over(figures.adjustments, -1)],
    ['interest-month', figures.interestOfMonth],
    ['paid', addFunds(paidTotal, figures.interestPaid)],
    ['allocated-principal', paidTotal],
    ['allocated-interest', figures.interestPaid],
    ['principal-out-over', over(carriedOut, -1)],
    ['principal-out-due', over(carriedOut, 1)],
    ['interest-out', interestOut],
  ]);
  const { lines, payments } = specifications.declarations('c12') as StatementLines;
  const rows = lines.flatMap(({ line, figure, label }) => {
    const own = { stt: line, noiDung: label.vi };
    const amount = amounts.get(figure);
    if (amount === undefined) return [{ ...own, cong: String(counts.get(figure) ?? 0) }];
    const row = { ...own, ...cells(amount) };
    if (figure !== 'paid') return [row];
    const vouchers = figures.paid.map((paid, index) => ({
      stt: `${payments}${index + 1}`,
      noiDung: `${paid.voucher} ${paid.on}`,
      ...cells(addFunds(paid.amounts, paid.interest)),
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
