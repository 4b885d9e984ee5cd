import { createLedger, memoryLedgerStore, type JournalEntry, type Ledger } from '@bhxh/sdk/payments/ledger';
import type { Connection } from '../store/store.ts';

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

/**
 * Stores what was posted. The place of an entry within its unit is unique, so of two writers that read the same ledger the
 * second one fails.
 */
export async function writeUnitLedger(connection: Connection, unitLedger: UnitLedger): Promise<void> {
  const fresh = [...unitLedger.ledger.entries()].slice(unitLedger.stored);
  for (const [index, entry] of fresh.entries())
    await connection
      .insertInto('ledger_entry')
      .values({
        id: entry.id,
        unit: unitLedger.unit,
        on_day: entry.on,
        place: unitLedger.stored + index,
        entry: JSON.stringify(entry),
      })
      .execute();
}
