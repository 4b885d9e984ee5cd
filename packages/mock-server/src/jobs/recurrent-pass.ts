import type { VirtualClock } from '../clock/clock.ts';
import { logFailure } from '../log/log-failure.ts';
import type { Logger } from '../log/request-log.ts';

/** Work that looks for something to do each second, and whenever the server's clock moves. */
export interface RecurrentPass {
  start(): void;
  /** Resolves when one pass that began after this call has ended. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** How often to look for what other nodes stored, in milliseconds of the machine. */
const LOOK_EVERY = 1_000;

/**
 * `pass` does all there is to do and ends early once `isStopped` says so. Two never run at once; one that throws is logged as
 * `event`, and the next one tries again.
 */
export function createRecurrentPass(
  clock: VirtualClock,
  log: Logger,
  event: string,
  pass: (isStopped: () => boolean) => Promise<void>,
): RecurrentPass {
  let stopped = false;
  let again = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = clock.onMove(() => void wake());

  async function passes(): Promise<void> {
    do {
      again = false;
      await pass(() => stopped);
    } while (again && !stopped);
  }

  function wake(): Promise<void> {
    if (stopped) return Promise.resolve();
    again = true;
    running ??= passes()
      .catch((error: unknown) => logFailure(log, clock, event, error))
      .finally(() => (running = undefined));
    return running;
  }

  return {
    start() {
      timer = setInterval(() => void wake(), LOOK_EVERY);
      timer.unref();
    },
    async idle() {
      await running;
      await wake();
    },
    async stop() {
      stopped = true;
      unsubscribe();
      clearInterval(timer);
      await running;
    },
  };
}
