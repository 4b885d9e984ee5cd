import type { JournalEntry } from '@bhxh/sdk/payments/ledger';
import type { Connection } from '../store/store.ts';

/** What was posted to one unit, in the order of posting. */
export interface UnitPostings {
  readonly unit: string;
  readonly entries: readonly JournalEntry[];
}

/** Rows of one INSERT, so that no database meets its limit of parameters. */
const ROWS = 100;
/** Accounts whose balance later postings depend on; the others are read from the journal. */
const KEPT = /^(?:due|carried|suspense):/;

/**
 * Makes every other writer of these units wait until the transaction ends, in both databases: the counter's row is
 * written. Units are taken in one order, so that two writers never wait for each other.
 */
export async function lockUnits(connection: Connection, units: readonly string[]): Promise<void> {
  await takePlaces(connection, new Map(units.map((unit) => [unit, 0])));
}

/** The first free place of each unit, with so many places taken from there. */
async function takePlaces(
  connection: Connection,
  wanted: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  const first = new Map<string, number>();
  const rows = [...wanted]
    .map(([unit, entries]) => ({ unit, entries }))
    .toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
  for (let at = 0; at < rows.length; at += ROWS) {
    const taken = await connection
      .insertInto('ledger_unit')
      .values(rows.slice(at, at + ROWS))
      .onConflict((conflict) =>
        conflict.column('unit').doUpdateSet((s) => ({
          entries: s('ledger_unit.entries', '+', s.ref('excluded.entries')),
        })),
      )
      .returning(['unit', 'entries'])
      .execute();
    for (const { unit, entries } of taken) first.set(unit, Number(entries) - (wanted.get(unit) ?? 0));
  }
  return first;
}

/** Appends to the journal of each unit and keeps its balances, in the caller's transaction. */
export async function postEntries(connection: Connection, postings: readonly UnitPostings[]): Promise<void> {
  const counts = await takePlaces(
    connection,
    new Map(postings.map(({ unit, entries }) => [unit, entries.length])),
  );
  const rows = [];
  const changes = new Map<string, { unit: string; account: string; balance: number }>();
  for (const { unit, entries } of postings) {
    let place = counts.get(unit) ?? 0;
    for (const entry of entries) {
      rows.push({ id: entry.id, unit, on_day: entry.on, place, entry: JSON.stringify(entry) });
      place += 1;
      for (const { account, debit, credit } of entry.postings) {
        if (!KEPT.test(account)) continue;
        const key = `${unit} ${account}`;
        const change = changes.get(key) ?? { unit, account, balance: 0 };
        change.balance += credit - debit;
        changes.set(key, change);
      }
    }
  }
  for (let at = 0; at < rows.length; at += ROWS)
    await connection
      .insertInto('ledger_entry')
      .values(rows.slice(at, at + ROWS))
      .execute();
  const changed = [...changes.values()];
  for (let at = 0; at < changed.length; at += ROWS)
    await connection
      .insertInto('ledger_balance')
      .values(changed.slice(at, at + ROWS))
      .onConflict((conflict) =>
        conflict.columns(['unit', 'account']).doUpdateSet((s) => ({
          balance: s('ledger_balance.balance', '+', s.ref('excluded.balance')),
        })),
      )
      .execute();
}

/** Counters and balances of a journal that was written before they were kept. */
export async function countJournal(connection: Connection): Promise<void> {
  const known = await connection
    .selectFrom('ledger_entry')
    .select(['unit', 'place', 'entry'])
    .orderBy('unit')
    .orderBy('place')
    .execute();
  const entries = new Map<string, number>();
  const balances = new Map<string, { unit: string; account: string; balance: number }>();
  for (const { unit, place, entry } of known) {
    entries.set(unit, place + 1);
    for (const { account, debit, credit } of (JSON.parse(entry) as JournalEntry).postings) {
      if (!KEPT.test(account)) continue;
      const row = balances.get(`${unit} ${account}`) ?? { unit, account, balance: 0 };
      row.balance += credit - debit;
      balances.set(`${unit} ${account}`, row);
    }
  }
  const counted = [...entries].map(([unit, count]) => ({ unit, entries: count }));
  for (let at = 0; at < counted.length; at += ROWS)
    await connection
      .insertInto('ledger_unit')
      .values(counted.slice(at, at + ROWS))
      .execute();
  const kept = [...balances.values()];
  for (let at = 0; at < kept.length; at += ROWS)
    await connection
      .insertInto('ledger_balance')
      .values(kept.slice(at, at + ROWS))
      .execute();
}
