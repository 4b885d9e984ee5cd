/**
 * The double-entry ledger of contributions and what is posted to it.
 *
 * @packageDocumentation
 */
export { createLedger, memoryLedgerStore, mirrorOf } from './ledger.ts';
export type { JournalEntry, Ledger, LedgerStore, Posting } from './ledger.ts';
export {
  contributionSections,
  obligationEntry,
  outstandingObligations,
  postReceipt,
  receiptEntries,
  refundEntry,
  suspenseEntry,
} from './contribution-account.ts';
export type { ContributionReceipt, ContributionSections, PostedReceipt } from './contribution-account.ts';
export { allocate, type Allocation, type AllocationLine, type Obligation } from './allocate.ts';
export { allocationData, allocationPolicy } from './allocation-policy.ts';
export type { AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
export { reviewCredit, type CreditReview, type CreditReviewOptions } from './review-credit.ts';
export { bilateralBanks, type BilateralBank } from './banks.ts';
