import type { Connection } from '../store/store.ts';
import type { MembershipTable } from '../store/declaration-tables.ts';
import { readExceptions, writeExceptions } from './exceptions.ts';
import type { Stretch, WageStretch } from './stretches.ts';

/** Stretches of every person of one unit, by mã số BHXH. */
export type Members = ReadonlyMap<string, readonly Stretch[]>;

/** The same with no more than contributions need. */
export type WageMembers = ReadonlyMap<string, readonly WageStretch[]>;

/** Members of many units, by unit. */
export async function readWageMembers(
  connection: Connection,
  units: readonly string[],
): Promise<ReadonlyMap<string, WageMembers>> {
  const rows = await connection
    .selectFrom('membership')
    .select(['unit', 'bhxh_number', 'from_month as from', 'to_month as to', 'wage', 'absence'])
    .where('unit', 'in', [...units])
    .orderBy('unit')
    .orderBy('bhxh_number')
    .orderBy('from_month')
    .execute();
  const members = new Map<string, Map<string, WageStretch[]>>();
  for (const row of rows) {
    let own = members.get(row.unit);
    if (own === undefined) members.set(row.unit, (own = new Map()));
    const known = own.get(row.bhxh_number);
    if (known === undefined) own.set(row.bhxh_number, [row]);
    else known.push(row);
  }
  // Few rows have any, and an index of their own: nobody else is read for them.
  const exceptions = await connection
    .selectFrom('membership')
    .select(['unit', 'bhxh_number', 'from_month', 'without'])
    .where('unit', 'in', [...units])
    .where('without', 'is not', null)
    .execute();
  for (const { unit, bhxh_number: number, from_month: from, without } of exceptions) {
    const stretches = members.get(unit)?.get(number) ?? [];
    const at = stretches.findIndex((stretch) => stretch.from === from);
    const stretch = stretches[at];
    if (stretch !== undefined) stretches[at] = { ...stretch, without: readExceptions(without) };
  }
  return members;
}

export async function readMembers(connection: Connection, unit: string): Promise<Members> {
  const rows = await connection
    .selectFrom('membership')
    .selectAll()
    .where('unit', '=', unit)
    .orderBy('bhxh_number')
    .orderBy('from_month')
    .execute();
  const members = new Map<string, Stretch[]>();
  for (const row of rows) {
    const stretch = stretchOf(row);
    const known = members.get(row.bhxh_number);
    if (known === undefined) members.set(row.bhxh_number, [stretch]);
    else known.push(stretch);
  }
  return members;
}

function stretchOf(row: MembershipTable): Stretch {
  const { from_month: from, to_month: to, wage, absence, position, dossier_id: dossier } = row;
  return { from, to, wage, absence, without: readExceptions(row.without), position, dossier };
}

/** Rows of one INSERT, so that no database meets its limit of parameters. */
const ROWS = 100;

/** Replaces the stretches of the people named. */
export async function writeMembers(connection: Connection, unit: string, changed: Members): Promise<void> {
  const numbers = [...changed.keys()];
  for (let at = 0; at < numbers.length; at += ROWS)
    await connection
      .deleteFrom('membership')
      .where('unit', '=', unit)
      .where('bhxh_number', 'in', numbers.slice(at, at + ROWS))
      .execute();
  const rows = [...changed].flatMap(([number, stretches]) =>
    stretches.map((stretch): MembershipTable => ({
      unit,
      bhxh_number: number,
      from_month: stretch.from,
      to_month: stretch.to,
      wage: stretch.wage,
      absence: stretch.absence,
      without: writeExceptions(stretch.without),
      position: stretch.position,
      dossier_id: stretch.dossier,
    })),
  );
  for (let at = 0; at < rows.length; at += ROWS)
    await connection
      .insertInto('membership')
      .values(rows.slice(at, at + ROWS))
      .execute();
}
