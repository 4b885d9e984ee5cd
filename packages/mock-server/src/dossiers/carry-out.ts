import { writeUnitLedger } from '../ledger/unit-ledger.ts';
import { writeMembers } from '../register/members.ts';
import { addToCounter, takeNumbers } from '../register/people.ts';
import { moveToProvider } from '../register/units.ts';
import type { UnitTable } from '../store/declaration-tables.ts';
import type { Connection } from '../store/store.ts';
import type { PersonTable } from '../store/tables.ts';
import type { Decision } from './decide.ts';
import type { RegisterView } from './register-view.ts';

/** Another node changed the unit's registers meanwhile; the step runs again on what they are now. */
export class RegistersMoved extends Error {
  override readonly name = 'RegistersMoved';
}

/** Counts what was decided for a unit, so that a decision made on older registers is noticed. */
const versionName = (unit: string): string => `unit ${unit}`;

export async function registerVersion(connection: Connection, unit: string): Promise<number> {
  const row = await connection
    .selectFrom('counter')
    .select('value')
    .where('name', '=', versionName(unit))
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

/** Writes a decision into the registers, in the transaction that ends the dossier. */
export async function carryOut(
  connection: Connection,
  unit: UnitTable,
  decision: Decision,
  view: RegisterView,
): Promise<void> {
  await addToCounter(connection, versionName(unit.code), 1);
  if (decision.issued > 0) {
    const before = await takeNumbers(connection, decision.issued);
    if (before !== view.lastIssued) throw new RegistersMoved();
  }
  for (const person of decision.people) await writePerson(connection, person);
  await writeMembers(connection, unit.code, decision.members);
  for (const household of decision.households) {
    const number = `99${String(await addToCounter(connection, 'household', 1)).padStart(8, '0')}`;
    await connection.insertInto('household').values({ number, head_name: household.headName }).execute();
    for (const [place, member] of household.members.entries())
      await connection
        .insertInto('household_member')
        .values({
          household: number,
          place,
          full_name: member.fullName,
          birth_date: member.birthDate,
          relation: member.relation,
          bhxh_number: member.bhxhNumber,
        })
        .execute();
  }
  // Before the unit says so itself, because one that stays with its provider is among those the provider acts for.
  if (typeof decision.unit.provider === 'string')
    await moveToProvider(connection, unit.code, decision.unit.provider);
  if (Object.keys(decision.unit).length > 0)
    await connection.updateTable('unit').set(decision.unit).where('code', '=', unit.code).execute();
  await writeUnitLedger(connection, view.unitLedger);
}

async function writePerson(connection: Connection, person: PersonTable): Promise<void> {
  const { bhxh_number: _number, ...values } = person;
  await connection
    .insertInto('person')
    .values(person)
    .onConflict((conflict) => conflict.column('bhxh_number').doUpdateSet(values))
    .execute();
}
