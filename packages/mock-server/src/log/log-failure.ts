import type { Clock } from '../clock/clock.ts';
import type { Logger } from './request-log.ts';

/** What the log may say of something thrown: a message could carry values. */
export const nameOfError = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** Notes that work of the server itself failed; whoever calls it tries again later. */
export function logFailure(log: Logger, clock: Clock, event: string, error: unknown): void {
  log({ at: clock.now().toISOString(), level: 'error', event, error: nameOfError(error) });
}
