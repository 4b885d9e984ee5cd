import type { ItemState } from '../item.ts';
import { journalFault } from '../journal-faults.ts';
import type { JournalVerdict } from '../verify-journal.ts';
import { checkJournal } from './check.ts';
import { openPostgresDatabase } from './database.ts';
import { addressOf, countsOf, requireInstalled } from './journal.ts';
import { isBehind, witnessOf } from './witness.ts';

const patience = 10_000;

/** The same verdict as of a file; may run beside writers, whose blocks behind its snapshot it does not see. */
export async function verifyPostgresJournal(path: string): Promise<JournalVerdict> {
  const address = addressOf(path);
  const db = await openPostgresDatabase({ address, patience });
  try {
    await db.reach('now');
    await requireInstalled(db);
    const tailLost = await isBehind(db, await witnessOf(db));
    const { damage, count, items } = await checkJournal(db);
    const rows = await db.query<{ state: ItemState; n: number }>(
      `SELECT state, count(*) AS n FROM ${db.schema}.items GROUP BY state`,
    );
    return {
      path: db.shown,
      sound: damage === null && !tailLost,
      damage,
      tailLost,
      blocks: count,
      items,
      counts: damage === null ? countsOf(rows) : null,
    };
  } catch (error) {
    throw journalFault(error, db.shown);
  } finally {
    await db.close();
  }
}
