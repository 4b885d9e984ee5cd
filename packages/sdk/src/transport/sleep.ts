import { setTimeout as timer } from 'node:timers/promises';

/** Waits; rejects with the signal's reason when it is aborted. Given from outside in tests and in time travel. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

export const realSleep: Sleep = async (milliseconds, signal) => {
  await timer(milliseconds, undefined, signal === undefined ? {} : { signal });
};
