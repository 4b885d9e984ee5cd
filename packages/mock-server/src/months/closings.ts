import type { Closing } from '../ledger/closing.ts';
import type { Connection } from '../store/store.ts';

/** Closed months of units, each unit's in order. */
export async function readClosings(
  connection: Connection,
  units: readonly string[],
): Promise<ReadonlyMap<string, readonly Closing[]>> {
  const rows = await connection
    .selectFrom('unit_close')
    .select(['unit', 'month', 'place'])
    .where('unit', 'in', [...units])
    .orderBy('unit')
    .orderBy('month')
    .execute();
  const closings = new Map<string, Closing[]>(units.map((unit) => [unit, []]));
  for (const { unit, month, place } of rows) closings.get(unit)?.push({ month, place });
  return closings;
}

export async function closingsOf(connection: Connection, unit: string): Promise<readonly Closing[]> {
  return (await readClosings(connection, [unit])).get(unit) ?? [];
}
