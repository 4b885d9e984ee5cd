import type { Bilingual } from '../../errors/bhxh-error.ts';
import type { Specifications } from '../../specifications/specifications.ts';

export type VoucherFamily = 'units' | 'participants' | 'lower-offices' | 'running-costs';
export type BatchState = 'RECEIVED' | 'VALIDATED' | 'PARTIAL' | 'DONE' | 'REJECTED';
export type LineState = 'PAID' | 'REJECTED' | 'RETURNED';

export interface DisbursementPurpose {
  readonly code: string;
  readonly family: VoucherFamily;
  /** Category purpose of pain.001. */
  readonly category: string;
  readonly label: Bilingual;
}

export interface DisbursementReason {
  readonly code: string;
  /** Who has to act: the payee, the bank, or we on the batch. */
  readonly settle: 'payee' | 'bank' | 'batch';
  readonly label: Bilingual;
  readonly action: Bilingual;
}

/** `specs/payments/disbursement.yaml`. */
export interface DisbursementData {
  readonly families: readonly { readonly code: VoucherFamily; readonly label: Bilingual }[];
  readonly purposes: readonly DisbursementPurpose[];
  /** What becomes a voucher. */
  readonly documents: readonly {
    readonly code: string;
    readonly purpose: string;
    readonly label: Bilingual;
  }[];
  readonly batchStates: readonly { readonly code: BatchState; readonly label: Bilingual }[];
  readonly lineStates: readonly { readonly code: LineState; readonly label: Bilingual }[];
  readonly batchStatuses: Readonly<Record<string, BatchState>>;
  readonly lineStatuses: Readonly<Record<string, LineState>>;
  readonly waitingStatuses: readonly string[];
  readonly reasons: readonly DisbursementReason[];
}

export function disbursementData(specifications: Specifications): DisbursementData {
  return specifications.payments('disbursement') as DisbursementData;
}
