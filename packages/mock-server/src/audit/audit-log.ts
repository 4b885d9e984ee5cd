import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { AuditEntryTable } from '../store/account-tables.ts';
import type { Connection, Store } from '../store/store.ts';

/** What somebody did that he may have to answer for; no password, no token, no value of a document. */
export interface Deed {
  /** User name, `control` for the control API, `server` for what no person asked for. */
  readonly actor: string;
  /** `login.failed`, `account.suspended`, `lookup.unlocked` … */
  readonly action: string;
  /** Whom or what it concerns: account, facility, certificate. */
  readonly subject: string;
  readonly data?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditLog {
  /** Writes the deed in the transaction of what was done, so that neither exists without the other. */
  add(connection: Connection, deed: Deed): Promise<void>;
  /** A deed that changes nothing else. */
  note(deed: Deed): Promise<void>;
}

/** Where the number and the hash of the newest entry stand, so that a cut-off end is noticed. */
export const AUDIT_HEAD = 'audit-head';
export const FIRST_PREVIOUS: string = '0'.repeat(64);

export interface AuditHead {
  readonly place: number;
  readonly hash: string;
}

/** Names and lengths go in as well as values, so that no two entries run together. */
export function hashOf(entry: Omit<AuditEntryTable, 'hash' | 'seal'>): string {
  const { place, at, actor, action, subject, data, previous } = entry;
  const hash = createHash('sha256');
  for (const value of [String(place), String(at), actor, action, subject, data, previous])
    hash.update(`${Buffer.byteLength(value)} ${value}\n`);
  return hash.digest('hex');
}

export const sealOf = (hash: string, key: string): string =>
  createHmac('sha256', key).update(hash).digest('hex');

/**
 * A chain of entries, each with the hash of the one before. Whoever can write into the store could still write the whole
 * chain anew; with a `key` that is not in the store he cannot, and a hash noted elsewhere finds him out too.
 */
export function createAuditLog(store: Store, clock: Clock, key: string | undefined): AuditLog {
  const log: AuditLog = {
    async add(connection, { actor, action, subject, data = {} }) {
      await store.lock(connection, AUDIT_HEAD);
      const head = await readHead(connection);
      const content = {
        place: (head?.place ?? 0) + 1,
        at: clock.now().getTime(),
        actor,
        action,
        subject,
        data: JSON.stringify(data),
        previous: head?.hash ?? FIRST_PREVIOUS,
      };
      const hash = hashOf(content);
      const value = JSON.stringify({ place: content.place, hash } satisfies AuditHead);
      await connection
        .insertInto('audit_entry')
        .values({ ...content, hash, seal: key === undefined ? null : sealOf(hash, key) })
        .execute();
      await connection
        .insertInto('setting')
        .values({ name: AUDIT_HEAD, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute();
    },
    note: (deed) => store.write((connection) => log.add(connection, deed)),
  };
  return log;
}

export async function readHead(connection: Connection): Promise<AuditHead | undefined> {
  const row = await connection
    .selectFrom('setting')
    .select('value')
    .where('name', '=', AUDIT_HEAD)
    .executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.value) as AuditHead);
}
