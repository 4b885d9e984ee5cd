import { createHash } from 'node:crypto';
import type { JournalFile, JournalFiles } from './journal-files.ts';

/** How far the journal had come: block count and hash of the last block. */
export interface Head {
  readonly count: number;
  readonly hash: string;
}

const slotBytes = 128;

/**
 * A witness beside the journal, written after each commit into two slots in turn, so that a torn write spoils one of
 * them only. A journal that ends before its witness has lost durable blocks.
 */
export interface HeadFile {
  /** The newest slot that is whole; null when none is. */
  readonly last: Head | null;
  write(head: Head): Promise<void>;
  close(): Promise<void>;
}

export async function openHeadFile(path: string, files: JournalFiles): Promise<HeadFile> {
  const last = await readHead(path, files);
  const file: JournalFile = await files.openFile(path, 'write');
  let slot = last === null ? 0 : (last.slot + 1) % 2;
  return {
    last,
    async write(head) {
      await file.writeAt(slotOf(head), slot * slotBytes);
      slot = (slot + 1) % 2;
    },
    close: () => file.close(),
  };
}

export async function readHead(
  path: string,
  files: JournalFiles,
): Promise<(Head & { readonly slot: number }) | null> {
  const bytes = await files.read(path);
  if (bytes === null) return null;
  let best: (Head & { slot: number }) | null = null;
  for (const slot of [0, 1]) {
    const text = Buffer.from(bytes.subarray(slot * slotBytes, (slot + 1) * slotBytes))
      .toString('latin1')
      .trimEnd();
    const match = /^(\d{1,15}) ([0-9a-f]{64}) ([0-9a-f]{16})$/.exec(text);
    if (!match || checkOf(match[1]!, match[2]!) !== match[3]) continue;
    const count = Number(match[1]);
    if (best === null || count > best.count) best = { count, hash: match[2]!, slot };
  }
  return best;
}

function slotOf({ count, hash }: Head): Uint8Array {
  return Buffer.from(`${count} ${hash} ${checkOf(String(count), hash)}`.padEnd(slotBytes), 'latin1');
}

function checkOf(count: string, hash: string): string {
  return createHash('sha256').update(`${count} ${hash}`).digest('hex').slice(0, 16);
}

/** The first content of a head file. */
export function headBytes(head: Head): Uint8Array {
  return slotOf(head);
}
