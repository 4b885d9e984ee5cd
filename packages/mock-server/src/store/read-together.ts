import { sql, type RawBuilder } from 'kysely';
import type { Store } from './store.ts';

/** More would keep the first of them waiting for the rows of the last. */
const MOST = 64;

interface Question<Row> {
  readonly key: string;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** What a column is compared with (`=`) to find any of the values; one text of SQL, however many they are. */
export type AnyOf = (values: readonly string[]) => RawBuilder<string>;

/**
 * Questions of one kind that arrive while an earlier one is on its way to PostgreSQL and back go there together, as
 * writes share a commit. The query of a question always begins after it was asked, so that nobody is told of a state
 * that was over by then. Equal keys are asked once. An embedded database is no way off, and is asked for each.
 *
 * `ask` gives the rows by key; a key without a row is left out.
 */
export function readTogether<Row>(
  { dialect }: Pick<Store, 'dialect'>,
  ask: (keys: readonly string[], anyOf: AnyOf) => Promise<ReadonlyMap<string, Row>>,
): (key: string) => Promise<Row | undefined> {
  if (dialect === 'sqlite') return async (key) => (await ask([key], ([only]) => sql`${only}`)).get(key);
  let waiting: Question<Row>[] = [];
  let isAsking = false;

  async function answer(): Promise<void> {
    isAsking = true;
    // What arrived in this turn of the loop goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const asked = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      await settle(asked);
    }
    isAsking = false;
  }

  async function settle(asked: readonly Question<Row>[]): Promise<void> {
    const keys = [...new Set(asked.map(({ key }) => key))];
    try {
      const rows = await ask(keys, (values) => sql`any(${values})`);
      for (const { key, resolve } of asked) resolve(rows.get(key));
    } catch (error) {
      if (keys.length > 1 && isAboutValue(error)) for (const one of asked) await settle([one]);
      else for (const { reject } of asked) reject(error);
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!isAsking) void answer();
    });
}

/** What one caller wrote cannot be a value there (a NUL character); the others are not to suffer from it. */
const isAboutValue = (error: unknown): boolean =>
  String((error as { code?: unknown } | undefined)?.code).startsWith('22');
