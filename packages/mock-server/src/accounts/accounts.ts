import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import { endSessions } from './refresh-families.ts';
import { hashSecret, wirePassword } from './secrets.ts';
import type { Account } from './sessions.ts';

export interface NewAccount {
  readonly username: string;
  readonly password: string;
  readonly role: Account['role'];
  readonly facility?: string;
  readonly readsHistory?: boolean;
  /** Addresses and networks the account may call from; any when left out. */
  readonly addresses?: readonly string[];
  /** Province of an officer, or `centre`. */
  readonly scope?: string;
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
        scope: account.scope ?? null,
      })
      .execute(),
  );
  return id;
}

/** Takes effect on the next call on every node: a suspended account's tokens die with it, and it may be restored. */
export async function setAccountStatus(
  store: Store,
  clock: Clock,
  username: string,
  status: Account['status'],
  audit?: { readonly log: AuditLog; readonly actor: string },
): Promise<boolean> {
  return await store.write(async (connection) => {
    const now = clock.now().getTime();
    const account = await connection
      .updateTable('account')
      .set({ status, changed_at: now })
      .where('username', '=', username)
      .returning('id')
      .executeTakeFirst();
    if (account === undefined) return false;
    if (status === 'suspended') await endSessions(connection, account.id, now);
    await audit?.log.add(connection, {
      actor: audit.actor,
      action: status === 'suspended' ? 'account.suspended' : 'account.restored',
      subject: username,
    });
    return true;
  });
}

/** The new password ends every session that the old one opened. The caller has judged the password. */
export async function changePassword(
  store: Store,
  clock: Clock,
  account: Account,
  password: string,
  audit: AuditLog,
): Promise<void> {
  const secret = await hashSecret(wirePassword(password));
  await store.write(async (connection) => {
    const now = clock.now().getTime();
    await connection
      .updateTable('account')
      .set({ secret, password_changed_at: now, changed_at: now })
      .where('id', '=', account.id)
      .execute();
    await endSessions(connection, account.id, now);
    await audit.add(connection, {
      actor: account.username,
      action: 'password.changed',
      subject: account.username,
    });
  });
}
