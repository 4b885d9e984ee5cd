import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import { hashSecret, wirePassword } from './secrets.ts';
import type { Account } from './sessions.ts';

export interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly role: Account['role'];
  readonly facility?: string;
  readonly readsHistory?: boolean;
  /** Addresses the account may call from; any when left out. */
  readonly addresses?: readonly string[];
}

export async function addAccount(store: Store, clock: Clock, account: NewAccount): Promise<string> {
  const id = randomUUID();
  const secret = await hashSecret(wirePassword(account.password));
  await store.write((connection) =>
    connection
      .insertInto('account')
      .values({
        id,
        username: account.username,
        role: account.role,
        facility: account.facility ?? null,
        secret,
        status: 'active',
        reads_history: account.readsHistory === true ? 1 : 0,
        addresses: account.addresses === undefined ? null : JSON.stringify(account.addresses),
        changed_at: clock.now().getTime(),
      })
      .execute(),
  );
  return id;
}

/** Takes effect on the next call: a suspended account's tokens die with it, and the same account may be restored. */
export async function setAccountStatus(
  store: Store,
  clock: Clock,
  username: string,
  status: Account['status'],
): Promise<boolean> {
  return await store.write(async (connection) => {
    const account = await connection
      .updateTable('account')
      .set({ status, changed_at: clock.now().getTime() })
      .where('username', '=', username)
      .returning('id')
      .executeTakeFirst();
    if (account === undefined) return false;
    if (status === 'suspended')
      await connection.deleteFrom('token').where('account_id', '=', account.id).execute();
    return true;
  });
}
