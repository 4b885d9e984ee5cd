import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Checked, CheckPolicy, DocumentCheck, DocumentToCheck } from './check-document.ts';

export interface CheckRequest {
  readonly number: number;
  readonly document: DocumentToCheck;
  /** Milliseconds of the server's clock. */
  readonly now: number;
}

export type CheckReply =
  | { readonly number: number; readonly checked: Checked }
  | { readonly number: number; readonly failed: string };

/** Checks on threads of their own, so that the one that answers calls is free for them. */
export interface CheckPool {
  readonly check: DocumentCheck;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, { resolve(checked: Checked): void; reject(error: Error): void }>;
}

/** The thread broke or the check did; the job that asked is tried again. */
class CheckFailed extends Error {
  override readonly name: string;
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/** A thread starts with its first document, and a new one takes the place of one that broke. */
export function createCheckPool(count: number, policy: CheckPolicy): CheckPool {
  const threads: (Thread | undefined)[] = Array.from({ length: count }, () => undefined);
  let numbers = 0;

  function start(place: number): Thread {
    const thread: Thread = { worker: startWorker(policy), waiting: new Map() };
    const lose = (name: string): void => {
      if (threads[place] === thread) threads[place] = undefined;
      for (const { reject } of thread.waiting.values()) reject(new CheckFailed(name));
      thread.waiting.clear();
    };
    thread.worker.on('message', (reply: CheckReply) => {
      const asked = thread.waiting.get(reply.number);
      thread.waiting.delete(reply.number);
      if ('checked' in reply) asked?.resolve(reply.checked);
      else asked?.reject(new CheckFailed(reply.failed));
    });
    thread.worker.on('error', (error) => lose(error.name));
    thread.worker.on('exit', () => lose('CheckThreadGone'));
    // A server that is told to stop does not wait for a check; the job is still there at the next start.
    thread.worker.unref();
    threads[place] = thread;
    return thread;
  }

  /** An idle thread, or a new one, or the one with the least to do. */
  function free(): Thread {
    const running = threads.filter((thread) => thread !== undefined);
    const [best] = running.toSorted((a, b) => a.waiting.size - b.waiting.size);
    if (best !== undefined && (best.waiting.size === 0 || running.length === count)) return best;
    return start(threads.indexOf(undefined));
  }

  return {
    check: (document, now) =>
      new Promise((resolve, reject) => {
        const { worker, waiting } = free();
        numbers += 1;
        waiting.set(numbers, { resolve, reject });
        worker.postMessage({ number: numbers, document, now: now.getTime() } satisfies CheckRequest);
      }),
    async close() {
      const running = threads.filter((thread) => thread !== undefined);
      await Promise.all(running.map(({ worker }) => worker.terminate()));
    },
  };
}

function startWorker(policy: CheckPolicy): Worker {
  const url = workerUrl();
  if (!url.pathname.endsWith('.ts')) return new Worker(url, { workerData: policy });
  // Running from sources, where a thread has to be taught TypeScript before it can load the worker.
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(load, { eval: true, workerData: policy, execArgv: ['--conditions=@bhxh/source'] });
}

/** The worker's file: beside this one in sources, in the build's own folder when bundled into a chunk. */
function workerUrl(): URL {
  const besides = ['./check-worker.ts', './check-worker.js', './lifecycle/check-worker.js'].map(
    (name) => new URL(name, import.meta.url),
  );
  const beside = besides.find((url) => existsSync(fileURLToPath(url)));
  if (beside !== undefined) return beside;
  const manifest = createRequire(import.meta.url).resolve('@bhxh/mock-server/package.json');
  return pathToFileURL(join(dirname(manifest), 'dist', 'lifecycle', 'check-worker.js'));
}
