import { createLedger, memoryLedgerStore, type JournalEntry, type Ledger } from '@bhxh/sdk/payments/ledger';
import type { Connection } from '../store/store.ts';
import { postEntries } from './post-entries.ts';

/** One unit's part of the ledger, with what was posted to it since it was read. */
export interface UnitLedger {
  readonly unit: string;
  readonly ledger: Ledger;
  /** Entries that are in the store already. */
  readonly stored: number;
}

export async function readUnitLedger(connection: Connection, unit: string): Promise<UnitLedger> {
  const rows = await connection
    .selectFrom('ledger_entry')
    .select('entry')
    .where('unit', '=', unit)
    .orderBy('place')
    .execute();
  const store = memoryLedgerStore();
  for (const { entry } of rows) store.append(JSON.parse(entry) as JournalEntry);
  return { unit, ledger: createLedger(store), stored: rows.length };
}

/** The ledgers of many units, each with its entries in the order of posting; units without any have an empty one. */
export async function readUnitLedgers(
  connection: Connection,
  units: readonly string[],
): Promise<readonly UnitLedger[]> {
  const entries = new Map<string, JournalEntry[]>(units.map((unit) => [unit, []]));
  const rows = await connection
    .selectFrom('ledger_entry')
    .select(['unit', 'entry'])
    .where('unit', 'in', [...units])
    .orderBy('unit')
    .orderBy('place')
    .execute();
  for (const { unit, entry } of rows) entries.get(unit)?.push(JSON.parse(entry) as JournalEntry);
  return [...entries].map(([unit, own]) => {
    const store = memoryLedgerStore();
    for (const entry of own) store.append(entry);
    return { unit, ledger: createLedger(store), stored: own.length };
  });
}

/**
 * Stores what was posted. Entries that others posted meanwhile stand before it: whoever decides by what it read of the
 * ledger has to notice by himself that it moved.
 */
export async function writeUnitLedger(connection: Connection, unitLedger: UnitLedger): Promise<void> {
  await writeUnitLedgers(connection, [unitLedger]);
}

/** The same for many units. */
export async function writeUnitLedgers(
  connection: Connection,
  unitLedgers: readonly UnitLedger[],
): Promise<void> {
  await postEntries(
    connection,
    unitLedgers.map(({ unit, ledger, stored }) => ({
      unit,
      entries: [...ledger.entries()].slice(stored),
    })),
  );
}
