import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import type { AccountTable } from '../store/tables.ts';
import { createLockout } from './lockout.ts';
import { checkSecret, digest, newToken, passwordTag, sameText } from './secrets.ts';

/** Ten minutes, as the real gateway's default. */
const TOKEN_LIFE = 10 * 60_000;
/** Bounds the memory of checked passwords; beyond it the oldest is simply checked again. */
const LARGEST_CACHE = 10_000;

export type Account = AccountTable;

/** Who is calling, once a token has been found good. */
export interface Session {
  readonly account: Account;
  readonly address: string;
}

export type LoginResult =
  | {
      readonly outcome: 'ok';
      readonly accessToken: string;
      readonly idToken: string;
      readonly expiresAt: Date;
    }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'locked' }
  | { readonly outcome: 'wait'; readonly milliseconds: number };

/** The token as a caller repeats it; families differ in where it stands and whether the password comes along. */
export interface Credentials {
  readonly accessToken: string | undefined;
  readonly idToken: string | undefined;
  readonly username?: string | undefined;
  /** MD5 hex. `null` where the interface does not ask for it (the extension API). */
  readonly password: string | null | undefined;
}

export interface Sessions {
  login(username: string, md5: string, address: string): Promise<LoginResult>;
  /** Checks a user name and password without a token, for the one old interface that has none. */
  authenticate(
    username: string,
    md5: string,
    address: string,
  ): Promise<Account | 'wait' | 'locked' | undefined>;
  /** The session of a token, or nothing: expired, unknown, from another address, or the wrong password beside it. */
  find(credentials: Credentials, address: string): Promise<Session | undefined>;
}

export function createSessions(store: Store, clock: Clock): Sessions {
  const lockout = createLockout(store, clock);
  const cacheKey = randomBytes(32);
  /** Account id → tag of its stored secret and the password that matched it; spares scrypt when a client logs in again. */
  const checked = new Map<string, string>();
  const tagOf = (account: Account, md5: string): string =>
    createHmac('sha256', cacheKey).update(`${account.secret}\n${md5.toUpperCase()}`).digest('base64url');

  async function passwordFits(account: Account | undefined, md5: string): Promise<boolean> {
    if (account !== undefined) {
      const known = checked.get(account.id);
      if (known !== undefined && sameText(known, tagOf(account, md5))) return true;
    }
    const fits = await checkSecret(md5, account?.secret);
    if (fits && account !== undefined) {
      if (checked.size >= LARGEST_CACHE) checked.delete(checked.keys().next().value as string);
      checked.set(account.id, tagOf(account, md5));
    }
    return fits;
  }

  const accountNamed = (username: string): Promise<Account | undefined> =>
    store.read.selectFrom('account').selectAll().where('username', '=', username).executeTakeFirst();

  const mayCallFrom = (account: Account, address: string): boolean =>
    account.addresses === null || (JSON.parse(account.addresses) as string[]).includes(address);

  async function authenticate(
    username: string,
    md5: string,
    address: string,
  ): Promise<Account | { wait: number } | 'locked' | undefined> {
    const wait = await lockout.waitFor(username, address);
    if (wait > 0) return { wait };
    const account = await accountNamed(username);
    if (!(await passwordFits(account, md5)) || account === undefined) {
      await lockout.failed(username, address);
      return undefined;
    }
    if (account.status !== 'active' || !mayCallFrom(account, address)) return 'locked';
    return account;
  }

  return {
    async authenticate(username, md5, address) {
      const result = await authenticate(username, md5, address);
      return typeof result === 'object' && 'wait' in result ? 'wait' : result;
    },
    async login(username, md5, address) {
      const account = await authenticate(username, md5, address);
      if (account === undefined) return { outcome: 'refused' };
      if (account === 'locked') return { outcome: 'locked' };
      if ('wait' in account) return { outcome: 'wait', milliseconds: account.wait };
      const accessToken = newToken();
      const idToken = newToken();
      const now = clock.now().getTime();
      const expiresAt = now + TOKEN_LIFE;
      await store.write(async (connection) => {
        await connection
          .deleteFrom('login_failure')
          .where('username', '=', username)
          .where('address', '=', address)
          .execute();
        await connection.deleteFrom('token').where('expires_at', '<=', now).execute();
        await connection
          .insertInto('token')
          .values({
            access_hash: digest(accessToken),
            id_hash: digest(idToken),
            account_id: account.id,
            address,
            password_tag: passwordTag(accessToken, md5),
            issued_at: now,
            expires_at: expiresAt,
          })
          .execute();
      });
      return { outcome: 'ok', accessToken, idToken, expiresAt: new Date(expiresAt) };
    },
    async find({ accessToken, idToken, username, password }, address) {
      if (accessToken === undefined || idToken === undefined || password === undefined) return undefined;
      const token = await store.read
        .selectFrom('token')
        .selectAll()
        .where('access_hash', '=', digest(accessToken))
        .executeTakeFirst();
      if (token === undefined || token.expires_at <= clock.now().getTime() || token.address !== address)
        return undefined;
      if (!sameText(token.id_hash, digest(idToken))) return undefined;
      if (password !== null && !sameText(token.password_tag, passwordTag(accessToken, password)))
        return undefined;
      const account = await store.read
        .selectFrom('account')
        .selectAll()
        .where('id', '=', token.account_id)
        .executeTakeFirst();
      if (account === undefined || account.status !== 'active') return undefined;
      if (username !== undefined && username !== account.username) return undefined;
      return { account, address };
    },
  };
}
