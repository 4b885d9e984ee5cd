import { checkChain } from './check-chain.ts';
import { type ItemCounts, type ItemState, itemStates } from './item.ts';
import { type JournalFiles, realFiles } from './journal-files.ts';
import { readHead } from './journal-head.ts';
import { journalFault } from './journal-faults.ts';
import { isPostgresAddress } from './postgres/address.ts';
import { loadSqlite } from './sqlite.ts';

export interface JournalVerdict {
  readonly path: string;
  /** False when it is damaged or its end was lost. */
  readonly sound: boolean;
  /** Where the first contradiction is. */
  readonly damage: string | null;
  readonly tailLost: boolean;
  /** Good blocks from the beginning. */
  readonly blocks: number;
  readonly items: number;
  /** As the items' table says; null when it cannot be read. */
  readonly counts: ItemCounts | null;
}

/**
 * Reads a journal from the first block to the last and says whether it can be believed. Changes nothing and may run
 * beside a writer.
 *
 * @throws BhxhError only when the file cannot be opened at all
 */
export async function verifyJournal(path: string, files: JournalFiles = realFiles): Promise<JournalVerdict> {
  if (isPostgresAddress(path)) {
    const { verifyPostgresJournal } = await import('./postgres/verify.ts');
    return verifyPostgresJournal(path);
  }
  const open = await loadSqlite();
  const witness = await readHead(`${path}.head`, files);
  const bytes = await files.openFile(path, 'read').catch((error: unknown) => {
    throw journalFault(error, path);
  });
  await bytes.close();
  const unreadable = { path, sound: false, tailLost: false, blocks: 0, items: 0, counts: null };
  let db;
  try {
    db = open(path);
    const check = checkChain(db, witness);
    const { damage, tailLost, count, items } = check;
    const counts =
      damage === null
        ? countItems(db.prepare('SELECT state, count(*) AS n FROM items GROUP BY state').all())
        : null;
    return { path, sound: damage === null && !tailLost, damage, tailLost, blocks: count, items, counts };
  } catch (error) {
    return { ...unreadable, damage: String((error as { code?: unknown }).code ?? 'unreadable') };
  } finally {
    db?.close();
  }
}

function countItems(rows: readonly unknown[]): ItemCounts {
  const counts = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
  for (const row of rows as { state: ItemState; n: number }[]) counts[row.state] = row.n;
  return counts;
}
