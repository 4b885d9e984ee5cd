import type { PageProblemCode } from '../check-pages.ts';
import type { BatchState, LineState } from '../disbursement/disbursement-data.ts';
import type { DisbursementBatch } from '../disbursement/batch.ts';
import type { LineAnswer, ReturnedLine } from '../disbursement/bank-answer.ts';
import type { DifferenceClass, ReconciliationLine } from '../reconciliation-rules.ts';
import type { CreditReview } from '../review-credit.ts';
import type { UnitEntry } from '../unit-register.ts';

export interface StatementRow {
  readonly reference: string;
  readonly order: string;
  readonly account: string;
  readonly amount: number;
  readonly direction: 'credit' | 'debit';
  readonly isReversal: boolean;
  /** Booking day; an account has one statement for each. */
  readonly day: string;
  readonly valueDay: string;
  readonly text: string;
  /** Written in another currency. */
  readonly isForeign: boolean;
}

/** What the bank does to the statement of an account. */
export type StatementFault = 'none' | 'page-missing' | 'last-page-missing' | 'page-order' | 'page-doubled';

export interface AccountDay {
  readonly account: string;
  /** Closing balance of the day before, as our book has it. */
  readonly before: number;
  /** What the statement opens with. */
  readonly opening: number;
  /** What it closes with, where not all its rows are told. */
  readonly closing?: number;
  readonly fault: StatementFault;
  /** One line a page, so that a fault has something to happen to. */
  readonly isPaged: boolean;
}

export interface ExpectedDifference {
  readonly class: DifferenceClass;
  /** The bank's numbers. */
  readonly references: readonly string[];
  readonly bookIds: readonly string[];
  readonly bankAmount: number;
  readonly bookAmount: number;
}

/** A batch of orders, what becomes of it at the bank, and what the channel does to the first sending. */
export interface OrderedBatch {
  readonly case: number;
  readonly batch: DisbursementBatch;
  /** As the order says it; wrong in one of the cases. */
  readonly controlSum: number;
  readonly channel: 'answers' | 'loses-request' | 'loses-answer';
  readonly answer: {
    readonly status: string;
    readonly reason: string;
    readonly lines: readonly LineAnswer[];
  };
  /** Days later. */
  readonly returns: readonly ReturnedLine[];
}

export interface ExpectedPage {
  readonly code: PageProblemCode;
  readonly account: string;
  readonly page: number;
}

/** A day while it is made: both sides, and beside them what is to be found in them. */
export class DayDraft {
  readonly statement: StatementRow[] = [];
  readonly book: ReconciliationLine[] = [];
  readonly accounts: AccountDay[] = [];
  readonly batches: OrderedBatch[] = [];
  readonly earlier: { readonly reference: string; readonly unitCode: string; readonly amount: number }[] = [];
  readonly differences: ExpectedDifference[] = [];
  readonly pages: ExpectedPage[] = [];
  readonly reviews: Map<string, Pick<CreditReview, 'decision' | 'reason'>> = new Map();
  readonly lines: Map<string, { readonly state: LineState; readonly reason: string }> = new Map();
  readonly states: Map<string, BatchState> = new Map();
  readonly random: () => number;
  readonly day: string;

  constructor(random: () => number, day: string) {
    this.random = random;
    this.day = day;
  }

  /** A line of the own book that tells the same as the row, but for the change. Gives its id. */
  addBook(row: StatementRow, change: Partial<ReconciliationLine> = {}): string {
    const id = `B${String(this.book.length + 1).padStart(8, '0')}`;
    const { account, reference, order, direction, amount, day, text } = row;
    this.book.push({
      id,
      account,
      reference,
      order,
      batch: '',
      direction,
      amount,
      day,
      text,
      isReversal: false,
      ...change,
    });
    return id;
  }

  /** A row that both sides know. */
  addBoth(row: StatementRow): void {
    this.statement.push(row);
    this.addBook(row);
  }

  expect(
    kind: DifferenceClass,
    references: readonly string[],
    bookIds: readonly string[],
    bankAmount: number,
    bookAmount: number,
  ): void {
    this.differences.push({ class: kind, references, bookIds, bankAmount, bookAmount });
  }
}

/** A transaction as it is drawn, before anything happens to it. */
export interface Drawn {
  readonly number: number;
  readonly unit: UnitEntry;
  readonly row: StatementRow;
}
