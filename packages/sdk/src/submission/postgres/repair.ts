import type { JournalEntry } from '../block-chain.ts';
import { type ItemState, noDeadline } from '../item.ts';
import { journalFault } from '../journal-faults.ts';
import type { PlannedData } from '../journal-tables.ts';
import type { RepairResult } from '../repair-journal.ts';
import { gatewayError } from '../../transport/gateway-error.ts';
import { withSchema } from './address.ts';
import { emptyHead, nameBlocks } from './append-block.ts';
import { walkBlocks } from './check.ts';
import { openPostgresDatabase, type PostgresDatabase, type Query } from './database.ts';
import { addressOf, requireInstalled } from './journal.ts';
import { doubtEverything } from './lease.ts';
import { isInstalled, migrate } from './migrations.ts';

const patience = 10_000;
const page = 500;

/** What the believed events say of one item. */
interface Rebuilt {
  readonly planned: PlannedData;
  state: ItemState;
  attempts: number;
  receipt: string | null;
  problem: string | null;
  path: string;
  at: string;
  version: number;
  sent: boolean;
}

/**
 * Writes what can be believed into another schema of the same database: an address, or the name of the schema. The old
 * one is left as it is; no writer may be at work meanwhile.
 */
export async function repairPostgresJournal(
  path: string,
  target: string,
  now: () => Date,
): Promise<RepairResult> {
  const old = addressOf(path);
  const fresh = addressOf(target.includes('://') ? target : withSchema(path, target));
  const db = await openPostgresDatabase({ address: old, patience });
  const repaired = await openPostgresDatabase({ address: fresh, patience });
  try {
    await db.reach('now');
    await requireInstalled(db);
    if (await isInstalled(repaired)) {
      const values = { path: fresh.shown };
      throw gatewayError('ERR_REPAIR_TARGET_EXISTS', { category: 'usage', retry: 'never', values });
    }
    await migrate(repaired);
    const { count, items, doubted } = await repaired.transaction((query) =>
      copyGood(query, old.schema, fresh.schema),
    );
    await doubtEverything({ db: repaired, now, nameBlock: nameBlocks() });
    // Only what was really lost can be sent a second time by adding it again.
    await repaired.query(`UPDATE ${fresh.schema}.head SET doubtful = $1`, [doubted > 0]);
    return { path: fresh.shown, blocks: count, items, unknown: await openItems(repaired), doubted };
  } catch (error) {
    throw journalFault(error, db.shown);
  } finally {
    await db.close();
    await repaired.close();
  }
}

async function openItems(db: PostgresDatabase): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `SELECT count(*) AS n FROM ${db.schema}.items WHERE state = 'unknown'`,
  );
  return row?.n ?? 0;
}

async function copyGood(
  query: Query,
  from: string,
  to: string,
): Promise<{ readonly count: number; readonly items: number; readonly doubted: number }> {
  const items = new Map<number, Rebuilt>();
  const { count, hash } = await walkBlocks(query, from, emptyHead, (entry) => take(items, entry));
  await query(`INSERT INTO ${to}.blocks SELECT * FROM ${from}.blocks WHERE sequence <= $1`, [count]);
  await query(`INSERT INTO ${to}.events SELECT * FROM ${from}.events WHERE block <= $1`, [count]);
  await query(`INSERT INTO ${to}.documents SELECT * FROM ${from}.documents`);
  const last = Math.max(0, ...items.keys());
  await query(
    `UPDATE ${to}.head SET count = $1, hash = $2, next_item = $3, key_id = (SELECT key_id FROM ${from}.head)`,
    [count, hash, last + 1],
  );
  const rows = [...items];
  for (let at = 0; at < rows.length; at += page) await insertItems(query, to, rows.slice(at, at + page));
  await query(`INSERT INTO ${to}.lanes (sender) SELECT DISTINCT sender FROM ${to}.items`);
  const [lost] = await query<{ n: number }>(
    `SELECT (SELECT count FROM ${from}.head) - $1 + (SELECT count(*) FROM ${to}.documents d
       WHERE NOT EXISTS (SELECT 1 FROM ${to}.items i WHERE i.sha256 = d.sha256)) AS n`,
    [count],
  );
  return { count, items: items.size, doubted: Math.max(0, lost?.n ?? 0) };
}

function take(items: Map<number, Rebuilt>, { item, state, at, data }: JournalEntry): void {
  if (data['identity'] !== undefined) {
    const planned = data as unknown as PlannedData;
    const { path } = planned;
    items.set(item, {
      planned,
      state,
      at,
      path,
      attempts: 0,
      receipt: null,
      problem: null,
      version: 1,
      sent: false,
    });
    return;
  }
  const known = items.get(item);
  if (known === undefined) return;
  const { receipt, problem, attempts, path } = data;
  known.state = state;
  known.at = at;
  known.version++;
  known.sent ||= state === 'sending';
  known.attempts = Number(attempts ?? 0);
  known.problem = problem === undefined ? null : JSON.stringify(problem);
  if (receipt !== undefined) known.receipt = JSON.stringify(receipt);
  if (typeof path === 'string') known.path = path;
}

async function insertItems(
  query: Query,
  schema: string,
  rows: readonly (readonly [number, Rebuilt])[],
): Promise<void> {
  const column = <Value>(of: (item: Rebuilt) => Value): Value[] => rows.map(([, item]) => of(item));
  const identity = (at: number): string[] => column(({ planned }) => planned.identity[at]!);
  await query(
    `INSERT INTO ${schema}.items (id, sender, kind, route, key, sha256, size, path, due, state, attempts, receipt,
       problem, changed_at, version, sent)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
       $8::text[], $9::text[], $10::text[], $11::int[], $12::text[], $13::text[], $14::text[], $15::int[], $16::bool[])`,
    [
      rows.map(([id]) => id),
      ...[0, 1, 2, 3, 4].map(identity),
      column(({ planned }) => planned.size),
      column(({ path }) => path),
      column(({ planned }) => planned.due ?? noDeadline),
      column(({ state }) => state),
      column(({ attempts }) => attempts),
      column(({ receipt }) => receipt),
      column(({ problem }) => problem),
      column(({ at }) => at),
      column(({ version }) => version),
      column(({ sent }) => sent),
    ],
  );
}
