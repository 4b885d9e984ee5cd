/** How far the server's clock is from ours, learned from the `Date` of its answers. */
export interface ClockSkew {
  /** An answer with this `Date` to a request that was under way from `begun` to `ended` by our clock (milliseconds). */
  learn(date: string | undefined, begun: number, ended: number): void;
  /** Milliseconds by which the server is ahead of us at least (below zero: behind); undefined before any answer. */
  readonly milliseconds: number | undefined;
}

/** `Date` has whole seconds. */
const resolution = 1_000;

/**
 * Of each answer, only what cannot be explained by the time on the way and by the resolution of `Date` counts, so that
 * a slow line is never taken for a wrong clock. The latest answer decides, because clocks are set while we run.
 */
export function createClockSkew(): ClockSkew {
  let milliseconds: number | undefined;
  return {
    learn(date, begun, ended) {
      const server = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(server)) return;
      if (server > ended) milliseconds = server - ended;
      else if (server + resolution <= begun) milliseconds = server + resolution - begun;
      else milliseconds = 0;
    },
    get milliseconds() {
      return milliseconds;
    },
  };
}
