/**
 * The double-entry ledger of contributions and what is posted to it.
 *
 * @packageDocumentation
 */
export { createLedger, memoryLedgerStore, mirrorOf } from './ledger.ts';
export type { JournalEntry, Ledger, LedgerStore, Posting } from './ledger.ts';
export {
  obligationEntry,
  outstandingObligations,
  postReceipt,
  receiptEntries,
  settleCarried,
} from './contribution-account.ts';
export type { ContributionReceipt, PostedReceipt } from './contribution-account.ts';
export { contributionRows, contributionSections } from './contribution-sections.ts';
export type { ContributionRow, ContributionSections, PaidVoucher } from './contribution-sections.ts';
export { postRefund, refundEntry, type Refund } from './refund.ts';
export { reverseReceipt } from './reverse-receipt.ts';
export { releaseSuspense, suspended, suspenseEntry } from './suspense.ts';
export { allocate, type Allocation, type AllocationLine, type Obligation } from './allocate.ts';
export { allocationData, allocationPolicy } from './allocation-policy.ts';
export type { AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
export { reviewCredit, type CreditReview, type CreditReviewOptions } from './review-credit.ts';
export { bilateralBanks, type BilateralBank } from './banks.ts';
