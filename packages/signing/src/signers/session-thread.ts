import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { SigningError } from '../errors.ts';
import type { Handle, Mechanism } from './cryptoki.ts';
import { CryptokiError } from './cryptoki.ts';
import type { KeySession, TokenKey } from './key-session.ts';
import type { ModuleLoader } from './modules.ts';

/** What a thread signs with: a module that this process has initialised, the slot of the token, and the key in it. */
export interface ThreadHome {
  readonly module: string;
  readonly loader: ModuleLoader;
  readonly slot: Handle;
  readonly key: TokenKey;
}

/** Orders are carried out and reported in turn, so they need no number. */
export type ThreadOrder = 'open' | 'close' | { readonly data: Uint8Array; readonly mechanism: Mechanism };

/** A signature, a failure, or nothing where there is nothing to say. */
export type ThreadReport =
  Uint8Array | { readonly returnValue: number; readonly functionName: string } | undefined;

interface Pending {
  readonly resolve: (value: Uint8Array | undefined) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A session in a thread of its own. It takes orders while it is busy, so that a session of an HSM never waits for this
 * thread to hand it the next one; login and key belong to the process and are valid in every thread of it.
 */
export class SessionThread implements KeySession {
  readonly #worker: Worker;
  readonly #pending: Pending[] = [];
  readonly #gone: Promise<void>;
  #lost: SigningError | undefined;

  private constructor(home: ThreadHome) {
    this.#worker = startWorker(home);
    this.#worker.unref();
    this.#worker.on('message', (report: ThreadReport) => this.#hear(report));
    this.#worker.on('error', (cause) => this.#lose(cause));
    this.#gone = new Promise((resolve) =>
      this.#worker.on('exit', () => {
        this.#lose(undefined);
        resolve();
      }),
    );
  }

  /** @throws CryptokiError of C_OpenSession, SigningError `ERR_TOKEN` (`thread`) when the thread does not start. */
  static async open(home: ThreadHome): Promise<SessionThread> {
    const thread = new SessionThread(home);
    try {
      await thread.#ask('open');
      return thread;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  async sign(data: Uint8Array, mechanism: Mechanism): Promise<Uint8Array> {
    // With a view of a shared buffer all of that buffer would be sent.
    return (await this.#ask({ data: new Uint8Array(data), mechanism }))!;
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage('close' satisfies ThreadOrder);
    await this.#gone;
  }

  #ask(order: ThreadOrder): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) throw this.#lost;
      // A process does not end beneath a signature.
      if (this.#pending.length === 0) this.#worker.ref();
      this.#pending.push({ resolve, reject });
      this.#worker.postMessage(order);
    });
  }

  #hear(report: ThreadReport): void {
    const waiting = this.#pending.shift()!;
    if (this.#pending.length === 0) this.#worker.unref();
    if (report === undefined || report instanceof Uint8Array) waiting.resolve(report);
    else waiting.reject(new CryptokiError(report.returnValue, report.functionName));
  }

  #lose(cause: unknown): void {
    this.#lost ??= new SigningError('ERR_TOKEN', { part: 'thread' }, cause);
    for (const { reject } of this.#pending.splice(0)) reject(this.#lost);
  }
}

function startWorker(home: ThreadHome): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    const path = createRequire(import.meta.url).resolve('@bhxh/signing/signers/session-thread-main');
    return new Worker(path, { workerData: home });
  }
  // Running from sources, where a thread has to be taught TypeScript before it can load its program.
  const main = JSON.stringify(new URL('./session-thread-main.ts', import.meta.url).href);
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${main}); })`;
  return new Worker(load, { eval: true, workerData: home, execArgv: ['--conditions=@bhxh/source'] });
}
