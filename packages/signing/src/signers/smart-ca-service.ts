import { randomUUID } from 'node:crypto';
import { decodeBase64 } from '../base64.ts';
import { SigningError } from '../errors.ts';
import { checkServiceUrl } from './csc-service.ts';
import type { RemoteAnswer, RemoteService } from './remote-signer.ts';
import { askService, readServiceCertificates } from './remote-signer.ts';

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
  readonly fetch: typeof fetch;
  readonly timeout?: number;
}

/**
 * A remote service of the SmartCA style: the hash is sent, the user confirms in an app, and the answer is asked for until it
 * is there. Names of fields follow a description of 2024; what the service writes beyond them is not relied upon.
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
        ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
      },
      { ...(await options.provider()), ...body },
      signal,
    );
    const data = answer['data'];
    return {
      status: Number(answer['status_code'] ?? 200),
      data: (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>,
    };
  };
  let serial = options.serial;
  return {
    name,
    algorithms: ['rsa-sha256', 'rsa-sha384', 'rsa-sha512'],
    certificates: async (signal) => {
      const { data } = await ask(
        'credentials/get_certificate',
        { user_id: options.userId, ...(serial && { serial_number: serial }) },
        signal,
      );
      const list = Array.isArray(data['user_certificates'])
        ? (data['user_certificates'] as Record<string, unknown>[])
        : [];
      const own = list.find(
        (one) => serial === undefined || String(one['serial_number']).toLowerCase() === serial.toLowerCase(),
      );
      if (own === undefined) return [];
      serial ??= String(own['serial_number']);
      return readServiceCertificates([own['cert_data']], name);
    },
    request: async (hash, _algorithm, signal) => {
      const { data } = await ask(
        'signatures/sign',
        {
          user_id: options.userId,
          transaction_id: randomUUID(),
          ...(serial && { serial_number: serial }),
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
      const ticket = data['tran_code'] ?? data['transaction_id'];
      if (typeof ticket !== 'string' || !/^[\w-]{1,100}$/.test(ticket)) {
        throw new SigningError('ERR_REMOTE_ANSWER', { service: name, part: 'tran_code' });
      }
      return ticket;
    },
    answer: async (ticket, signal): Promise<RemoteAnswer> => {
      const { data } = await ask(`signatures/sign/${ticket}/status`, {}, signal);
      const [first] = Array.isArray(data['signatures'])
        ? (data['signatures'] as Record<string, unknown>[])
        : [];
      const text = first?.['signature_value'];
      if (typeof text === 'string') {
        const value = decodeBase64(text);
        if (value === undefined)
          throw new SigningError('ERR_REMOTE_ANSWER', { service: name, part: 'signature_value' });
        return { state: 'signed', value };
      }
      switch (String(data['status'] ?? '').toUpperCase()) {
        case 'REJECTED':
        case 'REFUSED':
        case 'CANCELLED':
          return { state: 'refused' };
        case 'EXPIRED':
          return { state: 'expired' };
        default:
          return { state: 'waiting' };
      }
    },
  };
}
