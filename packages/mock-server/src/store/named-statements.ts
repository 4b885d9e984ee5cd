import type { PostgresPoolClient } from 'kysely';
import type { PoolClient } from 'pg';

/** More than the server has statements; lists of changing length would otherwise fill the memory of every connection. */
const MOST = 512;
/** The tables have changed since the statement was planned, as another node's migration does. */
const PLAN_IS_OLD = '0A000';
/** An error before this one has ended the transaction. */
const TRANSACTION_ENDED = '25P02';

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/**
 * Gives each statement with parameters a name, under which each connection has it parsed and planned once: for the short
 * statements of a request that costs the database more than to run them.
 */
export function nameStatements(): (client: PoolClient) => PostgresPoolClient {
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  let names = new Map<string, string>();
  let generation = 0;

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST) return known;
    const name = `${generation}.${names.size}`;
    names.set(text, name);
    return name;
  }

  async function query(client: PoolClient, text: string, values: readonly unknown[]): Promise<unknown> {
    const name = values.length === 0 ? undefined : nameOf(text);
    try {
      return await client.query({ ...(name !== undefined && { name }), text, values: [...values] });
    } catch (error) {
      if (name === undefined || codeOf(error) !== PLAN_IS_OLD) throw error;
      if (name.startsWith(`${generation}.`)) {
        generation += 1;
        names = new Map();
      }
      return await query(client, text, values).catch((second: unknown) => {
        throw codeOf(second) === TRANSACTION_ENDED ? error : second;
      });
    }
  }

  return (client) => {
    let named = clients.get(client);
    if (named === undefined) {
      named = {
        query: (text: unknown, values: readonly unknown[] = []) => query(client, text as string, values),
        release: () => client.release(),
      } as PostgresPoolClient;
      clients.set(client, named);
    }
    return named;
  };
}
