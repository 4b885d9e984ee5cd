import { createHash, type X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprintOf } from '../certificates/known-certificate.ts';
import { SigningError } from '../errors.ts';
import { digestLength, signatureAlgorithm } from '../signature-algorithms.ts';
import type { SigningJob } from '../sign-xml.ts';
import type { SignatureAlgorithm, Signer } from '../types.ts';
import { algorithmsFor } from './key-object-signer.ts';

/** Where a request to a remote service stands. `expired`: the user did not answer in the service's own time. */
export type RemoteAnswer =
  | { readonly state: 'waiting' }
  | { readonly state: 'signed'; readonly value: Uint8Array }
  | { readonly state: 'refused' }
  | { readonly state: 'expired' };

/** A service that holds the key and may ask its user: a request, then one or more questions for the answer. */
export interface RemoteService {
  readonly name: string;
  /** The signer's certificate first. */
  certificates(signal: AbortSignal | undefined): Promise<readonly X509Certificate[]>;
  /** Algorithms the service offers for the key; all that the key allows when it does not say. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** Whether a person has to confirm on a device of his own; known once the certificates were read. */
  confirmsOnDevice?(): boolean;
  /** The code that the device shows for this hash, so that its user can compare. */
  controlCode?(hash: Uint8Array): string;
  request(hash: Uint8Array, algorithm: SignatureAlgorithm, signal: AbortSignal | undefined): Promise<string>;
  answer(ticket: string, signal: AbortSignal | undefined): Promise<RemoteAnswer>;
}

export interface RemoteSignerOptions {
  readonly service: RemoteService;
  /** How long the user may take, in milliseconds; default five minutes. */
  readonly patience?: number;
  /** Between two questions, in milliseconds; default three seconds. */
  readonly interval?: number;
  /** SHA-256 of the only certificate that is right, hexadecimal. */
  readonly fingerprint?: string;
  /** Told before a request that a person has to confirm, with the code that he should see. */
  readonly onConfirmation?: (request: { readonly service: string; readonly code?: string }) => void;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Questions in a row that may fail before the waiting ends: the user may have confirmed already. */
const failuresAllowed = 5;

/**
 * A signer whose key is held by a remote service. Only the hash of what is signed leaves the machine, never the document.
 *
 * @throws SigningError `ERR_CERTIFICATE_MISSING`, `ERR_CERTIFICATE_REVOKED`, `ERR_REMOTE_CERTIFICATE`, and while signing
 * `ERR_REMOTE_REFUSED`, `ERR_REMOTE_EXPIRED`, `ERR_REMOTE_TIMEOUT`, `ERR_REMOTE_ANSWER`, `ERR_REMOTE_CODE`, `ERR_REMOTE_LOCKED`,
 * `ERR_REMOTE_CREDENTIALS`, `ERR_REMOTE_UNAVAILABLE`, `ERR_REMOTE_UNREACHABLE`.
 * @example
 * const service = smartCaService({ name: 'unit', url, provider, userId, fetch });
 * const signer = await remoteSigner({ service, onConfirmation: () => console.error('Confirm on the phone') });
 */
export async function remoteSigner(options: RemoteSignerOptions): Promise<Signer> {
  const { service } = options;
  const [certificate, ...chain] = await service.certificates(options.signal);
  if (certificate === undefined) throw new SigningError('ERR_CERTIFICATE_MISSING', { service: service.name });
  const pinned = options.fingerprint?.replaceAll(':', '').toLowerCase();
  if (pinned !== undefined && pinned !== fingerprintOf(certificate))
    throw new SigningError('ERR_REMOTE_CERTIFICATE', { service: service.name });
  const possible = algorithmsFor(certificate.publicKey);
  const algorithms = service.algorithms?.filter((name) => possible.includes(name)) ?? possible;
  const signHash = async (
    hash: Uint8Array,
    algorithm: SignatureAlgorithm,
    signal?: AbortSignal,
  ): Promise<Uint8Array> => {
    if (!algorithms.includes(algorithm) || hash.length !== digestLength[signatureAlgorithm(algorithm).hash])
      throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
    if (service.confirmsOnDevice?.() === true) {
      const code = service.controlCode?.(hash);
      options.onConfirmation?.({ service: service.name, ...(code !== undefined && { code }) });
    }
    return collectSignature(options, await service.request(hash, algorithm, signal), signal);
  };
  return {
    certificate,
    chain,
    algorithms,
    label: `remote:${service.name}`,
    sign: async (data, algorithm, signal) =>
      signHash(
        createHash(signatureAlgorithm(algorithm).hash).update(data).digest(),
        algorithm,
        signal ?? options.signal,
      ),
    signHash: (hash, algorithm, signal) => signHash(hash, algorithm, signal ?? options.signal),
    close: async () => {},
  };
}

/** Asks a service to sign a prepared job, and returns the ticket under which it will answer. */
export async function requestSignature(
  service: RemoteService,
  job: SigningJob,
  signal?: AbortSignal,
): Promise<string> {
  return service.request(Buffer.from(job.hash, 'hex'), job.algorithm, signal);
}

/** Asks for the answer to a ticket until it is there; `complete` then makes the document. */
export async function collectSignature(
  options: Pick<RemoteSignerOptions, 'service' | 'patience' | 'interval' | 'wait'>,
  ticket: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { service, patience = 300_000, interval = 3000 } = options;
  const wait =
    options.wait ?? ((milliseconds, abort) => sleep(milliseconds, undefined, abort && { signal: abort }));
  let failures = 0;
  for (let waited = 0; ; waited += interval) {
    signal?.throwIfAborted();
    let answer: RemoteAnswer;
    try {
      answer = await service.answer(ticket, signal);
      failures = 0;
    } catch (error) {
      if (!isPassing(error) || ++failures >= failuresAllowed || waited + interval > patience) throw error;
      answer = { state: 'waiting' };
    }
    switch (answer.state) {
      case 'signed':
        return answer.value;
      case 'refused':
        throw new SigningError('ERR_REMOTE_REFUSED', { service: service.name });
      case 'expired':
        throw new SigningError('ERR_REMOTE_EXPIRED', { service: service.name });
      case 'waiting':
        if (waited + interval > patience)
          throw new SigningError('ERR_REMOTE_TIMEOUT', { service: service.name });
        await wait(interval, signal);
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof SigningError &&
  (error.code === 'ERR_REMOTE_UNAVAILABLE' || error.code === 'ERR_REMOTE_UNREACHABLE');
