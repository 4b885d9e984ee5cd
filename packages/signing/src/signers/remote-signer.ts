import { createHash, X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SigningError } from '../errors.ts';
import { signatureAlgorithm } from '../signature-algorithms.ts';
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
  certificates(signal: AbortSignal | undefined): Promise<readonly X509Certificate[]>;
  /** Algorithms the service offers for the key; all that the key allows when it does not say. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  request(hash: Uint8Array, algorithm: SignatureAlgorithm, signal: AbortSignal | undefined): Promise<string>;
  answer(ticket: string, signal: AbortSignal | undefined): Promise<RemoteAnswer>;
}

export interface RemoteSignerOptions {
  readonly service: RemoteService;
  /** How long the user may take, in milliseconds; default five minutes. */
  readonly patience?: number;
  /** Between two questions, in milliseconds; default three seconds. */
  readonly interval?: number;
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

/**
 * A signer whose key is held by a remote service. Only the hash of what is signed leaves the machine, never the document.
 *
 * @throws SigningError `ERR_CERTIFICATE_MISSING`, and while signing `ERR_REMOTE_REFUSED`, `ERR_REMOTE_EXPIRED`,
 * `ERR_REMOTE_TIMEOUT`, `ERR_REMOTE_ANSWER`, `ERR_REMOTE_CREDENTIALS`, `ERR_REMOTE_UNAVAILABLE`, `ERR_REMOTE_UNREACHABLE`.
 */
export async function remoteSigner(options: RemoteSignerOptions): Promise<Signer> {
  const { service, patience = 300_000, interval = 3000 } = options;
  const wait =
    options.wait ?? ((milliseconds, signal) => sleep(milliseconds, undefined, signal && { signal }));
  const [certificate, ...chain] = await service.certificates(undefined);
  if (certificate === undefined) throw new SigningError('ERR_CERTIFICATE_MISSING', { service: service.name });
  const possible = algorithmsFor(certificate.publicKey);
  const algorithms = service.algorithms?.filter((name) => possible.includes(name)) ?? possible;
  return {
    certificate,
    chain,
    algorithms,
    label: `remote:${service.name}`,
    sign: async (data, algorithm, signal) => {
      if (!algorithms.includes(algorithm))
        throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
      const hash = createHash(signatureAlgorithm(algorithm).hash).update(data).digest();
      const ticket = await service.request(hash, algorithm, signal);
      for (let waited = 0; ; waited += interval) {
        signal?.throwIfAborted();
        const answer = await service.answer(ticket, signal);
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
    },
    close: async () => {},
  };
}

const maxAnswerBytes = 1024 * 1024;

/** One JSON call of a remote service, its answer treated as hostile: bounded, parsed as an object, its status mapped. */
export async function askService(
  call: {
    readonly fetch: typeof fetch;
    readonly service: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeout?: number;
  },
  body: object,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const { service } = call;
  const limits = [AbortSignal.timeout(call.timeout ?? 30_000), ...(signal === undefined ? [] : [signal])];
  let response: Response;
  let text: string;
  try {
    response = await call.fetch(call.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...call.headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any(limits),
    });
    text = await readBounded(response);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SigningError) throw cause;
    throw new SigningError('ERR_REMOTE_UNREACHABLE', { service }, cause);
  }
  if (response.status === 401 || response.status === 403)
    throw new SigningError('ERR_REMOTE_CREDENTIALS', { service });
  if (response.status === 429 || response.status >= 500) {
    throw new SigningError('ERR_REMOTE_UNAVAILABLE', { service, status: response.status });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'JSON' }, cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || !response.ok) {
    throw new SigningError('ERR_REMOTE_ANSWER', { service, status: response.status });
  }
  return parsed as Readonly<Record<string, unknown>>;
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > maxAnswerBytes) throw new SigningError('ERR_REMOTE_ANSWER', { part: 'size' });
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Certificates given as base64 of the DER. */
export function readServiceCertificates(list: unknown, service: string): X509Certificate[] {
  if (!Array.isArray(list) || list.length > 10)
    throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'certificates' });
  try {
    return list.map((text) => new X509Certificate(Buffer.from(String(text), 'base64')));
  } catch (cause) {
    throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'certificates' }, cause);
  }
}
