import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { nameOfError } from '../log/log-failure.ts';
import { createDocumentCheck, type CheckPolicy } from './check-document.ts';
import type { CheckReply, CheckRequest } from './check-pool.ts';

// A thread that checks documents, one at a time; it sees neither the store nor the network.
yieldToCalls();
const port = parentPort;
if (port === null) throw new Error('check-worker runs as a worker thread only');
const check = createDocumentCheck(
  openSpecifications(undefined, { overlay: 'synthetic' }),
  workerData as CheckPolicy,
);
let turn = Promise.resolve();
port.on('message', ({ number, document, now }: CheckRequest) => {
  turn = turn.then(async () => {
    const reply: CheckReply = await check(document, new Date(now)).then(
      (checked) => ({ number, checked }),
      (error: unknown) => ({ number, failed: nameOfError(error) }),
    );
    port.postMessage(reply);
  });
});

/** A check is never urgent, an answer is. Linux gives each thread a priority of its own; elsewhere all share one. */
function yieldToCalls(): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    if (thread !== process.pid) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Another system, or one that does not tell: the check competes with the calls.
  }
}
