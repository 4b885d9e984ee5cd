import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Clock } from '../clock/clock.ts';
import type { Connection, Store } from '../store/store.ts';
import { digest, newToken } from './secrets.ts';
import type { Account, Caller, IssuedToken, LoginRefusal, Sessions } from './sessions.ts';

/** A session nobody uses for so long is over. */
const IDLE = 30 * 60_000;
/** However often it is refreshed, a login does not last longer. */
const LONGEST = 12 * 3_600_000;

export interface RefreshedSession extends IssuedToken {
  readonly account: Account;
  readonly refreshToken: string;
}

/** `reused`: somebody used the token before; the family is over for both. */
export type RefreshResult = RefreshedSession | 'refused' | 'reused';

export interface RefreshFamilies {
  /** Logs in; what comes of it can be refreshed. */
  open(username: string, md5: string, caller: Caller): Promise<RefreshedSession | LoginRefusal>;
  refresh(refreshToken: string, caller: Caller): Promise<RefreshResult>;
  /** Ends the family that an access token belongs to. */
  end(accessToken: string): Promise<void>;
}

/** Ends every session of an account: its tokens and what they could be renewed with. */
export async function endSessions(connection: Connection, accountId: string, now: number): Promise<void> {
  await connection.deleteFrom('token').where('account_id', '=', accountId).execute();
  await connection
    .updateTable('session_family')
    .set({ ended_at: now })
    .where('account_id', '=', accountId)
    .where('ended_at', 'is', null)
    .execute();
}

async function endFamily(connection: Connection, family: string, now: number): Promise<void> {
  await connection.deleteFrom('token').where('family_id', '=', family).execute();
  await connection
    .updateTable('session_family')
    .set({ ended_at: now })
    .where('id', '=', family)
    .where('ended_at', 'is', null)
    .execute();
}

/** A refreshed token carries no password, so it serves the interfaces that ask for none beside it. */
const NO_PASSWORD = '';

export function createRefreshFamilies(
  store: Store,
  clock: Clock,
  sessions: Sessions,
  audit: AuditLog,
): RefreshFamilies {
  const now = (): number => clock.now().getTime();
  const accountOf = (id: string): Promise<Account | undefined> =>
    store.read.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();

  async function addRefreshToken(connection: Connection, family: string, until: number): Promise<string> {
    const refreshToken = newToken();
    await connection
      .insertInto('refresh_token')
      .values({
        hash: digest(refreshToken),
        family_id: family,
        used_at: null,
        expires_at: Math.min(now() + IDLE, until),
      })
      .execute();
    return refreshToken;
  }

  return {
    async open(username, md5, caller) {
      const family = randomUUID();
      const login = await sessions.login(username, md5, caller, family);
      if (login.outcome !== 'ok') return login;
      const refreshToken = await store.write(async (connection) => {
        const account = await connection
          .selectFrom('account')
          .select('id')
          .where('username', '=', username)
          .executeTakeFirstOrThrow();
        // Families that nobody can refresh any more only fill the table.
        await connection
          .deleteFrom('session_family')
          .where('created_at', '<', now() - LONGEST)
          .execute();
        await connection
          .insertInto('session_family')
          .values({
            id: family,
            account_id: account.id,
            address: caller.address,
            created_at: now(),
            used_at: now(),
            ended_at: null,
          })
          .execute();
        return await addRefreshToken(connection, family, now() + LONGEST);
      });
      const account = await store.read
        .selectFrom('account')
        .selectAll()
        .where('username', '=', username)
        .executeTakeFirstOrThrow();
      const { accessToken, idToken, expiresAt } = login;
      return { account, accessToken, idToken, expiresAt, refreshToken };
    },
    async refresh(refreshToken, caller) {
      const hash = digest(refreshToken);
      const renewed = await store.write(async (connection) => {
        const known = await connection
          .selectFrom('refresh_token')
          .innerJoin('session_family', 'session_family.id', 'refresh_token.family_id')
          .select([
            'refresh_token.family_id',
            'refresh_token.expires_at',
            'session_family.account_id',
            'session_family.address',
            'session_family.created_at',
            'session_family.ended_at',
          ])
          .where('refresh_token.hash', '=', hash)
          .executeTakeFirst();
        if (known === undefined || known.ended_at !== null) return 'refused';
        // Taken in one statement, so that of two who come at once only one is first.
        const mine = await connection
          .updateTable('refresh_token')
          .set({ used_at: now() })
          .where('hash', '=', hash)
          .where('used_at', 'is', null)
          .returning('hash')
          .executeTakeFirst();
        if (mine === undefined) {
          await endFamily(connection, known.family_id, now());
          await audit.add(connection, {
            actor: 'server',
            action: 'session.reused',
            subject: known.account_id,
            data: { address: caller.address },
          });
          return 'reused';
        }
        if (known.expires_at <= now() || known.address !== caller.address) return 'refused';
        // What was given out before is worth nothing from here on.
        await connection.deleteFrom('token').where('family_id', '=', known.family_id).execute();
        await connection
          .updateTable('session_family')
          .set({ used_at: now() })
          .where('id', '=', known.family_id)
          .execute();
        return {
          family: known.family_id,
          accountId: known.account_id,
          refreshToken: await addRefreshToken(connection, known.family_id, known.created_at + LONGEST),
        };
      });
      if (typeof renewed === 'string') return renewed;
      const account = await accountOf(renewed.accountId);
      if (account === undefined || account.status !== 'active') return 'refused';
      const issued = await sessions.issue(account, () => NO_PASSWORD, caller, renewed.family);
      return { account, ...issued, refreshToken: renewed.refreshToken };
    },
    async end(accessToken) {
      const token = await store.read
        .selectFrom('token')
        .select(['family_id', 'access_hash'])
        .where('access_hash', '=', digest(accessToken))
        .executeTakeFirst();
      if (token === undefined) return;
      await store.write(async (connection) => {
        await connection.deleteFrom('token').where('access_hash', '=', token.access_hash).execute();
        if (token.family_id !== null) await endFamily(connection, token.family_id, now());
      });
    },
  };
}
