import { randomUUID } from 'node:crypto';
import type { SigningErrorCode } from '../errors.ts';
import { SigningError } from '../errors.ts';
import type { ServiceAnswer } from './ask-service.ts';
import {
  askService,
  checkServiceUrl,
  objectOf,
  oneSignature,
  readServiceCertificates,
  textOf,
} from './ask-service.ts';
import type { RemoteAnswer, RemoteService } from './remote-signer.ts';

export interface SmartCaServiceOptions {
  readonly name: string;
  /** Up to and including the provider's path, before `/v1`. */
  readonly url: string;
  /** The account of the software that asks, given by the service. */
  readonly provider: () => Promise<{ readonly sp_id: string; readonly sp_password: string }>;
  /** The person or unit whose key is used. */
  readonly userId: string;
  /** Serial number of the certificate, where the user has several. */
  readonly serial?: string;
  /** What the user reads in the app. */
  readonly description?: string;
  readonly fetch: typeof fetch;
  readonly timeout?: number;
}

/**
 * A remote service of the SmartCA style: the hash is sent, the user confirms in an app, and the answer is asked for until it
 * is there, or comes as a notice (`readSmartCaNotice`). Names of fields follow a description of 2024; what the service
 * writes beyond them is not relied upon.
 */
export function smartCaService(options: SmartCaServiceOptions): RemoteService {
  const { name } = options;
  const base = checkServiceUrl(options.url, name);
  const ask = async (path: string, body: object, signal: AbortSignal | undefined) => {
    const answer = await askService(
      {
        fetch: options.fetch,
        service: name,
        url: `${base}/v1/${path}`,
        meaningOf,
        ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      },
      { ...(await options.provider()), ...body },
      signal,
    );
    // Some refusals come with HTTP 200 and say so inside.
    const status = Number(answer['status_code'] ?? 200);
    if (status < 200 || status > 299)
      throw new SigningError(meaningOf(answer) ?? 'ERR_REMOTE_ANSWER', { service: name, status });
    return answer;
  };
  let serial = options.serial;
  return {
    name,
    algorithms: ['rsa-sha256', 'rsa-sha384', 'rsa-sha512'],
    confirmsOnDevice: () => true,
    certificates: async (signal) => {
      const answer = await ask(
        'credentials/get_certificate',
        { user_id: options.userId, ...(serial && { serial_number: serial }) },
        signal,
      );
      const list = objectOf(answer['data'])?.['user_certificates'];
      const own = (Array.isArray(list) ? list.slice(0, 100) : [])
        .map((one) => objectOf(one) ?? {})
        .find((one) => serial === undefined || sameSerial(one['serial_number'], serial));
      if (own === undefined) return [];
      if (/revoked|suspended/i.test(textOf(own['cert_status']) ?? ''))
        throw new SigningError('ERR_CERTIFICATE_REVOKED', { service: name });
      serial ??= textOf(own['serial_number']);
      const issuer = objectOf(own['chain_data'])?.['ca_cert'];
      return readServiceCertificates(
        [own['cert_data'], ...(typeof issuer === 'string' ? [issuer] : [])],
        name,
      );
    },
    request: async (hash, _algorithm, signal) => {
      const answer = await ask(
        'signatures/sign',
        {
          user_id: options.userId,
          transaction_id: randomUUID(),
          ...(serial && { serial_number: serial }),
          ...(options.description && { transaction_desc: options.description }),
          sign_files: [
            {
              doc_id: randomUUID(),
              data_to_be_signed: Buffer.from(hash).toString('hex'),
              file_type: 'xml',
              sign_type: 'hash',
            },
          ],
        },
        signal,
      );
      const data = objectOf(answer['data']) ?? {};
      return readTicket(data['tran_code'] ?? data['transaction_id'], name);
    },
    answer: async (ticket, signal) =>
      readStatus(await ask(`signatures/sign/${ticket}/status`, {}, signal), name),
  };
}

/**
 * Reads the notice that a service posts to its client's registered address when the user has answered. Anybody can post
 * there: the value counts only once `complete` has verified it with the certificate's key, and a refusal is best asked for.
 *
 * @throws SigningError `ERR_REMOTE_ANSWER`
 */
export function readSmartCaNotice(
  body: unknown,
  service: string,
): { readonly ticket: string; readonly answer: RemoteAnswer } {
  const answer = objectOf(body);
  if (answer === undefined) throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'JSON' });
  const data = objectOf(answer['data']) ?? {};
  return { ticket: readTicket(data['tran_code'], service), answer: readStatus(answer, service) };
}

function readTicket(value: unknown, service: string): string {
  if (typeof value === 'string' && /^[\w-]{1,100}$/.test(value)) return value;
  throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'tran_code' });
}

function readStatus(answer: ServiceAnswer, service: string): RemoteAnswer {
  const data = objectOf(answer['data']) ?? {};
  const signatures = data['signatures'];
  if (Array.isArray(signatures)) {
    const values = signatures.map((one) => objectOf(one)?.['signature_value']);
    return { state: 'signed', value: oneSignature(values, service) };
  }
  switch ((textOf(data['status']) ?? textOf(answer['message']) ?? '').toUpperCase()) {
    case 'REJECTED':
    case 'REFUSED':
    case 'CANCELLED':
      return { state: 'refused' };
    case 'EXPIRED':
      return { state: 'expired' };
    case 'SUCCESS':
      throw new SigningError('ERR_REMOTE_ANSWER', { service, part: 'signatures' });
    default:
      return { state: 'waiting' };
  }
}

const sameSerial = (value: unknown, serial: string): boolean =>
  typeof value === 'string' && value.toLowerCase() === serial.toLowerCase();

const meanings: readonly (readonly [RegExp, SigningErrorCode])[] = [
  [/LOCK/, 'ERR_REMOTE_LOCKED'],
  [/REVOKE/, 'ERR_CERTIFICATE_REVOKED'],
  [/EXPIRE/, 'ERR_REMOTE_EXPIRED'],
  [/REJECT|REFUSE|CANCEL/, 'ERR_REMOTE_REFUSED'],
  [/OTP|PIN_/, 'ERR_REMOTE_CODE'],
  [/CREDENTIAL|SP_ID|PASSWORD|UNAUTHORI[SZ]ED/, 'ERR_REMOTE_CREDENTIALS'],
];

function meaningOf(answer: ServiceAnswer): SigningErrorCode | undefined {
  const message = (textOf(answer['message']) ?? '').slice(0, 200).toUpperCase();
  return meanings.find(([words]) => words.test(message))?.[1];
}
