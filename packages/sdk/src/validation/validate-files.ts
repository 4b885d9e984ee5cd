import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FileReport } from './report/file-report.ts';
import { receiveError, type WorkerAnswer, type WorkerJob, type WorkerSettings } from './worker-protocol.ts';

/** A file to validate. */
export interface FileToValidate {
  /** Where it is in the file system. */
  readonly file: string;
  /** How the report names it; `file` when absent. */
  readonly path?: string;
}

/** One file's outcome: its report, or the error that reading it gave. */
export type FileOutcome =
  { readonly path: string; readonly report: FileReport } | { readonly path: string; readonly error: Error };

export interface ValidateFilesOptions extends WorkerSettings {
  /** Worker threads; each holds its own rulesets (about 40 MB). */
  readonly workers: number;
}

/** Files each worker has in hand or waiting, so that it never waits for the next one. */
const AHEAD = 4;

/** The worker's file: beside this one in sources, in the build's own folder when bundled into a chunk. */
function workerUrl(): URL {
  const besides = ['./worker.ts', './worker.js', './validation/worker.js'].map(
    (name) => new URL(name, import.meta.url),
  );
  const beside = besides.find((url) => existsSync(fileURLToPath(url)));
  if (beside !== undefined) return beside;
  const manifest = createRequire(import.meta.url).resolve('@bhxh/sdk/package.json');
  return pathToFileURL(join(dirname(manifest), 'dist', 'validation', 'worker.js'));
}

function startWorker(settings: WorkerSettings): Worker {
  const url = workerUrl();
  if (!url.pathname.endsWith('.ts')) return new Worker(url, { workerData: settings });
  // Running from sources, where a thread has to be taught TypeScript before it can load the worker.
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(load, { eval: true, workerData: settings, execArgv: ['--conditions=@bhxh/source'] });
}

/**
 * Validates many files on several threads and yields their outcomes in the order of `files`. Memory does not grow with
 * their number. An unreadable file yields an `error`; damaged specifications throw.
 *
 * @example
 * for await (const outcome of validateFiles(['a.xml'].map((file) => ({ file })), { workers: 2, now })) { … }
 */
export async function* validateFiles(
  files: Iterable<FileToValidate> | AsyncIterable<FileToValidate>,
  options: ValidateFilesOptions,
): AsyncGenerator<FileOutcome, void, void> {
  const { workers: count, ...settings } = options;
  const workers = Array.from({ length: Math.max(1, count) }, () => startWorker(settings));
  const waiting = new Map<
    number,
    { readonly path: string; readonly settle: (outcome: FileOutcome | Error) => void }
  >();
  const fail = (error: Error): void => {
    for (const { settle } of waiting.values()) settle(error);
    waiting.clear();
  };
  for (const worker of workers) {
    worker.on('error', fail);
    worker.on('message', (answer: WorkerAnswer) => {
      const job = waiting.get(answer.id);
      if (job === undefined) return;
      waiting.delete(answer.id);
      const { path } = job;
      if ('report' in answer) job.settle({ path, report: answer.report });
      else if (answer.error.bhxh?.category === 'spec') job.settle(receiveError(answer.error));
      else job.settle({ path, error: receiveError(answer.error) });
    });
  }
  const pending: Promise<FileOutcome | Error>[] = [];
  const take = async (): Promise<FileOutcome> => {
    const outcome = await pending.shift()!;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  try {
    let id = 0;
    for await (const { file, path = file } of files) {
      const job: WorkerJob = { id, file, path };
      const worker = workers[id % workers.length]!;
      pending.push(
        new Promise((resolve) => {
          waiting.set(job.id, { path, settle: resolve });
        }),
      );
      worker.postMessage(job);
      id += 1;
      if (pending.length >= workers.length * AHEAD) yield await take();
    }
    while (pending.length > 0) yield await take();
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
