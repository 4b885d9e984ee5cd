/** Where the server takes its time from; never the machine's clock directly. */
export interface Clock {
  now(): Date;
}

/** What the control API shows of a clock. */
export interface ClockState {
  readonly now: string;
  readonly frozen: boolean;
  /** Milliseconds this clock runs ahead of the source it was given. */
  readonly offset: number;
}

/** A clock that can be frozen and moved forward; everything that waits for a date can subscribe to its moves. */
export interface VirtualClock extends Clock {
  state(): ClockState;
  freeze(at?: Date): void;
  resume(): void;
  /** Moves forward by whole milliseconds; going back would un-send what was already answered, so it is refused. */
  advance(milliseconds: number): void;
  /** Moves forward to a moment; refused when it is not later. */
  advanceTo(moment: Date): void;
  onMove(listener: () => void): () => void;
  /** Stands again where it stood; only for who undoes everything that was answered since. */
  restore(state: ClockState): void;
}

export const systemClock: Clock = { now: () => new Date() };

/** A virtual clock over `source`; `frozenAt` starts it standing still. */
export function createVirtualClock(
  source: Clock = systemClock,
  options: { frozenAt?: Date; offset?: number } = {},
): VirtualClock {
  let offset = options.offset ?? 0;
  let frozen = options.frozenAt?.getTime();
  const listeners = new Set<() => void>();
  const current = (): number => frozen ?? source.now().getTime() + offset;
  const moved = (): void => {
    for (const listener of listeners) listener();
  };
  const moveBy = (milliseconds: number): void => {
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw new RangeError('A clock only moves forward, by whole milliseconds');
    }
    if (frozen === undefined) offset += milliseconds;
    else frozen += milliseconds;
    moved();
  };
  return {
    now: () => new Date(current()),
    state: () => ({
      now: new Date(current()).toISOString(),
      frozen: frozen !== undefined,
      offset: current() - source.now().getTime(),
    }),
    freeze(at) {
      const moment = at?.getTime() ?? current();
      if (moment < current()) throw new RangeError('A clock only moves forward');
      frozen = moment;
      moved();
    },
    resume() {
      if (frozen === undefined) return;
      offset = frozen - source.now().getTime();
      frozen = undefined;
      moved();
    },
    advance: moveBy,
    advanceTo: (moment) => moveBy(moment.getTime() - current()),
    restore(state) {
      frozen = state.frozen ? Date.parse(state.now) : undefined;
      if (!state.frozen) offset = state.offset;
      moved();
    },
    onMove(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
