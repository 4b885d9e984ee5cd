import { readFileSync } from 'node:fs';

/** Descriptors that the store, its log and the jobs need whoever calls. */
const RESERVED = 256;

/**
 * Sockets that callers may hold at once so that the process never runs out of descriptors for its own files; undefined
 * where the system does not say how many there are.
 */
export function socketsWithinLimit(): number | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
  const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? [];
  if (soft === undefined) return undefined;
  return Math.max(Number(soft) - RESERVED, Math.ceil(Number(soft) / 2));
}
