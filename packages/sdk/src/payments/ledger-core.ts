/**
 * The double-entry ledger of contributions and what is posted to it.
 *
 * @packageDocumentation
 */
export { createLedger, memoryLedgerStore } from './ledger.ts';
export type { JournalEntry, Ledger, LedgerStore, Posting } from './ledger.ts';
export {
  contributionSections,
  obligationEntry,
  outstandingObligations,
  postReceipt,
} from './contribution-account.ts';
export type { ContributionReceipt, ContributionSections } from './contribution-account.ts';
export { allocationData, allocationPolicy } from './allocation-policy.ts';
export type { AllocationPolicy, Fund, ObligationPart } from './allocation-policy.ts';
