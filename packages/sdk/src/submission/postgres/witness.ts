import { join } from 'node:path';
import { chainStart } from '../block-chain.ts';
import { damagedJournal } from '../journal-faults.ts';
import { realFiles } from '../journal-files.ts';
import { type Head, type HeadFile, readHead } from '../journal-head.ts';
import type { JournalOptions } from '../journal.ts';
import { stateFolder } from '../state-folder.ts';
import { walkBlocks } from './check.ts';
import type { PostgresDatabase } from './database.ts';

/** Null on a machine without a state folder, which works without its own witness. */
export async function witnessPath(
  db: PostgresDatabase,
  options: Pick<JournalOptions, 'files' | 'env' | 'witnessFile'>,
): Promise<string | null> {
  const { files = realFiles, env = process.env } = options;
  if (options.witnessFile !== undefined) return options.witnessFile;
  const [head] = await db.query<{ journal: string }>(`SELECT journal FROM ${db.schema}.head`);
  try {
    const folder = join(stateFolder(env), 'journals');
    await files.makeFolder(folder);
    return join(folder, `postgres-${head!.journal}.head`);
  } catch {
    return null;
  }
}

/** Both slots of the witness speak of the journal as it is now. */
export async function forget(witness: HeadFile | null, head: Head): Promise<void> {
  await witness?.write(head);
  await witness?.write(head);
}

/** What this machine saw the journal hold; null when it never did. */
export async function witnessOf(
  db: PostgresDatabase,
  options: Pick<JournalOptions, 'files' | 'env' | 'witnessFile'> = {},
): Promise<Head | null> {
  const path = await witnessPath(db, options);
  return path === null ? null : readHead(path, options.files ?? realFiles);
}

/** True when the database ends before what this machine saw it hold, or went on from there another way. */
export async function isBehind(db: PostgresDatabase, seen: Head | null): Promise<boolean> {
  if (seen === null || seen.count === 0) return false;
  const [block] = await db.query<{ hash: string }>(
    `SELECT hash FROM ${db.schema}.blocks WHERE sequence = $1`,
    [seen.count],
  );
  return block?.hash !== seen.hash;
}

/** Checks the blocks that this machine has not seen yet. Throws ERR_JOURNAL_DAMAGED. */
export async function checkUnseen(db: PostgresDatabase, seen: Head | null): Promise<void> {
  const { damage } = await db.transaction(async (query) => {
    await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return walkBlocks(query, db.schema, seen ?? { count: 0, hash: chainStart }, () => {});
  });
  if (damage !== null) throw damagedJournal(db.shown, damage);
}
