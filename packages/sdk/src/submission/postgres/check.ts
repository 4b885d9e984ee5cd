import { chainStart, hashOf, type JournalEntry } from '../block-chain.ts';
import { agrees, emptyFold, fold } from '../fold-items.ts';
import type { Head } from '../journal-head.ts';
import { bodyOf } from './append-block.ts';
import type { PostgresDatabase, Query } from './database.ts';
import { type EventRow, itemColumns, type PostgresItemRow } from './rows.ts';

const blockPage = 500;
const itemPage = 2_000;

export interface WalkResult extends Head {
  /** The first block that does not fit; blocks before it are good. */
  readonly damage: string | null;
}

/** Visits the blocks behind `from`, whose hash is believed, up to the first one that does not fit. */
export async function walkBlocks(
  query: Query,
  schema: string,
  from: Head,
  visit: (entry: JournalEntry) => void,
): Promise<WalkResult> {
  let { count, hash } = from;
  const head = await headOf(query, schema);
  for (;;) {
    const blocks = await query<{ sequence: number; hash: string }>(
      `SELECT sequence, hash FROM ${schema}.blocks WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT ${blockPage}`,
      [count, head.count],
    );
    if (blocks.length === 0) break;
    const rows = await query<EventRow>(
      `SELECT item, version, block, position, state, at, data FROM ${schema}.events
       WHERE block > $1 AND block <= $2 ORDER BY block, position`,
      [count, blocks.at(-1)!.sequence],
    );
    let at = 0;
    for (const block of blocks) {
      const events: EventRow[] = [];
      while (rows[at]?.block === block.sequence) events.push(rows[at++]!);
      const damage = `block ${count + 1}`;
      if (block.sequence !== count + 1 || hashOf(count + 1, bodyOf(events), hash) !== block.hash) {
        return { count, hash, damage };
      }
      for (const event of events) {
        let data: Record<string, unknown>;
        try {
          data = JSON.parse(event.data) as Record<string, unknown>;
        } catch {
          return { count, hash, damage };
        }
        visit({ item: event.item, state: event.state, at: event.at, data });
      }
      count = block.sequence;
      hash = block.hash;
    }
  }
  const whole = count === head.count && hash === head.hash;
  return { count, hash, damage: whole ? null : `block ${count + 1}` };
}

export async function headOf(query: Query, schema: string): Promise<Head> {
  const [row] = await query<{ count: number; hash: string }>(`SELECT count, hash FROM ${schema}.head`);
  return row ?? { count: 0, hash: chainStart };
}

export interface PostgresCheck extends WalkResult {
  readonly items: number;
}

/** Walks the whole chain in one snapshot and compares it with the items' table. */
export function checkJournal(db: PostgresDatabase): Promise<PostgresCheck> {
  return db.transaction(async (query) => {
    await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const folded = emptyFold();
    let known = 0;
    const walk = await walkBlocks(query, db.schema, { count: 0, hash: chainStart }, (entry) => {
      if (entry.data['identity'] !== undefined) known++;
      fold(folded, entry);
    });
    if (walk.damage !== null) return { ...walk, items: known };
    let items = 0;
    for (let last = 0; ;) {
      const rows = await query<PostgresItemRow>(
        `SELECT ${itemColumns} FROM ${db.schema}.items WHERE id > $1 ORDER BY id LIMIT ${itemPage}`,
        [last],
      );
      if (rows.length === 0) break;
      for (const row of rows) {
        items++;
        if (!agrees(folded, row, undefined)) return { ...walk, damage: `item ${row.id}`, items: known };
      }
      last = rows.at(-1)!.id;
    }
    const damage = items === known ? null : `${known - items} items are missing`;
    return { ...walk, damage, items: known };
  });
}
