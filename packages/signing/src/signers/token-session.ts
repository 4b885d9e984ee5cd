import type { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import { describeKey } from '../signature-algorithms.ts';
import type { PinSource } from '../types.ts';
import type { Cryptoki, Handle, TokenInfo } from './cryptoki.ts';
import { cka, ckf, cko, ckr, CryptokiError, cku } from './cryptoki.ts';
import { countUsers, usersOf } from './modules.ts';
import { withPin } from './pin.ts';
import type { KeySession, TokenKey } from './key-session.ts';
import { LocalSession } from './key-session.ts';
import { SessionPool } from './session-pool.ts';
import { SessionThread } from './session-thread.ts';
import type { SignMechanism } from './sign-mechanism.ts';
import { mechanismName } from './sign-mechanism.ts';
import { isTokenGone, pinState, refuseHopelessPin, tokenError } from './token-errors.ts';
import { ulongBytes } from './ulong.ts';

/** What a person should hear while a token is used. */
export type TokenNotice = 'pin-count-low' | 'keypad';

export interface TokenSessionOptions {
  readonly library: Cryptoki;
  readonly token: TokenInfo;
  readonly certificate: X509Certificate;
  /** CKA_ID of the key. */
  readonly id: Uint8Array | undefined;
  readonly pin: PinSource | undefined;
  /** Operations at one time. */
  readonly sessions: number;
  /** The module for sessions in threads of their own; none where only this thread can use it. */
  readonly threadModule: string | undefined;
  readonly tell: (notice: TokenNotice) => void;
}

/** One operation that a thread is at, and those that keep it from waiting while documents are verified and made ready here. */
const PLACES_AT_THREAD = 4;

/** The login to one token and the sessions on it; survives a token that is pulled out and put back. */
export class TokenSession {
  readonly #options: TokenSessionOptions;
  readonly #library: Cryptoki;
  readonly #label: string;
  readonly #signatureBytes: number;
  readonly #pool = new SessionPool<KeySession>();
  /** Mechanisms that the token lists and then does not take. */
  readonly #refused = new Set<number>();
  #slot: Handle;
  #key: TokenKey | undefined;
  #alwaysAuthenticate = false;
  #reopening: Promise<void> | undefined;
  #generation = 0;
  #isClosed = false;
  #turn: Promise<void> = Promise.resolve();
  /** A PIN that was wrong once is not tried again, whoever asks. */
  #wrongPin: SigningError | undefined;

  constructor(options: TokenSessionOptions) {
    this.#options = options;
    this.#library = options.library;
    this.#label = options.token.label;
    this.#slot = options.token.slot;
    const description = describeKey(options.certificate.publicKey);
    this.#signatureBytes = typeof description === 'string' ? 0 : description.signatureBytes;
  }

  async open(): Promise<void> {
    await this.#openSessions();
    countUsers(this.#library, 1);
  }

  /** Signs with the first of the mechanisms that the token takes. */
  async sign(
    data: Uint8Array,
    mechanisms: readonly SignMechanism[],
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const generation = this.#generation;
    try {
      return await this.#signOnce(data, mechanisms, signal);
    } catch (error) {
      if (!isTokenGone(error) || this.#isClosed) throw this.#explain(error);
    }
    try {
      if (generation === this.#generation) await this.#reopen();
      return await this.#signOnce(data, mechanisms, signal);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** The mechanism that `sign` would take now. */
  mechanism(mechanisms: readonly SignMechanism[]): string {
    return mechanismName(this.#usable(mechanisms)[0]!.mechanism.type);
  }

  /** Those who wait for a session hear of it; what a session is at is carried out first. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pool.end(new SigningError('ERR_TOKEN', { token: this.#label, part: 'closed' }));
    await this.#reopening?.catch(() => {});
    await this.#pool.rest();
    await closeAll(this.#pool.sessions);
    countUsers(this.#library, -1);
  }

  async #signOnce(
    data: Uint8Array,
    mechanisms: readonly SignMechanism[],
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const loan = await this.#pool.take(signal);
    try {
      if (loan.session === undefined) throw new CryptokiError(ckr.sessionHandleInvalid, 'C_SignInit');
      return await this.#signWith(loan.session, data, mechanisms);
    } finally {
      this.#pool.giveBack(loan);
    }
  }

  async #signWith(
    session: KeySession,
    data: Uint8Array,
    mechanisms: readonly SignMechanism[],
  ): Promise<Uint8Array> {
    const usable = this.#usable(mechanisms);
    for (let at = 0; at < usable.length; at++) {
      const { mechanism, input } = usable[at]!;
      try {
        return await session.sign(input(data), mechanism);
      } catch (error) {
        if (!isMechanismRefused(error) || at === mechanisms.length - 1) throw error;
        this.#refused.add(mechanism.type);
      }
    }
    throw new SigningError('ERR_MECHANISM_MISSING', { token: this.#label });
  }

  #usable(mechanisms: readonly SignMechanism[]): readonly SignMechanism[] {
    if (this.#refused.size === 0) return mechanisms;
    const usable = mechanisms.filter(({ mechanism }) => !this.#refused.has(mechanism.type));
    return usable.length === 0 ? mechanisms : usable;
  }

  #explain(error: unknown): unknown {
    // An abort is the caller's own reason and is handed back as it is.
    if (error instanceof Error && error.name === 'AbortError') return error;
    return tokenError(error, { token: this.#label });
  }

  async #openSessions(): Promise<void> {
    const sessions: KeySession[] = [];
    let places = 1;
    try {
      const first = this.#openLocal();
      sessions.push(first);
      await this.#login(first.handle);
      const handle = this.#findKey(first.handle);
      this.#key = { handle, signatureBytes: this.#signatureBytes };
      const [always] = this.#library.read(first.handle, handle, [cka.alwaysAuthenticate]);
      this.#alwaysAuthenticate = always?.[0] === 1;
      const { sessions: count, threadModule: module } = this.#options;
      if (count > 1 && module !== undefined && !this.#alwaysAuthenticate) {
        const home = { module, loader: this.#library.loader, slot: this.#slot, key: this.#key };
        const open = () => SessionThread.open(home);
        places = PLACES_AT_THREAD;
        // Given up when others hold the login, and before the last one is opened: a token may have no more than asked for.
        sessions.push(...(await openAll(count - 1, open)));
        await sessions.shift()!.close();
        sessions.push(await open());
      } else while (sessions.length < count) sessions.push(this.#openLocal());
    } catch (error) {
      await closeAll(sessions);
      throw tokenError(error, { token: this.#label });
    }
    this.#generation++;
    this.#pool.replace(sessions, places);
  }

  #openLocal(): LocalSession {
    return new LocalSession(this.#library, this.#slot, {
      key: () => this.#key!,
      beforeSigning: (session) =>
        this.#alwaysAuthenticate ? this.#authenticate(session, cku.contextSpecific) : undefined,
    });
  }

  /** However many operations notice the loss, the token is looked for once. */
  #reopen(): Promise<void> {
    this.#reopening ??= this.#findAgain().finally(() => {
      this.#reopening = undefined;
    });
    return this.#reopening;
  }

  /** Begins when every session is at rest: a module that is restarted, or a session closed, beneath an operation crashes. */
  async #findAgain(): Promise<void> {
    await this.#pool.rest();
    try {
      await closeAll(this.#pool.sessions);
      const again = this.#present() ?? this.#presentAfterRestart();
      if (again === undefined) throw new SigningError('ERR_TOKEN_GONE', { token: this.#label });
      this.#slot = again.slot;
      await this.#openSessions();
    } catch (error) {
      this.#pool.refuse(error);
      throw error;
    }
  }

  #present(): TokenInfo | undefined {
    const { serial, label } = this.#options.token;
    try {
      return this.#library.tokens().find((token) => token.serial === serial && token.label === label);
    } catch (error) {
      if (error instanceof CryptokiError) return undefined;
      throw error;
    }
  }

  /** Some modules look for tokens only when they start. Nobody else may have sessions to lose by that. */
  #presentAfterRestart(): TokenInfo | undefined {
    if (usersOf(this.#library) > 1) return undefined;
    try {
      this.#library.reinitialize();
    } catch (error) {
      if (error instanceof CryptokiError) return undefined;
      throw error;
    }
    return this.#present();
  }

  async #login(session: Handle): Promise<void> {
    const { flags } = this.#library.tokenInfo(this.#slot);
    if ((flags & ckf.loginRequired) === 0 || this.#library.isLoggedIn(session)) return;
    await this.#authenticate(session, cku.user);
  }

  /** One at a time, so that a PIN that turns out to be wrong is not in use elsewhere. */
  #authenticate(session: Handle, userType: number): Promise<void> {
    const turn = this.#turn.then(() => this.#authenticateOnce(session, userType));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** One attempt, never repeated: tokens lock after a few, and nobody may spend them unasked. */
  async #authenticateOnce(session: Handle, userType: number): Promise<void> {
    if (this.#wrongPin !== undefined) throw this.#wrongPin;
    const { flags, pinLength } = this.#library.tokenInfo(this.#slot);
    const before = pinState(flags);
    refuseHopelessPin(before, { token: this.#label });
    if (before === 'count-low') this.#options.tell('pin-count-low');
    if ((flags & ckf.protectedAuthenticationPath) !== 0) {
      this.#options.tell('keypad');
      this.#tryLogin(session, userType, undefined);
      return;
    }
    await withPin(this.#options.pin, (pin) => {
      this.#refuseImpossiblePin(pin, pinLength);
      this.#tryLogin(session, userType, pin);
    });
  }

  #tryLogin(session: Handle, userType: number, pin: Uint8Array | undefined): void {
    try {
      this.#library.login(session, userType, pin);
    } catch (error) {
      const value = error instanceof CryptokiError ? error.returnValue : undefined;
      if (value === ckr.userAlreadyLoggedIn && userType === cku.user) return;
      const explained = tokenError(error, { token: this.#label, ...this.#stateAfter(value) });
      if (explained.category !== 'auth') throw error;
      this.#wrongPin = explained;
      throw explained;
    }
  }

  #stateAfter(value: number | undefined): { readonly pinState?: string; readonly triesLow?: boolean } {
    if (value !== ckr.pinIncorrect) return {};
    try {
      const state = pinState(this.#library.tokenInfo(this.#slot).flags);
      return { pinState: state, triesLow: state !== 'ok' };
    } catch {
      return {};
    }
  }

  /** What cannot be the PIN costs no attempt. */
  #refuseImpossiblePin(pin: Uint8Array, { least, most }: TokenInfo['pinLength']): void {
    const isTold = most > 0 && most >= least && most < 0xffff_ffff;
    const fits = !isTold || (pin.length >= least && pin.length <= most);
    if (pin.length > 0 && fits && isUtf8(pin)) return;
    throw new SigningError('ERR_PIN_INVALID', { token: this.#label, ...(isTold && { least, most }) });
  }

  /** The key under the certificate's id; where makers gave the two different ids, the one with the same public number. */
  #findKey(session: Handle): Handle {
    const { id } = this.#options;
    const isPrivateKey = { type: cka.class, value: ulongBytes(cko.privateKey) };
    const byId = id === undefined ? [isPrivateKey] : [isPrivateKey, { type: cka.id, value: id }];
    const found = this.#library.find(session, byId, 16);
    if (found.length === 1) return found[0]!;
    const modulus = modulusOf(this.#options.certificate);
    const same =
      modulus === undefined
        ? found
        : this.#library.find(session, [isPrivateKey, { type: cka.modulus, value: modulus }], 16);
    const [key, ...others] = same;
    if (key === undefined) throw new SigningError('ERR_KEY_MISSING', { token: this.#label });
    if (others.length > 0) throw new SigningError('ERR_KEY_AMBIGUOUS', { count: others.length + 1 });
    return key;
  }
}

const isMechanismRefused = (error: unknown): boolean =>
  error instanceof CryptokiError &&
  error.functionName === 'C_SignInit' &&
  (error.returnValue === ckr.mechanismInvalid || error.returnValue === ckr.mechanismParamInvalid);

/** All of them, or none: those that did open are closed when one did not. */
async function openAll(count: number, open: () => Promise<KeySession>): Promise<readonly KeySession[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, open));
  const failed = opened.find((one) => one.status === 'rejected');
  const sessions = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (failed === undefined) return sessions;
  await closeAll(sessions);
  throw failed.reason;
}

async function closeAll(sessions: Iterable<KeySession>): Promise<void> {
  await Promise.all(Array.from(sessions, (session) => session.close()));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function modulusOf(certificate: X509Certificate): Uint8Array | undefined {
  const { n } = certificate.publicKey.export({ format: 'jwk' });
  return n === undefined ? undefined : Buffer.from(n, 'base64url');
}
