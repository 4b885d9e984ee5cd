export type { AuditHead } from './audit/audit-log.ts';
export {
  entriesAfter as auditEntries,
  verifyAudit,
  type AuditCheck,
  type AuditProblem,
} from './audit/verify-audit.ts';
export { backUpStore, type BackupResult } from './backup/back-up-store.ts';
export { checkStore, type StoreCheck } from './backup/check-store.ts';
export { restoreStore } from './backup/restore-store.ts';
export { createServer, type BhxhServer, type ServerOptions } from './server.ts';
export {
  createVirtualClock,
  systemClock,
  type Clock,
  type ClockState,
  type VirtualClock,
} from './clock/clock.ts';
export { addAccount, setAccountStatus, type NewAccount } from './accounts/accounts.ts';
export type { LookupLimits } from './lookup-lock/lookup-watch.ts';
export { readLookupLimits } from './lookup-lock/lookup-policy.ts';
export { defaultRateLimits, type Rate, type RateLimits } from './limits/rate-limiter.ts';
export { personOfPopulation, seedPopulation, type MadeUpPerson } from './seed/population.ts';
export type { DemoAccount } from './seed/demo.ts';
export { jsonLogger, silent, type LogEntry, type Logger } from './log/request-log.ts';
export type { SigningServiceOptions } from './signing-service/service.ts';
export { openStore } from './store/open-store.ts';
export type { Store } from './store/store.ts';
