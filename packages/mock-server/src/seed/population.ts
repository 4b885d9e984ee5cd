import { sql } from 'kysely';
import { readSpec } from '../contract/specs-folder.ts';
import type { Store } from '../store/store.ts';
import { readReservedCards } from './reserved-cards.ts';

/** The first running number of made-up people, behind the samples and before the numbers that this server issues. */
const FIRST = 10_000_000;
/** Behind the numbers that this server issues begins what they may reach. */
const MOST = 30_000_000;
const STEP = 200_000;

let family: string | undefined;

/** What stands before the running number of a name. */
function familyName(): string {
  family ??= (readSpec('scenarios/register/population.yaml') as { readonly fullName: string }).fullName;
  return family;
}

/** One person of the population, by his place from 0 on: what a look-up asks. */
export interface MadeUpPerson {
  readonly bhxhNumber: string;
  readonly citizenId: string;
  readonly card: string;
  /** `dd/MM/yyyy`. */
  readonly birthDate: string;
  readonly fullName: string;
}

/** The same reckoning as the statements below, so that whoever knows a place knows the person. */
export function personOfPopulation(place: number): MadeUpPerson {
  const number = String(FIRST + place);
  const year = 1940 + (place % 70);
  const month = String((place % 12) + 1).padStart(2, '0');
  const day = String((place % 28) + 1).padStart(2, '0');
  return {
    bhxhNumber: `99${number}`,
    citizenId: `0991${number}`,
    card: `GD499${`99${number}`}`,
    birthDate: `${day}/${month}/${year}`,
    fullName: `${familyName()} ${place}`,
  };
}

/**
 * Puts so many people with one card each into the register, by statements that make whole stretches at a time: ten million
 * take minutes. What is there already stays as it is.
 */
export async function seedPopulation(store: Store, count: number): Promise<void> {
  if (!Number.isInteger(count) || count < 0 || count > MOST)
    throw new RangeError(`A population has 0 to ${MOST} people`);
  const { maDKBD, tenDKBD, cqBHXH, diaChi, gtTheTu, gtTheDen, ngayDu5Nam } = readReservedCards();
  const isSqlite = store.dialect === 'sqlite';
  for (let from = 0; from < count; from += STEP) {
    const to = Math.min(count, from + STEP) - 1;
    const places = isSqlite
      ? sql`(with recursive place(n) as (select ${sql.lit(from)} union all select n + 1 from place where n < ${sql.lit(to)}) select n from place)`
      : sql`(select generate_series(${sql.lit(from)}, ${sql.lit(to)}) as n)`;
    const padded = (expression: string): ReturnType<typeof sql> =>
      isSqlite ? sql.raw(`printf('%02d', ${expression})`) : sql.raw(`lpad((${expression})::text, 2, '0')`);
    const text = (expression: string): ReturnType<typeof sql> => sql.raw(`cast(${expression} as text)`);
    const number = text(`${FIRST} + n`);
    await store.write(async (connection) => {
      await sql`insert into person (bhxh_number, full_name, birth_date, sex, address, cccd)
        select '99' || ${number}, ${`${familyName()} `} || ${text('n')},
          ${text('1940 + n % 70')} || ${padded('n % 12 + 1')} || ${padded('n % 28 + 1')},
          1 + n % 2, ${diaChi}, '0991' || ${number}
        from ${places} places where true on conflict do nothing`.execute(connection);
      await sql`insert into card (number, bhxh_number, valid_from, valid_to, registered_facility,
          registered_facility_name, agency, area, five_years_on, notice_code, replaced_by)
        select 'GD49999' || ${number}, '99' || ${number}, ${gtTheTu}, ${gtTheDen}, ${maDKBD}, ${tenDKBD},
          ${cqBHXH}, null, ${ngayDu5Nam}, null, null
        from ${places} places where true on conflict do nothing`.execute(connection);
    });
  }
}
