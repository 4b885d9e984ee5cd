import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEntry } from './block-chain.ts';
import { walkBlocks } from './check-chain.ts';
import { type JournalFiles, realFiles } from './journal-files.ts';
import { readHead } from './journal-head.ts';
import { journalFault } from './journal-faults.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import { isPostgresAddress } from './postgres/address.ts';
import { hashesOf } from './receipt-store.ts';
import { createRebuiltJournal } from './rebuild-journal.ts';
import { loadSqlite } from './sqlite.ts';

export interface RepairResult {
  readonly path: string;
  /** Blocks of the old journal that could be believed. */
  readonly blocks: number;
  readonly items: number;
  /** Open items that are `unknown` now, because what happened to them may have been in the lost part. */
  readonly unknown: number;
  /** Documents that were stored for sending but of which no good block speaks; they are `unknown` when planned again. */
  readonly doubted: number;
}

/**
 * Writes what can be believed of a journal into a new one beside it; the old one is left as it is. Everything that was
 * still open becomes `unknown`, so that nothing is sent a second time unasked. Stored bytes are linked, not moved.
 *
 * @throws BhxhError `usage` when the new file exists already, `input` when the old one cannot be read at all
 */
export async function repairJournal(
  path: string,
  repairedPath: string,
  now: () => Date,
  files: JournalFiles = realFiles,
): Promise<RepairResult> {
  if (isPostgresAddress(path)) {
    const { repairPostgresJournal } = await import('./postgres/repair.ts');
    return repairPostgresJournal(path, repairedPath, now);
  }
  if ((await files.read(repairedPath)) !== null) {
    throw gatewayError('ERR_REPAIR_TARGET_EXISTS', {
      category: 'usage',
      retry: 'never',
      values: { path: repairedPath },
    });
  }
  const open = await loadSqlite();
  const witness = await readHead(`${path}.head`, files);
  const rebuilt = createRebuiltJournal(open(repairedPath), now);
  let blocks = 0;
  try {
    const old = open(path);
    try {
      blocks = walkBlocks(old, (entry: JournalEntry) => rebuilt.take(entry), witness).count;
    } catch (error) {
      // Pages behind the good ones cannot be read; what was taken stays.
      if (rebuilt.taken === 0) throw journalFault(error, path);
    } finally {
      old.close();
    }
    const hashes = await linkReceipts(`${path}.receipts`, `${repairedPath}.receipts`, files);
    const { items, unknown, doubted, head } = rebuilt.finish(hashes);
    await files.create(`${repairedPath}.head`, head, 0o600);
    return { path: repairedPath, blocks, items, unknown, doubted };
  } finally {
    rebuilt.close();
  }
}

/** Gives the segments a second name and returns the hashes of all frames in them. */
async function linkReceipts(from: string, to: string, files: JournalFiles): Promise<string[]> {
  const names = (await readdir(from).catch(() => [])).filter((name) => name.endsWith('.seg')).sort();
  const hashes: string[] = [];
  if (names.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of names) {
    await link(join(from, name), join(to, name)).catch(() => copyFile(join(from, name), join(to, name)));
    hashes.push(...hashesOf((await files.read(join(from, name))) ?? new Uint8Array()));
  }
  return hashes;
}
