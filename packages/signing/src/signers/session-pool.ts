/** A place at a session, lent with the session in it. */
export interface Loan<Session> {
  /** Nothing when its session was lost: the number may by now be that of a session of somebody else. */
  session: Session | undefined;
}

interface Waiting<Session> {
  readonly resolve: (loan: Loan<Session>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Lends the places at sessions, each to one operation at a time, first come first served. */
export class SessionPool<Session> {
  #free: Loan<Session>[] = [];
  #all: readonly Loan<Session>[] = [];
  #lent = 0;
  #isResting = false;
  #allBack: (() => void) | undefined;
  #ended: Error | undefined;
  readonly #waiting: Waiting<Session>[] = [];

  get sessions(): ReadonlySet<Session> {
    return new Set(this.#all.flatMap(({ session }) => (session === undefined ? [] : [session])));
  }

  /** A place, now or when it is the caller's turn; whoever took one gives it back. */
  take(signal?: AbortSignal): Loan<Session> | Promise<Loan<Session>> {
    signal?.throwIfAborted();
    if (this.#ended !== undefined) throw this.#ended;
    const loan = this.#isResting ? undefined : this.#free.pop();
    if (loan === undefined) return this.#wait(signal);
    this.#lent++;
    return loan;
  }

  giveBack(loan: Loan<Session>): void {
    const next = this.#isResting ? undefined : this.#waiting.shift();
    if (next !== undefined) {
      next.resolve(loan);
      return;
    }
    this.#free.push(loan);
    this.#lent--;
    if (this.#lent === 0) this.#allBack?.();
  }

  /** Lends nothing until `replace` or `refuse`, and settles when all that was lent is back. */
  async rest(): Promise<void> {
    this.#isResting = true;
    if (this.#lent > 0) await new Promise<void>((resolve) => (this.#allBack = resolve));
  }

  /** Puts new sessions in the place of those there were, all of which are back, with so many places at each. */
  replace(sessions: readonly Session[], places: number): void {
    this.#all = Array.from({ length: places }, () => sessions.map((session) => ({ session }))).flat();
    this.#free = [...this.#all];
    this.#lendAgain();
  }

  /** Those who wait hear why, and whoever comes next finds a lost session. */
  refuse(reason: unknown): void {
    for (const loan of this.#all) loan.session = undefined;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
    this.#lendAgain();
  }

  /** Nobody gets a session any more, and those who wait hear why. */
  end(reason: Error): void {
    this.#ended = reason;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(reason);
  }

  #wait(signal: AbortSignal | undefined): Promise<Loan<Session>> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal!.reason as Error);
      };
      const waiting: Waiting<Session> = {
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

  #lendAgain(): void {
    this.#isResting = false;
    while (this.#free.length > 0 && this.#waiting.length > 0) {
      this.#lent++;
      this.#waiting.shift()!.resolve(this.#free.pop()!);
    }
  }
}
