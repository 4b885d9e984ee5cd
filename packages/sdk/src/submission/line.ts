/** Places on the line to a server: whoever has made an upload ready waits here for one. */
export interface Line {
  /** Resolves with a place; first come, first served. */
  take(): Promise<void>;
  free(): void;
}

/** `places` may change at any time; those that are taken stay taken. */
export function createLine(places: () => number): Line {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const admit = (): void => {
    while (waiting.length > 0 && taken < Math.max(1, places())) {
      taken += 1;
      waiting.shift()!();
    }
  };
  return {
    take: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      }),
    free() {
      taken -= 1;
      admit();
    },
  };
}
