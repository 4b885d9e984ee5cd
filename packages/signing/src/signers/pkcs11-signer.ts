import { X509Certificate } from 'node:crypto';
import { certificateFacts } from '../certificates/certificate-facts.ts';
import { firstDer } from '../certificates/der.ts';
import { SigningError } from '../errors.ts';
import { describeKey } from '../signature-algorithms.ts';
import type { PinSource, Signer } from '../types.ts';
import type { Cryptoki, Handle, TokenInfo } from './cryptoki.ts';
import { cka, ckf, cko, ckr, CryptokiError, cku } from './cryptoki.ts';
import { algorithmsFor } from './key-object-signer.ts';
import type { Pkcs11Uri } from './key-reference.ts';
import { countUsers, openModule, usersOf } from './modules.ts';
import { withPin } from './pin.ts';
import { SessionPool } from './session-pool.ts';
import { canSign, chooseMechanism } from './sign-mechanism.ts';
import type { SignMechanism } from './sign-mechanism.ts';
import { isTokenGone, pinState, refuseHopelessPin, tokenError } from './token-errors.ts';

export interface Pkcs11SignerOptions {
  readonly uri: Pkcs11Uri;
  /** Path of the module when the URI names none. */
  readonly module?: string;
  /** Asked once, and only after the token with the wanted certificate was found. Not asked where the token has its own keypad. */
  readonly pin?: PinSource;
  /** Operations at one time. One suits tokens; an HSM takes more. */
  readonly sessions?: number;
  /** The certificate, when the token does not hold it or shows it only after login. */
  readonly certificate?: X509Certificate;
  readonly load?: (path: string) => Cryptoki;
}

interface Found {
  readonly token: TokenInfo;
  readonly certificate: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly id: Uint8Array | undefined;
}

const ulong = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(
    process.platform === 'win32' || process.arch === 'ia32' || process.arch === 'arm' ? 4 : 8,
  );
  bytes.writeUInt32LE(value);
  return bytes;
};

/**
 * A signer for a key in a token or HSM. The token is chosen by the certificate it holds, found without login; the PIN is
 * then tried once. When the token goes away while signing, it is looked for again once, by serial number.
 *
 * @throws SigningError `ERR_MODULE_*`, `ERR_TOKEN_*`, `ERR_PIN_*`, `ERR_CERTIFICATE_MISSING`, `ERR_KEY_MISSING`, `ERR_KEY_AMBIGUOUS`.
 */
export async function pkcs11Signer(options: Pkcs11SignerOptions): Promise<Signer> {
  const path = options.uri.modulePath ?? options.module;
  if (path === undefined) throw new SigningError('ERR_MODULE_MISSING');
  const module = openModule(path, options.load);
  const found = choose(module, options);
  const session = new TokenSession(module, found, options);
  await session.open();
  countUsers(module, 1);
  const label = `pkcs11:token=${encodeURIComponent(found.token.label)};serial=${encodeURIComponent(found.token.serial)}`;
  const mechanisms = module.mechanisms(found.token.slot);
  const algorithms = algorithmsFor(found.certificate.publicKey).filter((name) => canSign(mechanisms, name));
  const signs =
    (given: 'data' | 'hash'): Signer['sign'] =>
    async (bytes, algorithm, signal) => {
      if (!algorithms.includes(algorithm))
        throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
      return session.sign(bytes, chooseMechanism(mechanisms, algorithm, given), signal);
    };
  return {
    certificate: found.certificate,
    chain: found.chain,
    algorithms,
    label,
    sign: signs('data'),
    signHash: signs('hash'),
    close: async () => session.close(),
  };
}

/** The one certificate that fits the URI, over all tokens; nobody logs in for this. */
function choose(module: Cryptoki, options: Pkcs11SignerOptions): Found {
  const { uri, certificate } = options;
  let tokens: readonly TokenInfo[];
  try {
    tokens = module.tokens().filter((token) => fits(token, uri));
  } catch (error) {
    throw tokenError(error);
  }
  if (tokens.length === 0)
    throw new SigningError('ERR_TOKEN_MISSING', { ...(uri.token && { token: uri.token }) });
  if (certificate !== undefined) {
    if (tokens.length > 1) throw new SigningError('ERR_TOKEN_AMBIGUOUS', { tokens: tokens.length });
    return { token: tokens[0]!, certificate, chain: [], id: uri.id };
  }
  const found = tokens.flatMap((token) => {
    const held = certificatesOf(module, token);
    const subscribers = held.filter((one) => !certificateFacts(one.certificate).isAuthority);
    return subscribers
      .filter((one) => uri.id === undefined || (one.id !== undefined && Buffer.compare(one.id, uri.id) === 0))
      .filter((one) => uri.object === undefined || one.label === uri.object)
      .map((one) => ({
        token,
        certificate: one.certificate,
        chain: held.map((other) => other.certificate).filter((other) => one.certificate.checkIssued(other)),
        id: one.id,
      }));
  });
  const [first, ...others] = found;
  if (first === undefined) throw new SigningError('ERR_CERTIFICATE_MISSING', { tokens: tokens.length });
  if (others.length === 0) return first;
  const isOneToken = others.every((other) => other.token.slotId === first.token.slotId);
  throw new SigningError(isOneToken ? 'ERR_KEY_AMBIGUOUS' : 'ERR_TOKEN_AMBIGUOUS', {
    certificates: found.length,
  });
}

const fits = (token: TokenInfo, uri: Pkcs11Uri): boolean =>
  (uri.token ?? token.label) === token.label &&
  (uri.manufacturer ?? token.manufacturer) === token.manufacturer &&
  (uri.model ?? token.model) === token.model &&
  (uri.serial ?? token.serial) === token.serial &&
  (uri.slotId ?? token.slotId) === token.slotId;

export interface TokenCertificate {
  readonly certificate: X509Certificate;
  readonly id: Uint8Array | undefined;
  readonly label: string | undefined;
}

/** Every readable certificate on a token, without login. */
export function certificatesOf(module: Cryptoki, token: TokenInfo): TokenCertificate[] {
  try {
    const session = module.openSession(token.slot);
    try {
      const objects = module.find(session, [{ type: cka.class, value: ulong(cko.certificate) }], 256);
      return objects.flatMap((object) => {
        const [value, id, label] = module.read(session, object, [cka.value, cka.id, cka.label]);
        const certificate = value === undefined ? undefined : readTokenCertificate(value);
        if (certificate === undefined) return [];
        return [{ certificate, id, label: label && Buffer.from(label).toString('utf8') }];
      });
    } finally {
      module.closeSession(session);
    }
  } catch (error) {
    throw tokenError(error, { token: token.label });
  }
}

/** Some tokens pad the value with zeros; others hold objects that are no certificates at all. */
function readTokenCertificate(value: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(firstDer(value).bytes);
  } catch {
    return undefined;
  }
}

class TokenSession {
  readonly #module: Cryptoki;
  readonly #found: Found;
  readonly #options: Pkcs11SignerOptions;
  readonly #signatureBytes: number;
  readonly #pool = new SessionPool([]);
  #slot: Handle;
  #key: Handle | undefined;
  #alwaysAuthenticate = false;
  #reopening: Promise<void> | undefined;
  #generation = 0;
  #isClosed = false;

  constructor(module: Cryptoki, found: Found, options: Pkcs11SignerOptions) {
    this.#module = module;
    this.#found = found;
    this.#options = options;
    this.#slot = found.token.slot;
    const description = describeKey(found.certificate.publicKey);
    this.#signatureBytes = typeof description === 'string' ? 0 : description.signatureBytes;
  }

  async open(): Promise<void> {
    const sessions: Handle[] = [];
    try {
      for (let count = this.#options.sessions ?? 1; count > 0; count--)
        sessions.push(this.#module.openSession(this.#slot));
      await this.#login(sessions[0]!);
      this.#key = this.#findKey(sessions[0]!);
      const [always] = this.#module.read(sessions[0]!, this.#key, [cka.alwaysAuthenticate]);
      this.#alwaysAuthenticate = always?.[0] === 1;
    } catch (error) {
      this.#release(sessions);
      throw tokenError(error, { token: this.#found.token.label });
    }
    this.#generation++;
    this.#pool.replace(sessions);
  }

  async sign(
    data: Uint8Array,
    { mechanism, input }: SignMechanism,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const attempt = () =>
      this.#pool.use(async (session) => {
        this.#module.signInit(session, mechanism, this.#key!);
        if (this.#alwaysAuthenticate) await this.#authenticate(session, cku.contextSpecific);
        return this.#module.sign(session, input(data), this.#signatureBytes);
      }, signal);
    const generation = this.#generation;
    try {
      return await attempt();
    } catch (error) {
      if (!isTokenGone(error)) throw this.#explain(error);
    }
    try {
      if (generation === this.#generation) await this.#reopen();
      return await attempt();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    countUsers(this.#module, -1);
    this.#release(this.#pool.sessions);
    this.#pool.replace([]);
  }

  #explain(error: unknown): unknown {
    // An abort is the caller's own reason and is handed back as it is.
    if (error instanceof Error && error.name === 'AbortError') return error;
    return tokenError(error, { token: this.#found.token.label });
  }

  /** However many operations notice the loss, the token is looked for once. */
  #reopen(): Promise<void> {
    this.#reopening ??= this.#findAgain().finally(() => {
      this.#reopening = undefined;
    });
    return this.#reopening;
  }

  async #findAgain(): Promise<void> {
    this.#release(this.#pool.sessions);
    const again = this.#present() ?? this.#presentAfterRestart();
    if (again === undefined) throw new SigningError('ERR_TOKEN_GONE', { token: this.#found.token.label });
    this.#slot = again.slot;
    await this.open();
  }

  #present(): TokenInfo | undefined {
    const { serial, label } = this.#found.token;
    try {
      return this.#module.tokens().find((token) => token.serial === serial && token.label === label);
    } catch (error) {
      if (error instanceof CryptokiError) return undefined;
      throw error;
    }
  }

  /** Some modules look for tokens only when they start. Nobody else may have sessions to lose by that. */
  #presentAfterRestart(): TokenInfo | undefined {
    if (usersOf(this.#module) > 1) return undefined;
    try {
      this.#module.reinitialize();
    } catch (error) {
      if (error instanceof CryptokiError) return undefined;
      throw error;
    }
    return this.#present();
  }

  async #login(session: Handle): Promise<void> {
    const { flags } = this.#module.tokenInfo(this.#slot);
    if ((flags & ckf.loginRequired) === 0 || this.#module.isLoggedIn(session)) return;
    await this.#authenticate(session, cku.user);
  }

  /** One attempt, never repeated: tokens lock after a few, and nobody may spend them unasked. */
  async #authenticate(session: Handle, userType: number): Promise<void> {
    const { flags } = this.#module.tokenInfo(this.#slot);
    refuseHopelessPin(pinState(flags));
    const login = (pin: Uint8Array | undefined) => {
      try {
        this.#module.login(session, userType, pin);
      } catch (error) {
        const value = error instanceof CryptokiError ? error.returnValue : undefined;
        if (value === ckr.userAlreadyLoggedIn) return;
        if (value !== ckr.pinIncorrect) throw error;
        const after = pinState(this.#module.tokenInfo(this.#slot).flags);
        throw tokenError(error, {
          token: this.#found.token.label,
          pinState: after,
          triesLow: after !== 'ok',
        });
      }
    };
    if ((flags & ckf.protectedAuthenticationPath) !== 0) login(undefined);
    else await withPin(this.#options.pin, login);
  }

  #findKey(session: Handle): Handle {
    const { id } = this.#found;
    const isPrivateKey = { type: cka.class, value: ulong(cko.privateKey) };
    const template = id === undefined ? [isPrivateKey] : [isPrivateKey, { type: cka.id, value: id }];
    const [key, ...others] = this.#module.find(session, template, 16);
    if (key === undefined) throw new SigningError('ERR_KEY_MISSING', { token: this.#found.token.label });
    if (others.length > 0) throw new SigningError('ERR_KEY_AMBIGUOUS', { keys: others.length + 1 });
    return key;
  }

  #release(sessions: readonly Handle[]): void {
    for (const session of sessions) {
      try {
        this.#module.closeSession(session);
      } catch {
        // The token may be gone, and its sessions with it.
      }
    }
  }
}
