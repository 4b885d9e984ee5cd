import { sql } from 'kysely';
import type { Store } from '../src/store/store.ts';

/** Workers of the unit with this index: 1 to 45, 23 on average. */
export const workersOfUnit = (index: number): number => 1 + ((index * 7919) % 45);

/** The wage of a worker by his running number; some are beyond every ceiling. */
export const wageOfWorker = (number: number): number => 4_000_000 + ((number * 7919) % 110_000) * 1_000;

/** Every 97th is away. */
export const isAway = (number: number): boolean => number % 97 === 0;

/** Units of one transaction. */
const PART = 10_000;

/**
 * A register of many units with their workers, set by set, because millions of rows one by one take hours. The running number
 * of a worker is the unit's index by 46 and his place.
 */
export async function seedRegister(store: Store, units: number, from: string): Promise<void> {
  const series = (count: number) =>
    sql`with recursive series(i) as (select 0 union all select i + 1 from series where i + 1 < ${count})`;
  await store.write((connection) =>
    sql`${series(units)}
      insert into unit (code, name, tax_code, agency, region, scheme, provider, status, address, phone)
      select 'ZZ' || printf('%06d', i), 'Unit ' || i, '9900000000', '09901', 1 + i % 4,
        case when i % 20 = 0 then 'state' else 'enterprise' end, null, 'registered', null, null
      from series`.execute(connection),
  );
  // Parts, because one transaction of millions of rows keeps all of them in the log before the file.
  for (let first = 0; first < units; first += PART) {
    const code = (index: number): string => `ZZ${String(index).padStart(6, '0')}`;
    const workers = sql`from unit join series on series.i < 1 + (substr(unit.code, 3) * 7919) % 45
      where unit.code >= ${code(first)} and unit.code < ${code(first + PART)}`;
    const number = sql`(substr(unit.code, 3) * 46 + series.i)`;
    await store.write(async (connection) => {
      await sql`${series(45)}
        insert into person (bhxh_number, full_name, birth_date, sex, address, cccd)
        select '99' || (60000000 + ${number}), 'Worker', '19900302', 1, '', null ${workers}`.execute(
        connection,
      );
      await sql`${series(45)}
        insert into membership (unit, bhxh_number, from_month, to_month, wage, absence, position, dossier_id)
        select unit.code, '99' || (60000000 + ${number}), ${from}, null,
          4000000 + (${number} * 7919) % 110000 * 1000,
          case when ${number} % 97 = 0 then 'maternity' end, '', 'seed' ${workers}`.execute(connection);
    });
  }
}
