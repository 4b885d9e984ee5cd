export type {
  Item,
  ItemCounts,
  ItemProblem,
  ItemReceipt,
  ItemState,
  NewItem,
  QueuePosition,
} from './item.ts';
export { itemStates } from './item.ts';
export { changedItem, type ItemChange } from './item-change.ts';
export {
  type AddedItem,
  type ItemFilter,
  type ItemToAdd,
  type Journal,
  type JournalOptions,
  openJournal,
} from './journal.ts';
export { type JournalFile, type JournalFiles, realFiles } from './journal-files.ts';
export {
  localProblem,
  type PlanEvent,
  planSubmission,
  type PlanOptions,
  type SkipReason,
  type SubmissionSource,
} from './plan.ts';
export {
  askItem,
  type AskStep,
  idempotencyKeyOf,
  readItem,
  sendItem,
  type SendStep,
  type StepOptions,
} from './item-step.ts';
export { type Circuit, type CircuitOptions, createCircuit } from './circuit.ts';
export { createPace, type Pace, type PaceOptions } from './pace.ts';
export { type RunEvent, type RunOptions, runSubmission, type StopReason } from './run.ts';
export { type ReconcileEvent, type ReconcileOptions, reconcileSubmission } from './reconcile.ts';
export { repairJournal, type RepairResult } from './repair-journal.ts';
export {
  openPostgresJournal as openSharedJournal,
  type PostgresJournal as SharedJournal,
} from './postgres/journal.ts';
export {
  readSharedStatus,
  type LaneStatus,
  type SharedStatus,
  type WriterStatus,
} from './worker/shared-status.ts';
export { runWorker, type WorkerEvent, type WorkerOptions, type WorkerStop } from './worker/run-worker.ts';
export { isPostgresAddress, repairTarget, shownAddress } from './postgres/address.ts';
export { type Resolution, resolveItem } from './resolve.ts';
export { type JournalVerdict, verifyJournal } from './verify-journal.ts';
export type { Database, Statement } from './sqlite.ts';
export { journalPath, stateFolder } from './state-folder.ts';
export type {
  DocumentName,
  HeldDocument,
  PlanningTarget,
  SendOptions,
  SubmissionTarget,
  TargetOffers,
} from './target.ts';
export {
  claimsTarget,
  type DocumentIdentity,
  identifyDocument,
  type IdentifyOptions,
} from '../claims/submit.ts';
