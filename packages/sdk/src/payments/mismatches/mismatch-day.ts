import { collectionCases, drawCredit, oldOffice, type CollectionCase } from './collection-cases.ts';
import {
  DayDraft,
  type AccountDay,
  type Drawn,
  type ExpectedDifference,
  type ExpectedPage,
  type OrderedBatch,
  type StatementRow,
} from './day-draft.ts';
import { disbursementCases, drawBatch, payingAccount, type DisbursementCase } from './disbursement-cases.ts';
import { drawStatement, statementCases, type StatementCase } from './statement-cases.ts';
import { randomNumbers } from './random-numbers.ts';
import type { BatchState, LineState } from '../disbursement/disbursement-data.ts';
import type { ReconciliationLine } from '../reconciliation-rules.ts';
import type { CreditReview } from '../review-credit.ts';
import type { UnitEntry } from '../unit-register.ts';

/** Numbers of the error cases of a day of traffic, as the domain facts count them: 1 to 28. */
export const mismatchCases: readonly number[] = [
  ...collectionCases,
  ...disbursementCases,
  ...statementCases,
].toSorted((a, b) => a - b);

export interface MismatchDayOptions {
  readonly count: number;
  readonly seed: number;
  /** Share of transactions for each case, 0 to 1/28. */
  readonly rate: number;
  /** Other shares for single cases, by their number; all shares together are at most 1. */
  readonly rates?: Readonly<Record<number, number>>;
  /** Booking day, `yyyy-MM-dd`; the first days of a month let late postings cross it. */
  readonly day?: string;
}

/** What an honest ledger holds in the end, from this day and the receipts before it. */
export interface ExpectedMoney {
  readonly assigned: number;
  readonly suspense: Readonly<Record<string, number>>;
  readonly toRefund: number;
  readonly paidOut: number;
}

export interface MismatchDay {
  /** The collection account that most of the day goes to. */
  readonly account: string;
  /** Every account of the statement file. */
  readonly accounts: readonly AccountDay[];
  /** Accounts that contributions may arrive on. */
  readonly collectionAccounts: ReadonlySet<string>;
  readonly units: readonly UnitEntry[];
  readonly renamedOffices: ReadonlyMap<string, string>;
  readonly due: ReadonlyMap<string, number>;
  /** Credits that were posted and allocated on an earlier day. */
  readonly earlier: readonly {
    readonly reference: string;
    readonly unitCode: string;
    readonly amount: number;
  }[];
  readonly statement: readonly StatementRow[];
  readonly book: readonly ReconciliationLine[];
  readonly batches: readonly OrderedBatch[];
  readonly expected: {
    readonly differences: readonly ExpectedDifference[];
    readonly statementProblems: readonly ExpectedPage[];
    /** Decision by the bank's number, for every credit whose text was spoilt. */
    readonly reviews: Readonly<Record<string, Pick<CreditReview, 'decision' | 'reason'>>>;
    /** Result of every ordered line, and state of every batch. */
    readonly lines: Readonly<Record<string, { readonly state: LineState; readonly reason: string }>>;
    readonly batches: Readonly<Record<string, BatchState>>;
    readonly money: ExpectedMoney;
    /** How often each case was drawn. */
    readonly cases: Readonly<Record<string, number>>;
  };
}

const account = '9999000011';
const offices = ['99001', '99002', '99003'];

/**
 * A synthetic day of traffic: statements, own book, disbursement batches and, beside them, what a correct reconciliation,
 * review and follow-up must report. The same options give the same day.
 */
export function generateMismatchDay(options: MismatchDayOptions): MismatchDay {
  const draft = new DayDraft(randomNumbers(options.seed), options.day ?? '2026-02-02');
  const { random, day } = draft;
  const units: UnitEntry[] = [];
  const due = new Map<string, number>();
  for (let number = 0; number < 500; number += 1) {
    const unitCode = `ZZ${String(number).padStart(4, '0')}C`;
    units.push({ unitCode, officeCode: offices[number % 3] ?? '' });
    due.set(unitCode, 1_000_000 + number * 1000);
  }
  const held = (number: string, opening: number): AccountDay => ({
    account: number,
    before: opening,
    opening,
    fault: 'none',
    isPaged: false,
  });
  draft.accounts.push(held(account, 5_000_000), held(payingAccount, 900_000_000_000));
  const draw = caseDraw(options);
  const cases: Record<string, number> = {};
  for (let number = 1; number <= options.count; number += 1) {
    const unit = units[Math.floor(random() * units.length)] ?? { unitCode: '', officeCode: '' };
    const row: StatementRow = {
      reference: `FT${String(options.seed).padStart(4, '0')}${String(number).padStart(8, '0')}`,
      order: `E${number}`,
      account,
      amount: due.get(unit.unitCode) ?? 0,
      direction: 'credit',
      isReversal: false,
      day,
      valueDay: day,
      text: `+BHXH+103+00+${unit.unitCode}+${unit.officeCode}+dong BHXH+`,
      isForeign: false,
    };
    const drawn: Drawn = { number, unit, row };
    const kind = draw(random());
    if (kind !== undefined) cases[kind] = (cases[kind] ?? 0) + 1;
    if (isOf(disbursementCases, kind)) drawBatch(draft, kind, drawn);
    else if (isOf(statementCases, kind)) drawStatement(draft, kind, drawn);
    else drawCredit(draft, isOf(collectionCases, kind) ? kind : undefined, drawn);
  }
  const collectionAccounts = new Set(
    draft.accounts.map((one) => one.account).filter((one) => one !== payingAccount),
  );
  for (const { account: met } of draft.statement)
    if (
      met !== payingAccount &&
      !collectionAccounts.has(met) &&
      !draft.accounts.some((one) => one.account === met)
    )
      draft.accounts.push(held(met, 0));
  return {
    account,
    accounts: draft.accounts,
    collectionAccounts,
    units,
    renamedOffices: new Map(offices.map((code) => [oldOffice(code), code])),
    due,
    earlier: draft.earlier,
    statement: draft.statement,
    book: draft.book,
    batches: draft.batches,
    expected: {
      differences: draft.differences,
      statementProblems: draft.pages,
      reviews: Object.fromEntries(draft.reviews),
      lines: Object.fromEntries(draft.lines),
      batches: Object.fromEntries(draft.states),
      money: moneyOf(draft),
      cases,
    },
  };
}

/** Which case a number from 0 to 1 means. */
function caseDraw({ rate, rates = {} }: MismatchDayOptions): (drawn: number) => number | undefined {
  const ends: { readonly kind: number; readonly end: number }[] = [];
  let end = 0;
  for (const kind of mismatchCases) {
    end += rates[kind] ?? rate;
    ends.push({ kind, end });
  }
  if (end > 1 + 1e-9) throw new RangeError('the shares of the cases add up to more than 1');
  return (drawn) => (drawn < end ? ends.find((one) => drawn < one.end)?.kind : undefined);
}

function isOf<Kind extends CollectionCase | DisbursementCase | StatementCase>(
  cases: readonly Kind[],
  kind: number | undefined,
): kind is Kind {
  return cases.some((one) => one === kind);
}

function moneyOf(draft: DayDraft): ExpectedMoney {
  let assigned = draft.earlier.reduce((sum, { amount }) => sum + amount, 0);
  let toRefund = 0;
  let paidOut = 0;
  const suspense: Record<string, number> = {};
  const seen = new Set<string>();
  for (const { account: own, reference, amount, direction, isReversal, isForeign } of draft.statement) {
    // A movement that is told twice moves money once.
    const key = `${own} ${reference} ${String(isReversal)}`;
    if (isForeign || seen.has(key)) continue;
    seen.add(key);
    const moved = direction === 'credit' ? amount : -amount;
    const { decision, reason } = draft.reviews.get(reference) ?? { decision: 'assign', reason: '' };
    if (own === payingAccount) paidOut -= moved;
    else if (decision === 'refund') toRefund += moved;
    else if (decision === 'assign') assigned += moved;
    else suspense[reason] = (suspense[reason] ?? 0) + moved;
  }
  return { assigned, suspense, toRefund, paidOut };
}
