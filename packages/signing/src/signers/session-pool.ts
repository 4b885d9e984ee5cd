import type { Handle } from './cryptoki.ts';

/** A session on loan. Handles of new sessions may repeat those of lost ones, so the loan and not the handle is compared. */
export interface Loan {
  handle: Handle;
}

interface Waiting {
  readonly resolve: (loan: Loan) => void;
  readonly reject: (reason: unknown) => void;
}

/** Lends sessions, each to one operation at a time, first come first served. */
export class SessionPool {
  #free: Loan[] = [];
  #all: ReadonlySet<Loan> = new Set();
  #ended: Error | undefined;
  readonly #waiting: Waiting[] = [];

  get sessions(): readonly Handle[] {
    return [...this.#all].map(({ handle }) => handle);
  }

  /** `work` may put another session in the place of the one it was lent. */
  async use<Result>(work: (loan: Loan) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const loan = await this.#take(signal);
    try {
      return await work(loan);
    } finally {
      if (this.#all.has(loan)) this.#lend(loan);
    }
  }

  /** Puts new sessions in the place of lost ones. Those still lent out are dropped on their return. */
  replace(sessions: readonly Handle[]): void {
    const loans = sessions.map((handle) => ({ handle }));
    this.#all = new Set(loans);
    this.#free = [];
    for (const loan of loans) this.#lend(loan);
  }

  /** Nobody gets a session any more, and those who wait hear why. */
  end(reason: Error): void {
    this.#ended = reason;
    this.#all = new Set();
    this.#free = [];
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
  }

  #take(signal: AbortSignal | undefined): Promise<Loan> {
    signal?.throwIfAborted();
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const free = this.#free.pop();
    if (free !== undefined) return Promise.resolve(free);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal!.reason as Error);
      };
      const waiting: Waiting = {
        resolve: (loan) => {
          signal?.removeEventListener('abort', abort);
          resolve(loan);
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', abort);
          reject(reason as Error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #lend(loan: Loan): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(loan);
    else next.resolve(loan);
  }
}
