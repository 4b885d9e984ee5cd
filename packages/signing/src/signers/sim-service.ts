import { randomUUID } from 'node:crypto';
import { encodeBase64 } from '../base64.ts';
import type { SigningErrorCode } from '../errors.ts';
import { SigningError } from '../errors.ts';
import type { ServiceAnswer } from './ask-service.ts';
import { askService, checkServiceUrl, oneSignature, readServiceCertificates, textOf } from './ask-service.ts';
import type { RemoteAnswer, RemoteService } from './remote-signer.ts';

export interface SimServiceOptions {
  readonly name: string;
  /** Up to and including the version. */
  readonly url: string;
  readonly provider: () => Promise<{ readonly sp_id: string; readonly sp_password: string }>;
  /** The number whose SIM holds the key. */
  readonly phone: string;
  /** What the user reads on the phone. */
  readonly display?: string;
  readonly fetch: typeof fetch;
  readonly timeout?: number;
}

/**
 * Four digits made from a hash: its first six and its last seven bits, as a number. Computed here and never taken from the
 * service, so that a user who compares them with his phone knows that his own hash is being signed.
 */
export function controlCodeOf(hash: Uint8Array): string {
  return String((hash[0]! >> 2) * 128 + (hash.at(-1)! & 0x7f)).padStart(4, '0');
}

/**
 * A service that has the hash signed by a SIM card: the user compares a code and enters his PIN on the phone. The operators'
 * interfaces are not public; this is the reference profile of the reference server.
 */
export function simService(options: SimServiceOptions): RemoteService {
  const { name, phone } = options;
  const base = checkServiceUrl(options.url, name);
  const ask = async (path: string, body: object, signal: AbortSignal | undefined): Promise<ServiceAnswer> =>
    askService(
      {
        fetch: options.fetch,
        service: name,
        url: `${base}/${path}`,
        meaningOf: (answer) => meanings.get(textOf(answer['error']) ?? ''),
        ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      },
      { ...(await options.provider()), ...body },
      signal,
    );
  return {
    name,
    algorithms: [
      'rsa-sha256',
      'rsa-sha384',
      'rsa-sha512',
      'rsa-pss-sha256',
      'rsa-pss-sha384',
      'rsa-pss-sha512',
    ],
    confirmsOnDevice: () => true,
    controlCode: controlCodeOf,
    certificates: async (signal) =>
      readServiceCertificates((await ask('certificates', { phone }, signal))['certificates'], name),
    request: async (hash, algorithm, signal) => {
      const answer = await ask(
        'signatures',
        {
          phone,
          transaction_id: randomUUID(),
          hash: encodeBase64(hash),
          sign_algorithm: algorithm,
          ...(options.display !== undefined && { display: options.display }),
        },
        signal,
      );
      const ticket = textOf(answer['transaction_id']);
      if (ticket === undefined || !/^[\w-]{1,100}$/.test(ticket))
        throw new SigningError('ERR_REMOTE_ANSWER', { service: name, part: 'transaction_id' });
      return ticket;
    },
    answer: async (ticket, signal): Promise<RemoteAnswer> => {
      const answer = await ask(`signatures/${ticket}`, {}, signal);
      switch (answer['state']) {
        case 'signed':
          return { state: 'signed', value: oneSignature(answer['signatures'], name) };
        case 'refused':
        case 'expired':
        case 'waiting':
          return { state: answer['state'] };
        default:
          throw new SigningError('ERR_REMOTE_ANSWER', { service: name, part: 'state' });
      }
    },
  };
}

const meanings: ReadonlyMap<string, SigningErrorCode> = new Map([
  ['provider-unknown', 'ERR_REMOTE_CREDENTIALS'],
  ['sim-locked', 'ERR_REMOTE_LOCKED'],
  ['certificate-revoked', 'ERR_CERTIFICATE_REVOKED'],
  ['authorization-expired', 'ERR_REMOTE_EXPIRED'],
  ['code-wrong', 'ERR_REMOTE_CODE'],
]);
