import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';

/** Wrong passwords are counted per account and address, so that an attacker cannot lock the owner out elsewhere. */
const FREE_FAILURES = 5;
const WINDOW = 15 * 60_000;
const LONGEST_WAIT = 900_000;

export interface Lockout {
  /** Milliseconds until this pair may try again; 0 when it may. */
  waitFor(username: string, address: string): Promise<number>;
  failed(username: string, address: string): Promise<void>;
}

/** 1, 2, 4 … 900 seconds from the fifth failure within 15 minutes on; it always releases itself. */
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
    async failed(username, address) {
      await store.write(async (connection) => {
        const now = clock.now().getTime();
        // Whoever tries invented names must not fill the table.
        await connection
          .deleteFrom('login_failure')
          .where('window_started_at', '<', now - WINDOW - LONGEST_WAIT)
          .execute();
        const row = await connection
          .selectFrom('login_failure')
          .selectAll()
          .where('username', '=', username)
          .where('address', '=', address)
          .executeTakeFirst();
        const fresh = row === undefined || now - row.window_started_at >= WINDOW;
        const failures = fresh ? 1 : row.failures + 1;
        const wait =
          failures < FREE_FAILURES ? 0 : Math.min(1_000 * 2 ** (failures - FREE_FAILURES), LONGEST_WAIT);
        const values = {
          username,
          address,
          failures,
          window_started_at: fresh ? now : row.window_started_at,
          blocked_until: now + wait,
        };
        await connection
          .insertInto('login_failure')
          .values(values)
          .onConflict((conflict) => conflict.columns(['username', 'address']).doUpdateSet(values))
          .execute();
      });
    },
  };
}
