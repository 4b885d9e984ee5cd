import type { Connection } from '../store/store.ts';
import type { PersonTable } from '../store/tables.ts';

/** Keys of one query, so that no database meets its limit of parameters. */
const KEYS = 200;

/** People of the register by mã số BHXH and by personal id. */
export interface People {
  readonly byNumber: ReadonlyMap<string, PersonTable>;
  readonly byCitizenId: ReadonlyMap<string, PersonTable>;
}

export async function readPeople(
  connection: Connection,
  numbers: readonly string[],
  citizenIds: readonly string[],
): Promise<People> {
  const found: PersonTable[] = [];
  for (const [column, keys] of [
    ['bhxh_number', numbers],
    ['cccd', citizenIds],
  ] as const) {
    for (let at = 0; at < keys.length; at += KEYS)
      found.push(
        ...(await connection
          .selectFrom('person')
          .selectAll()
          .where(column, 'in', keys.slice(at, at + KEYS))
          .execute()),
      );
  }
  return {
    byNumber: new Map(found.map((person) => [person.bhxh_number, person])),
    byCitizenId: new Map(
      found.flatMap((person) => (person.cccd === null ? [] : [[person.cccd, person] as const])),
    ),
  };
}

/** Numbers that this server issues: the reserved province 99 and a running number beyond those of the samples. */
const FIRST_ISSUED = 50_000_000;
const COUNTER = 'bhxh-number';

/** The running number before the next one to be issued. */
export async function lastIssued(connection: Connection): Promise<number> {
  const row = await connection
    .selectFrom('counter')
    .select('value')
    .where('name', '=', COUNTER)
    .executeTakeFirst();
  return row === undefined ? FIRST_ISSUED : Number(row.value);
}

export const issuedNumber = (running: number): string => `99${String(running).padStart(8, '0')}`;

/** Takes so many running numbers and gives the last one before them. */
export async function takeNumbers(connection: Connection, count: number): Promise<number> {
  return (await addToCounter(connection, COUNTER, count, FIRST_ISSUED)) - count;
}

/** Adds to a counter and gives its new value. */
export async function addToCounter(
  connection: Connection,
  name: string,
  by: number,
  start: number = 0,
): Promise<number> {
  const { value } = await connection
    .insertInto('counter')
    .values({ name, value: start + by })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((s) => ({ value: s('counter.value', '+', by) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return Number(value);
}
