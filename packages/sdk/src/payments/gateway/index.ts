export { createBankClient, type BankClient, type BankClientOptions } from './bank-client.ts';
export type { AccountCalls, AccountRequest, StatementOffer } from './account-calls.ts';
export {
  creditNotification,
  listingPage,
  reportRequest,
  type CreditNotice,
  type CreditNotification,
  type ListedMovement,
  type ListingPage,
  type ReportRequest,
} from './bank-messages.ts';
export type {
  Callback,
  CollectionCalls,
  CollectionReport,
  CreditDetail,
  CreditList,
  CreditQuery,
  CreditReceipt,
  CreditStatus,
  LedgerAccount,
  ObligationAnswer,
  ObligationQuestion,
  PortalPayment,
} from './collection-calls.ts';
export type { CheckMessage, SendOptions, SignMessage } from './exchange.ts';
export type {
  BankList,
  BusinessDay,
  Disbursement,
  MessageCalls,
  MessageList,
  MessageName,
  MessageQuery,
  Sheet,
} from './message-calls.ts';
export {
  proveStatement,
  StatementRefused,
  type ProvenStatement,
  type StatementProblem,
} from './read-statement.ts';
export type {
  ListingToSend,
  Reconciliation,
  ReconciliationCalls,
  ReconciliationList,
} from './reconciliation-calls.ts';
export type { AllRecordCalls, RecordCalls, RecordQuery, StepToTake } from './record-calls.ts';
export { BankRefusal, type RefusedFinding } from './refusal.ts';
