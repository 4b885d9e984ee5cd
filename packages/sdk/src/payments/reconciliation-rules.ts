import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';
import type { AmountVnd } from './amount.ts';
import type { Direction } from './statement.ts';

export type ReconciliationStage = 'exact-reference' | 'composite-key' | 'one-to-many' | 'tolerance';
export type KeyField = 'order' | 'amount' | 'day' | 'text';
export type DifferenceClass =
  | 'MISSING_IN_BOOK'
  | 'MISSING_AT_BANK'
  | 'AMOUNT_DIFFERS'
  | 'FEE_NETTED'
  | 'AMOUNT_WITHIN_TOLERANCE'
  | 'LATE_POSTING'
  | 'DUPLICATE_AT_BANK'
  | 'DUPLICATE_IN_BOOK'
  | 'DOUBLE_PAYMENT'
  | 'REVERSED_AT_BANK'
  | 'UNREADABLE_AMOUNT'
  | 'STATEMENT_REFUSED';

/** `specs/payments/reconciliation.yaml`, or a deployment's own. */
export interface ReconciliationRules {
  readonly stages: readonly ReconciliationStage[];
  readonly compositeKeys: readonly (readonly KeyField[])[];
  readonly tolerance: { readonly days: number; readonly amount: AmountVnd };
  readonly fees: readonly AmountVnd[];
  readonly classes: readonly {
    readonly code: DifferenceClass;
    /** The suggested step. */
    readonly do:
      'post' | 'trace' | 'confirm' | 'check' | 'ask-statement' | 'ask-payer' | 'mirror' | 'suspend';
    /** Reason of the trace inquiry that would ask about it. */
    readonly trace?: string;
    readonly severity: 'error' | 'warning' | 'info';
    readonly label: Bilingual;
    readonly action: Bilingual;
  }[];
}

export function reconciliationRules(specifications: Specifications): ReconciliationRules {
  return specifications.payments('reconciliation') as ReconciliationRules;
}

/** A movement as either side tells it. Absent texts are empty. */
export interface ReconciliationLine {
  /** Names the line in its own source; decides every order, so it must be unique there. */
  readonly id: string;
  readonly account: string;
  /** The bank's number of the movement. */
  readonly reference: string;
  /** Number of the payment order (end-to-end id). */
  readonly order: string;
  /** Number of a batch that the other side shows as one line. */
  readonly batch: string;
  readonly direction: Direction;
  readonly amount: AmountVnd;
  /** Booking day, `yyyy-MM-dd`. */
  readonly day: string;
  readonly text: string;
  readonly isReversal: boolean;
}

/** What does not agree. Amounts are signed: a debit is negative. */
export interface Difference {
  readonly class: DifferenceClass;
  readonly account: string;
  readonly bankIds: readonly string[];
  readonly bookIds: readonly string[];
  readonly bankAmount: number;
  readonly bookAmount: number;
  readonly stage: ReconciliationStage | 'leftover' | 'review';
}
