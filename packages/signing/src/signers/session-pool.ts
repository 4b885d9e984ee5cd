import type { Handle } from './cryptoki.ts';

interface Waiting {
  readonly resolve: (session: Handle) => void;
  readonly reject: (reason: unknown) => void;
}

/** Lends sessions, each to one operation at a time, first come first served. */
export class SessionPool {
  #free: Handle[];
  #all: readonly Handle[];
  readonly #waiting: Waiting[] = [];

  constructor(sessions: readonly Handle[]) {
    this.#free = [...sessions];
    this.#all = sessions;
  }

  get sessions(): readonly Handle[] {
    return this.#all;
  }

  async use<Result>(work: (session: Handle) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const session = await this.#take(signal);
    try {
      return await work(session);
    } finally {
      this.#giveBack(session);
    }
  }

  /** Puts new sessions in the place of lost ones. Those still lent out are dropped on their return. */
  replace(sessions: readonly Handle[]): void {
    this.#all = sessions;
    this.#free = [...sessions];
    for (const session of this.#free.splice(0, Math.min(this.#waiting.length, sessions.length))) {
      this.#waiting.shift()!.resolve(session);
    }
  }

  #take(signal: AbortSignal | undefined): Promise<Handle> {
    signal?.throwIfAborted();
    const session = this.#free.pop();
    if (session !== undefined) return Promise.resolve(session);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal!.reason);
      };
      const waiting: Waiting = {
        resolve: (lent) => {
          signal?.removeEventListener('abort', abort);
          resolve(lent);
        },
        reject,
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #giveBack(session: Handle): void {
    if (!this.#all.includes(session)) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(session);
    else next.resolve(session);
  }
}
