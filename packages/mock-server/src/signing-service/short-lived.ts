import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';

/** Values behind random keys that live for a while of the server's clock. A key is shown once and kept only as its hash. */
export interface ShortLived<T> {
  put(value: T, seconds: number): string;
  /** Undefined: no such key, or forgotten. */
  find(key: string): { readonly value: T; readonly isExpired: boolean } | undefined;
  drop(key: string): void;
}

/** Whoever asks without end pushes out the oldest keys, and nothing else. */
const KEPT = 10_000;

const digest = (key: string): string => createHash('sha256').update(key).digest('base64url');

export function createShortLived<T>(clock: Clock): ShortLived<T> {
  const kept = new Map<string, { readonly value: T; readonly until: number }>();
  return {
    put(value, seconds) {
      const key = randomBytes(32).toString('base64url');
      kept.set(digest(key), { value, until: clock.now().getTime() + seconds * 1_000 });
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
      return key;
    },
    find(key) {
      const found = kept.get(digest(key));
      return found && { value: found.value, isExpired: clock.now().getTime() >= found.until };
    },
    drop: (key) => void kept.delete(digest(key)),
  };
}
