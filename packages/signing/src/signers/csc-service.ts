import { decodeBase64, encodeBase64 } from '../base64.ts';
import { SigningError } from '../errors.ts';
import type { HashName } from '../signature-algorithms.ts';
import { signatureAlgorithm } from '../signature-algorithms.ts';
import type { SignatureAlgorithm } from '../types.ts';
import type { RemoteService } from './remote-signer.ts';
import { askService, readServiceCertificates } from './remote-signer.ts';

export interface CscServiceOptions {
  /** How the service is named to people. */
  readonly name: string;
  /** Up to and including the version, `https://…/csc/v1`. Plain http is taken for loopback addresses only. */
  readonly url: string;
  readonly credentialId: string;
  readonly fetch: typeof fetch;
  /** The service's bearer token; asked for before every call, so that it can be renewed. */
  readonly token: () => Promise<string>;
  /** What authorises one signature: the PIN and one-time password the service asks its user for, if any. */
  readonly authorization?: () => Promise<{ readonly PIN?: string; readonly OTP?: string }>;
  /** For one call, in milliseconds. */
  readonly timeout?: number;
}

const hashOids: Readonly<Record<HashName, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** Signature algorithms by which a service of the Cloud Signature Consortium names them (RFC 8017). */
const signOids: ReadonlyMap<SignatureAlgorithm, string> = new Map([
  ['rsa-sha256', '1.2.840.113549.1.1.11'],
  ['rsa-sha384', '1.2.840.113549.1.1.12'],
  ['rsa-sha512', '1.2.840.113549.1.1.13'],
]);

/**
 * A remote service that speaks the protocol of the Cloud Signature Consortium, version 1 or 2 (ETSI TS 119 432):
 * `credentials/info`, `credentials/authorize`, `signatures/signHash`. The authorisation itself waits for the user.
 */
export function cscService(options: CscServiceOptions): RemoteService {
  const { name, credentialId } = options;
  const base = checkServiceUrl(options.url, name);
  const ask = async (path: string, body: object, signal: AbortSignal | undefined) =>
    askService(
      {
        fetch: options.fetch,
        service: name,
        url: `${base}/${path}`,
        headers: { authorization: `Bearer ${await options.token()}` },
        ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      },
      { credentialID: credentialId, ...body },
      signal,
    );
  const done = new Map<string, Uint8Array>();
  let count = 0;
  return {
    name,
    algorithms: [...signOids.keys()],
    certificates: async (signal) => {
      const answer = await ask(
        'credentials/info',
        { certificates: 'chain', certInfo: true, authInfo: true },
        signal,
      );
      const { certificates } = (answer['cert'] ?? {}) as { certificates?: unknown };
      return readServiceCertificates(certificates, name);
    },
    request: async (hash, algorithm, signal) => {
      const hashes = [encodeBase64(hash)];
      const secrets = await options.authorization?.();
      const authorized = await ask(
        'credentials/authorize',
        { numSignatures: 1, hash: hashes, ...secrets },
        signal,
      );
      const SAD = authorized['SAD'];
      if (typeof SAD !== 'string') throw new SigningError('ERR_REMOTE_REFUSED', { service: name });
      const hashAlgo = hashOids[signatureAlgorithm(algorithm).hash];
      const signed = await ask(
        'signatures/signHash',
        { SAD, hash: hashes, hashAlgo, signAlgo: signOids.get(algorithm)! },
        signal,
      );
      const [first] = Array.isArray(signed['signatures']) ? (signed['signatures'] as unknown[]) : [];
      const value = typeof first === 'string' ? decodeBase64(first) : undefined;
      if (value === undefined)
        throw new SigningError('ERR_REMOTE_ANSWER', { service: name, part: 'signatures' });
      const ticket = String(++count);
      done.set(ticket, value);
      return ticket;
    },
    answer: async (ticket) => {
      const value = done.get(ticket);
      done.delete(ticket);
      return value === undefined ? { state: 'expired' } : { state: 'signed', value };
    },
  };
}

/** Secrets and hashes do not travel unprotected; loopback is for the reference server. */
export function checkServiceUrl(url: string, service: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLoopback = parsed !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname);
  if (
    parsed === undefined ||
    !(parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback))
  ) {
    throw new SigningError('ERR_REMOTE_UNKNOWN', { name: service, part: 'url' });
  }
  return url.replace(/\/+$/, '');
}
