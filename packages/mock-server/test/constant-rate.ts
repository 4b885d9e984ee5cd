import { setTimeout as pause } from 'node:timers/promises';

/** What came of calls that were begun at fixed moments, however long the ones before them took. */
export interface Timings {
  /** Milliseconds from the moment a call was due to its answer, of the good answers, rising. */
  readonly sorted: readonly number[];
  /** Calls that got no answer, or not the one wanted, by what they got. */
  readonly failed: ReadonlyMap<string, number>;
}

/** The value below which this share of a rising list lies. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Calls until so many were begun, or until `isOver` says so. `call` resolves with nothing when it was answered well. */
export async function callAtRate(
  perSecond: number,
  count: number,
  call: (number: number) => Promise<string | undefined>,
  isOver: () => boolean = () => false,
): Promise<Timings> {
  const times: number[] = [];
  const failed = new Map<string, number>();
  const running = new Set<Promise<void>>();
  const begun = performance.now();
  for (let number = 0; number < count && !isOver(); number += 1) {
    const due = begun + (number * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    const one = call(number)
      .catch((error: unknown) => (error instanceof Error ? error.name : 'failed'))
      .then((wrong) => {
        running.delete(one);
        if (wrong === undefined) times.push(performance.now() - due);
        else failed.set(wrong, (failed.get(wrong) ?? 0) + 1);
      });
    running.add(one);
  }
  await Promise.all(running);
  return { sorted: times.sort((a, b) => a - b), failed };
}
