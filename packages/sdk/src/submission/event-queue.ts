/** Hands events from a worker to whoever reads them, and lets the worker wait when the reader is slow. */
export interface EventQueue<T> {
  push(event: T): void;
  /** Resolves when the reader has caught up enough. */
  room(): Promise<void>;
  end(): void;
  fail(error: unknown): void;
  /** Nobody reads any more: events are dropped and nobody waits. */
  abandon(): void;
  read(): AsyncGenerator<T, void, undefined>;
}

const highWater = 1000;

export function createEventQueue<T>(): EventQueue<T> {
  let events: T[] = [];
  let state: 'open' | 'ended' | 'abandoned' = 'open';
  let failure: { readonly error: unknown } | undefined;
  let wakeReader: () => void = () => {};
  let wakeWriter: () => void = () => {};

  return {
    push(event) {
      if (state === 'abandoned') return;
      events.push(event);
      wakeReader();
    },
    async room() {
      while (state === 'open' && events.length > highWater) {
        await new Promise<void>((resolve) => (wakeWriter = resolve));
      }
    },
    end() {
      if (state === 'open') state = 'ended';
      wakeReader();
    },
    fail(error) {
      failure = { error };
      if (state === 'open') state = 'ended';
      wakeReader();
    },
    abandon() {
      state = 'abandoned';
      events = [];
      wakeWriter();
    },
    async *read() {
      for (;;) {
        const batch = events;
        events = [];
        wakeWriter();
        yield* batch;
        if (events.length > 0) continue;
        if (state !== 'open') {
          if (failure) throw failure.error;
          return;
        }
        await new Promise<void>((resolve) => (wakeReader = resolve));
      }
    },
  };
}
