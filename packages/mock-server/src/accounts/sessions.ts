import { createHmac, randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Clock } from '../clock/clock.ts';
import { readTogether } from '../store/read-together.ts';
import type { Store } from '../store/store.ts';
import type { AccountTable } from '../store/tables.ts';
import { isAmongAddresses } from './address-rules.ts';
import { mayComeWith } from './client-certificates.ts';
import { createLockout } from './lockout.ts';
import { checkSecret, digest, newToken, passwordTag, sameText } from './secrets.ts';

/** Ten minutes, as the real gateway's default. */
export const TOKEN_LIFE: number = 10 * 60_000;
/** Bounds the memory of checked passwords; beyond it the oldest is simply checked again. */
const LARGEST_CACHE = 10_000;

export type Account = Selectable<AccountTable>;

/** Who is calling, once a token has been found good. */
export interface Session {
  readonly account: Account;
  readonly address: string;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly idToken: string;
  readonly expiresAt: Date;
}

export type LoginResult = ({ readonly outcome: 'ok' } & IssuedToken) | LoginRefusal;

export type LoginRefusal =
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

/** Where a call comes from. */
export interface Caller {
  readonly address: string;
  /** SHA-256 of the client certificate that the connection was made with, lower hex. */
  readonly thumbprint: string | undefined;
}

export interface Sessions {
  /** `family` ties the token to what a refresh token can end. */
  login(username: string, md5: string, caller: string | Caller, family?: string): Promise<LoginResult>;
  /** Checks a user name and password without a token, for the one old interface that has none. */
  authenticate(
    username: string,
    md5: string,
    caller: string | Caller,
  ): Promise<Account | 'wait' | 'locked' | undefined>;
  /** A token for an account that has shown otherwise that it may have one. */
  issue(
    account: Account,
    md5Tag: (accessToken: string) => string,
    caller: Caller,
    family?: string,
  ): Promise<IssuedToken>;
  /**
   * The session of a token, or nothing: expired, unknown, from another address or with another client certificate, or the
   * wrong password beside it.
   */
  find(credentials: Credentials, caller: string | Caller): Promise<Session | undefined>;
}

export function createSessions(store: Store, clock: Clock, audit: AuditLog): Sessions {
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

  const tokenHashed = readTogether(store, async (hashes, anyOf) => {
    const rows = await store.read
      .selectFrom('token')
      .innerJoin('account', 'account.id', 'token.account_id')
      .selectAll('account')
      .select([
        'token.access_hash as token_access_hash',
        'token.expires_at as token_expires_at',
        'token.address as token_address',
        'token.id_hash as token_id_hash',
        'token.password_tag as token_password_tag',
        'token.thumbprint as token_thumbprint',
      ])
      .where('token.access_hash', '=', anyOf(hashes))
      .execute();
    return new Map(rows.map((row) => [row.token_access_hash, row]));
  });

  async function authenticate(
    username: string,
    md5: string,
    caller: Caller,
  ): Promise<Account | { wait: number } | 'locked' | undefined> {
    const { address } = caller;
    const wait = await lockout.waitFor(username, address);
    if (wait > 0) return { wait };
    const account = await accountNamed(username);
    if (!(await passwordFits(account, md5)) || account === undefined) {
      const hasSteppedUp = await lockout.failed(username, address, account !== undefined);
      // Invented names are not written down: whoever tries them must not fill the log.
      if (account !== undefined)
        await audit.note({ actor: username, action: 'login.failed', subject: username, data: { address } });
      if (hasSteppedUp) await audit.note({ actor: 'server', action: 'login.step-up', subject: username });
      return undefined;
    }
    if (account.status !== 'active' || !mayCallFrom(account, address)) return 'locked';
    return (await mayComeWith(store.read, account.id, caller.thumbprint)) ? account : 'locked';
  }

  const sessions: Sessions = {
    async authenticate(username, md5, caller) {
      const result = await authenticate(username, md5, callerOf(caller));
      return typeof result === 'object' && 'wait' in result ? 'wait' : result;
    },
    async login(username, md5, caller, family) {
      const account = await authenticate(username, md5, callerOf(caller));
      if (account === undefined) return { outcome: 'refused' };
      if (account === 'locked') return { outcome: 'locked' };
      if ('wait' in account) return { outcome: 'wait', milliseconds: account.wait };
      const issued = await sessions.issue(
        account,
        (accessToken) => passwordTag(accessToken, md5),
        callerOf(caller),
        family,
      );
      return { outcome: 'ok', ...issued };
    },
    async issue(account, md5Tag, { address, thumbprint }, family) {
      const accessToken = newToken();
      const idToken = newToken();
      const now = clock.now().getTime();
      const expiresAt = now + TOKEN_LIFE;
      await store.write(async (connection) => {
        await connection
          .deleteFrom('login_failure')
          .where('username', '=', account.username)
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
            password_tag: md5Tag(accessToken),
            issued_at: now,
            expires_at: expiresAt,
            family_id: family ?? null,
            thumbprint: thumbprint ?? null,
          })
          .execute();
      });
      return { accessToken, idToken, expiresAt: new Date(expiresAt) };
    },
    async find({ accessToken, idToken, username, password }, from) {
      if (accessToken === undefined || idToken === undefined || password === undefined) return undefined;
      const { address, thumbprint } = callerOf(from);
      const found = await tokenHashed(digest(accessToken));
      if (found === undefined) return undefined;
      const {
        token_access_hash: _,
        token_expires_at: expiresAt,
        token_address: ofAddress,
        token_id_hash: idHash,
        token_password_tag: tag,
        token_thumbprint: ofThumbprint,
        ...account
      } = found;
      if (expiresAt <= clock.now().getTime() || ofAddress !== address) return undefined;
      if (!sameText(idHash, digest(idToken))) return undefined;
      if (password !== null && !sameText(tag, passwordTag(accessToken, password))) return undefined;
      if (ofThumbprint !== null && ofThumbprint !== thumbprint) return undefined;
      if (account.status !== 'active') return undefined;
      if (username !== undefined && username !== account.username) return undefined;
      if (ofThumbprint !== null && !(await mayComeWith(store.read, account.id, thumbprint))) return undefined;
      return { account, address };
    },
  };
  return sessions;
}

const callerOf = (caller: string | Caller): Caller =>
  typeof caller === 'string' ? { address: caller, thumbprint: undefined } : caller;

export const mayCallFrom = (account: Account, address: string): boolean =>
  account.addresses === null || isAmongAddresses(address, JSON.parse(account.addresses) as string[]);
