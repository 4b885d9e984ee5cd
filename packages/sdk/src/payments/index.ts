export * from './read.ts';
export * from './gateway/index.ts';
export { formatRemittance, type RemittanceFormat, type RemittanceInput } from './format-remittance.ts';
export { buildVietqr, crc16, readVietqr, vietqrLayout } from './vietqr.ts';
export type { VietqrLayout, VietqrPayment, VietqrProblem, VietqrReading } from './vietqr.ts';
export { csvRows } from './csv-rows.ts';
export { paymentError } from './payment-error.ts';
export { bilateralBanks, type BilateralBank } from './banks.ts';
export { allocate, type Allocation, type AllocationLine, type Obligation } from './allocate.ts';
export { allocationData, allocationPolicy } from './allocation-policy.ts';
export type {
  AllocationData,
  AllocationPolicy,
  CodedReason,
  Fund,
  ObligationPart,
} from './allocation-policy.ts';
export { createLedger, memoryLedgerStore, mirrorOf } from './ledger.ts';
export type { JournalEntry, Ledger, LedgerStore, Posting } from './ledger.ts';
export {
  allocationEntry,
  obligationEntry,
  outstandingObligations,
  postReceipt,
  receiptEntries,
  settleCarried,
  type ContributionReceipt,
  type PostedReceipt,
} from './contribution-account.ts';
export { postRefund, refundEntry, type Refund } from './refund.ts';
export { reverseReceipt } from './reverse-receipt.ts';
export { releaseSuspense, suspended, suspenseEntry } from './suspense.ts';
export {
  contributionRows,
  contributionSections,
  type ContributionRow,
  type ContributionSections,
  type PaidVoucher,
} from './contribution-sections.ts';
export { disbursementData } from './disbursement/disbursement-data.ts';
export type {
  BatchState,
  DisbursementData,
  DisbursementPurpose,
  DisbursementReason,
  LineState,
  VoucherFamily,
} from './disbursement/disbursement-data.ts';
export {
  voucherEntry,
  voucherOf,
  voucherOfSettlement,
  vouchersOfDecision,
  type BenefitDecision,
  type MonthlySettlement,
  type Payee,
  type Voucher,
} from './disbursement/voucher.ts';
export {
  batchMessage,
  buildBatch,
  type DisbursementBatch,
  type DisbursementLine,
} from './disbursement/batch.ts';
export {
  readBankAnswer,
  readReturns,
  type BankAnswer,
  type LineAnswer,
  type ReturnedLine,
} from './disbursement/bank-answer.ts';
export {
  createDisbursements,
  type BatchStanding,
  type DisbursementEvent,
  type DisbursementProblem,
  type Disbursements,
  type LineStanding,
} from './disbursement/disbursements.ts';
export {
  traceData,
  writeTraceInquiry,
  type TraceData,
  type TraceInquiry,
  type TraceReason,
} from './trace-inquiry.ts';
export { traceMoney, type MoneyTrail } from './disbursement/trace-money.ts';
export { identifyMessage, type MessageIdentity, type PaymentChannel, paymentsTarget } from './submit.ts';
export { reconcile, type WorkFolder } from './reconcile.ts';
export { reconcileLines, type AccountTotals, type LinesResult, type SideTotals } from './reconcile-lines.ts';
export {
  ownOpenings,
  reconciliationReport,
  type PreviousRun,
  type ReconciliationReport,
  type ReportInput,
} from './reconciliation-report.ts';
export type { AccountProof, SideFigures, SideOfAccount } from './account-proofs.ts';
export {
  exceptionQueue,
  type ExceptionQueue,
  type OpenException,
  type RunOfDay,
  type SettledException,
} from './exception-queue.ts';
export { reconciliationRules } from './reconciliation-rules.ts';
export type {
  Difference,
  DifferenceClass,
  KeyField,
  ReconciliationLine,
  ReconciliationRules,
  ReconciliationStage,
} from './reconciliation-rules.ts';
export { emptyFindings, linesOfStatement, type StatementFindings } from './lines-of-statement.ts';
export { reviewCredit, type CreditReview, type CreditReviewOptions } from './review-credit.ts';
export {
  generateMismatchDay,
  mismatchCases,
  type ExpectedMoney,
  type MismatchDay,
  type MismatchDayOptions,
} from './mismatches/mismatch-day.ts';
export type {
  AccountDay,
  ExpectedDifference,
  ExpectedPage,
  OrderedBatch,
  StatementRow,
} from './mismatches/day-draft.ts';
export { messagesOfBatch, statementOfDay } from './mismatches/write-day.ts';
