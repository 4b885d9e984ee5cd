export { createServer, type BhxhServer, type ServerOptions } from './server.ts';
export {
  createVirtualClock,
  systemClock,
  type Clock,
  type ClockState,
  type VirtualClock,
} from './clock/clock.ts';
export { addAccount, setAccountStatus, type NewAccount } from './accounts/accounts.ts';
export { defaultRateLimits, type Rate, type RateLimits } from './limits/rate-limiter.ts';
export type { DemoAccount } from './seed/demo.ts';
export { jsonLogger, silent, type LogEntry, type Logger } from './log/request-log.ts';
export type { SigningServiceOptions } from './signing-service/service.ts';
export type { Store } from './store/store.ts';
