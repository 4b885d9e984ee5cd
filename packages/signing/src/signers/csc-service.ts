import { encodeBase64 } from '../base64.ts';
import type { SigningErrorCode } from '../errors.ts';
import { SigningError } from '../errors.ts';
import { signatureAlgorithm } from '../signature-algorithms.ts';
import type { SignatureAlgorithm } from '../types.ts';
import type { ServiceAnswer, ServiceCall } from './ask-service.ts';
import {
  askService,
  bearer,
  checkServiceUrl,
  objectOf,
  oneSignature,
  readServiceCertificates,
  textOf,
} from './ask-service.ts';
import { algorithmsOfOids, cscAlgorithm, usualAlgorithms } from './csc-algorithms.ts';
import { rawEcdsaValue } from './ecdsa-value.ts';
import type { RemoteAnswer, RemoteService } from './remote-signer.ts';

/** What authorises one signature: the PIN and one-time code that the service asks its user for. */
export interface CscFactors {
  readonly PIN?: string;
  readonly OTP?: string;
}

export interface CscServiceOptions {
  /** How the service is named to people. */
  readonly name: string;
  /** Up to and including the version, `https://…/csc/v1`. Plain http is taken for loopback addresses only. */
  readonly url: string;
  /** Default: what the address ends with, and 1 where it does not say. */
  readonly version?: 1 | 2;
  readonly credentialId: string;
  readonly fetch: typeof fetch;
  /** The service's bearer token; asked for before every call. `isRefused`: the one given before is not accepted any more. */
  readonly token: (isRefused: boolean) => Promise<string>;
  /** Asked where the credential wants a PIN or a code; a code that is sent to the user has been sent before. */
  readonly authorization?: (needs: { readonly PIN: boolean; readonly OTP: boolean }) => Promise<CscFactors>;
  /** For one call, in milliseconds. */
  readonly timeout?: number;
  /** For the call that waits for the user, in milliseconds; default five minutes. */
  readonly patience?: number;
}

interface Credential {
  readonly isImplicit: boolean;
  readonly needs: { readonly PIN: boolean; readonly OTP: boolean };
  readonly isCodeSent: boolean;
}

/** Names that changed from version 1 to 2. */
const names = {
  1: { hashes: 'hash', hashAlgorithm: 'hashAlgo' },
  2: { hashes: 'hashes', hashAlgorithm: 'hashAlgorithmOID' },
} as const;

/**
 * A remote service that speaks the protocol of the Cloud Signature Consortium, version 1 or 2 (ETSI TS 119 432):
 * `credentials/info`, `credentials/authorize`, `signatures/signHash`. A credential may want a PIN and a one-time code, or a
 * confirmation on a device; in version 1 the authorisation itself waits for it, in version 2 it is asked for by its handle.
 */
export function cscService(options: CscServiceOptions): RemoteService {
  const { name, credentialId, timeout } = options;
  const base = checkServiceUrl(options.url, name);
  const version = options.version ?? (base.endsWith('/v2') ? 2 : 1);
  const call = async (
    path: string,
    body: object,
    signal: AbortSignal | undefined,
    wait: Pick<ServiceCall, 'timeout' | 'lateness'> = timeout === undefined ? {} : { timeout },
  ): Promise<ServiceAnswer> => {
    const attempt = async (isRefused: boolean): Promise<ServiceAnswer> =>
      askService(
        {
          fetch: options.fetch,
          service: name,
          url: `${base}/${path}`,
          headers: bearer(await options.token(isRefused), name),
          meaningOf,
          ...wait,
        },
        body,
        signal,
      );
    try {
      return await attempt(false);
    } catch (error) {
      // A refused token means that nothing was done, so asking again does no harm.
      if (!(error instanceof SigningError) || error.code !== 'ERR_REMOTE_CREDENTIALS') throw error;
      return attempt(true);
    }
  };
  let credential: Credential | undefined;
  let algorithms: readonly SignatureAlgorithm[] | undefined;
  const open = new Map<string, { readonly hash: Uint8Array; readonly algorithm: SignatureAlgorithm }>();
  const done = new Map<string, Uint8Array>();

  const signHash = async (
    SAD: string,
    hash: Uint8Array,
    algorithm: SignatureAlgorithm,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> => {
    const { hashOid, signOid, parameters } = cscAlgorithm(algorithm);
    const signed = await call(
      'signatures/signHash',
      {
        credentialID: credentialId,
        SAD,
        [names[version].hashes]: [encodeBase64(hash)],
        [names[version].hashAlgorithm]: hashOid,
        signAlgo: signOid,
        ...(parameters !== undefined && { signAlgoParams: parameters }),
      },
      signal,
    );
    const value = oneSignature(signed['signatures'], name);
    return signatureAlgorithm(algorithm).scheme === 'ecdsa' ? rawEcdsaValue(value) : value;
  };

  return {
    name,
    get algorithms() {
      return algorithms ?? usualAlgorithms;
    },
    confirmsOnDevice: () => credential?.isImplicit ?? false,
    certificates: async (signal) => {
      const answer = await call(
        'credentials/info',
        { credentialID: credentialId, certificates: 'chain', certInfo: true, authInfo: true },
        signal,
      );
      const cert = objectOf(answer['cert']) ?? {};
      const key = objectOf(answer['key']) ?? {};
      const status = textOf(cert['status'])?.toLowerCase();
      if (status === 'revoked' || status === 'suspended')
        throw new SigningError('ERR_CERTIFICATE_REVOKED', { service: name });
      if (textOf(key['status'])?.toLowerCase() === 'disabled')
        throw new SigningError('ERR_REMOTE_LOCKED', { service: name });
      credential = readCredential(answer);
      const oids = Array.isArray(key['algo']) ? key['algo'].filter((oid) => typeof oid === 'string') : [];
      algorithms = algorithmsOfOids(oids);
      return readServiceCertificates(cert['certificates'], name);
    },
    request: async (hash, algorithm, signal) => {
      const hashes = [encodeBase64(hash)];
      const { hashOid } = cscAlgorithm(algorithm);
      const factors = await askFactors(signal);
      const answer = await call(
        'credentials/authorize',
        {
          credentialID: credentialId,
          numSignatures: 1,
          [names[version].hashes]: hashes,
          ...(version === 1
            ? factors
            : {
                hashAlgorithmOID: hashOid,
                authData: Object.entries(factors).map(([id, value]) => ({ id, value })),
              }),
        },
        signal,
        ...(credential?.isImplicit === true && version === 1
          ? [{ timeout: options.patience ?? 300_000, lateness: 'ERR_REMOTE_TIMEOUT' } as const]
          : []),
      );
      const handle = textOf(answer['handle']);
      const SAD = textOf(answer['SAD']);
      if (SAD === undefined && handle !== undefined && /^[\w.~-]{1,200}$/.test(handle)) {
        open.set(handle, { hash, algorithm });
        return handle;
      }
      if (SAD === undefined) throw new SigningError('ERR_REMOTE_REFUSED', { service: name });
      const ticket = `signed-${done.size}-${hashes[0]!}`;
      done.set(ticket, await signHash(SAD, hash, algorithm, signal));
      return ticket;
    },
    answer: async (ticket, signal): Promise<RemoteAnswer> => {
      const value = done.get(ticket);
      if (value !== undefined) {
        done.delete(ticket);
        return { state: 'signed', value };
      }
      const pending = open.get(ticket);
      if (pending === undefined) return { state: 'expired' };
      const answer = await call('credentials/authorizeCheck', { handle: ticket }, signal);
      const SAD = textOf(answer['SAD']);
      if (SAD === undefined) return { state: 'waiting' };
      open.delete(ticket);
      return { state: 'signed', value: await signHash(SAD, pending.hash, pending.algorithm, signal) };
    },
  };

  async function askFactors(signal: AbortSignal | undefined): Promise<CscFactors> {
    if (options.authorization === undefined) {
      if (credential !== undefined && !credential.isImplicit)
        throw new SigningError('ERR_PIN_REQUIRED', { service: name });
      return {};
    }
    // What the credential wants is not known before its certificates were read; then everything there is is given.
    const needs = credential?.needs ?? { PIN: true, OTP: false };
    if (credential?.isImplicit === true) return {};
    if (credential?.isCodeSent === true)
      await call('credentials/sendOTP', { credentialID: credentialId }, signal);
    return options.authorization(needs);
  }
}

/** Version 1 writes `authMode`, `PIN` and `OTP`, version 2 `auth`. */
function readCredential(answer: ServiceAnswer): Credential {
  const auth = objectOf(answer['auth']);
  if (auth !== undefined) {
    const words = (textOf(auth['expression']) ?? '').split(/\W+/);
    const ids = Array.isArray(auth['objects'])
      ? auth['objects'].map((one) => textOf(objectOf(one)?.['id']) ?? '')
      : [];
    const has = (id: string): boolean => words.includes(id) || ids.includes(id);
    const needs = { PIN: has('PIN'), OTP: has('OTP') };
    return { isImplicit: textOf(auth['mode']) === 'implicit', needs, isCodeSent: needs.OTP };
  }
  const factor = (id: string): ServiceAnswer => objectOf(answer[id]) ?? {};
  const wants = (id: string): boolean => String(factor(id)['presence'] ?? 'false') !== 'false';
  const needs = { PIN: wants('PIN'), OTP: wants('OTP') };
  const mode = textOf(answer['authMode']);
  // A service that says nothing at all about authorisation is given what its configuration has.
  if (mode === undefined) return { isImplicit: false, needs: { PIN: true, OTP: false }, isCodeSent: false };
  return {
    isImplicit: mode === 'implicit',
    needs,
    isCodeSent: needs.OTP && textOf(factor('OTP')['type']) !== 'offline',
  };
}

const meanings: ReadonlyMap<string, SigningErrorCode> = new Map([
  ['invalid_pin', 'ERR_REMOTE_CODE'],
  ['invalid_otp', 'ERR_REMOTE_CODE'],
  ['access_denied', 'ERR_REMOTE_REFUSED'],
  ['authorization_expired', 'ERR_REMOTE_EXPIRED'],
  ['credential_locked', 'ERR_REMOTE_LOCKED'],
  ['certificate_revoked', 'ERR_CERTIFICATE_REVOKED'],
  ['invalid_token', 'ERR_REMOTE_CREDENTIALS'],
  ['invalid_client', 'ERR_REMOTE_CREDENTIALS'],
]);

/** Services agree on a few codes; for the rest their English sentence is all there is. */
function meaningOf(answer: ServiceAnswer): SigningErrorCode | undefined {
  const known = meanings.get(textOf(answer['error']) ?? '');
  if (known !== undefined) return known;
  const sentence = (textOf(answer['error_description']) ?? '').slice(0, 500).toLowerCase();
  if (/\bexpired\b/.test(sentence)) return 'ERR_REMOTE_EXPIRED';
  if (/\b(locked|blocked|disabled)\b/.test(sentence)) return 'ERR_REMOTE_LOCKED';
  return /\brevoked\b/.test(sentence) ? 'ERR_CERTIFICATE_REVOKED' : undefined;
}
