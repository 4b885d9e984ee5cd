import type { IncomingMessage } from 'node:http';
import { problem } from '../problem.ts';

/** How many calls this process works on at once before it says that it is full. */
export interface Admission {
  /**
   * Lets a call in, or answers it at once with 503 and Retry-After. A call that was let in takes a place when its body
   * has arrived – whoever sends a byte a second keeps nobody out – and gives it back with `leave`.
   */
  enter(incoming: IncomingMessage): { readonly leave: () => void } | Response;
  /** Resolves when no call is being worked on, or after half a second: what is not urgent waits so long. */
  quiet(): Promise<void>;
}

/** A server that is this full answers in less than a second still; beyond it, waiting would only feed retries. */
export const MOST_AT_ONCE = 128;

/** Long enough for the places to be free again, short enough to be obeyed. */
const RETRY_AFTER = 2;

/** A body of this size costs less to read than a new connection costs to open. */
const DRAINED = 1_048_576;

const isEmpty = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;

const LONGEST_WAIT = 500;
const LOOK_EVERY = 2;

export function createAdmission(most: number = MOST_AT_ONCE): Admission {
  let working = 0;
  return {
    async quiet() {
      const until = performance.now() + LONGEST_WAIT;
      while (working > 0 && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      }
    },
    enter(incoming) {
      if (working >= most) return full(incoming);
      let holds = false;
      let gone = false;
      const take = (): void => {
        if (gone || holds) return;
        holds = true;
        working += 1;
      };
      if (isEmpty(incoming)) take();
      else incoming.once('end', take);
      return {
        leave() {
          gone = true;
          if (holds) working -= 1;
          holds = false;
        },
      };
    },
  };
}

function full(incoming: IncomingMessage): Response {
  const small = Number(incoming.headers['content-length'] ?? 0) <= DRAINED;
  const isChunked = incoming.headers['transfer-encoding'] !== undefined;
  const isKept = small && !isChunked;
  if (isKept) incoming.resume();
  return problem({
    status: 503,
    code: 'OVERLOADED',
    title: 'The server works on as many calls as it can',
    headers: { 'Retry-After': String(RETRY_AFTER), ...(isKept ? {} : { Connection: 'close' }) },
  });
}
