import type { Clock } from '../clock/clock.ts';
import type { Connection, Store } from '../store/store.ts';

/** Wrong passwords are counted per account and address, so that an attacker cannot lock the owner out elsewhere. */
const FREE_FAILURES = 5;
const WINDOW = 15 * 60_000;
const LONGEST_WAIT = 900_000;

/**
 * Failures of one account within a day, all addresses together, from which on no address has free ones any more: whoever
 * tries from a hundred addresses waits at each of them. Nobody who knows the password does.
 */
const STEP_UP = 100;
const DAY = 86_400_000;
/** The row of an account that counts for every address. */
const EVERYWHERE = '*';

export interface Lockout {
  /** Milliseconds until this pair may try again; 0 when it may. */
  waitFor(username: string, address: string): Promise<number>;
  /**
   * Counts a failure; true when it is the one that brings stricter waits to every address of the account. Failures under
   * invented names are counted for their address only, so that whoever tries them cannot fill the table for a day.
   */
  failed(username: string, address: string, isKnown: boolean): Promise<boolean>;
}

/**
 * 1, 2, 4 … 900 seconds from the fifth failure within 15 minutes on, from the first where the account has stepped up; it
 * always releases itself.
 */
export function createLockout(store: Store, clock: Clock): Lockout {
  return {
    async waitFor(username, address) {
      const row = await store.read
        .selectFrom('login_failure')
        .select('blocked_until')
        .where('username', '=', username)
        .where('address', '=', address)
        .executeTakeFirst();
      return Math.max(0, (row?.blocked_until ?? 0) - clock.now().getTime());
    },
    async failed(username, address, isKnown) {
      return await store.write(async (connection) => {
        const now = clock.now().getTime();
        // Whoever tries invented names must not fill the table.
        await connection
          .deleteFrom('login_failure')
          .where('window_started_at', '<', now - WINDOW - LONGEST_WAIT)
          .where('address', '<>', EVERYWHERE)
          .execute();
        const total = isKnown ? await count(connection, { username, address: EVERYWHERE }, now, DAY) : 0;
        await count(connection, { username, address }, now, WINDOW, (failures) => {
          const free = total >= STEP_UP ? 1 : FREE_FAILURES;
          return failures < free ? 0 : Math.min(1_000 * 2 ** (failures - free), LONGEST_WAIT);
        });
        return total === STEP_UP;
      });
    },
  };
}

/** One failure more within a stretch of time that began with the first of them; returns how many there are. */
async function count(
  connection: Connection,
  pair: { readonly username: string; readonly address: string },
  now: number,
  stretch: number,
  waitAfter: (failures: number) => number = () => 0,
): Promise<number> {
  const row = await connection
    .selectFrom('login_failure')
    .selectAll()
    .where('username', '=', pair.username)
    .where('address', '=', pair.address)
    .executeTakeFirst();
  const fresh = row === undefined || now - row.window_started_at >= stretch;
  const failures = fresh ? 1 : row.failures + 1;
  const values = {
    ...pair,
    failures,
    window_started_at: fresh ? now : row.window_started_at,
    blocked_until: now + waitAfter(failures),
  };
  await connection
    .insertInto('login_failure')
    .values(values)
    .onConflict((conflict) => conflict.columns(['username', 'address']).doUpdateSet(values))
    .execute();
  return failures;
}
