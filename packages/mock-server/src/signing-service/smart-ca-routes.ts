import type { AppEnvironment, ServerContext } from '../context.ts';
import { algorithmOfLength } from './algorithms.ts';
import { notifyCallback } from './notify-callback.ts';
import { checkProvider } from './provider.ts';
import type { SigningRequest } from './requests.ts';
import { USER } from './service.ts';
import {
  addSigningRoute,
  faultOf,
  isKnown,
  SigningRefusal,
  textField,
  type ErrorShape,
  type Fields,
} from './signing-call.ts';
import type { Hono } from 'hono';

const shape: ErrorShape = {
  malformed: 'PARAMETERS_INVALID',
  write: ({ status, code }) => ({ status_code: status, message: code }),
};

const done = (message: string, data: object): object => ({ status_code: 200, message, data });

const WORDS = { waiting: 'WAITING', confirmed: 'SUCCESS', refused: 'REJECTED', expired: 'EXPIRED' } as const;

/** The SmartCA manner: a request, a confirmation in an app, and an answer that is asked for or notified. */
export function addSmartCaRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const service = server.signing;
  const add = (id: string, work: (fields: Fields, call: Parameters<typeof faultOf>[0]) => Promise<object>) =>
    addSigningRoute(app, server, shape, id, (call, fields) => {
      checkProvider(server, fields, 'CREDENTIAL_INVALID');
      return work(fields, call);
    });

  const statusOf = async (request: SigningRequest): Promise<object> => {
    const status = WORDS[service.requests.stateOf(request)];
    const { id, transaction, document, hash, algorithm, fault } = request;
    const values = status === 'SUCCESS' ? await service.sign(hash, algorithm!, fault) : undefined;
    return done(status, {
      transaction_id: transaction,
      tran_code: id,
      status,
      ...(values && {
        signatures: values.map((signature_value) => ({ doc_id: document, signature_value })),
      }),
    });
  };

  add('readSmartCaCertificate', async (fields, call) => {
    const user = knownUser(fields);
    const fault = faultOf(call, server, user);
    const { certificate, chain } = await service.signer();
    const shown = fault === 'other-certificate' ? service.otherCertificate() : certificate;
    const serial = textField(fields, 'serial_number');
    const fits = serial === undefined || serial.toLowerCase() === shown.serialNumber.toLowerCase();
    const issuer = chain[0];
    const own = {
      serial_number: shown.serialNumber.toLowerCase(),
      cert_status: fault === 'revoked' ? 'REVOKED' : 'ACTIVE',
      cert_data: shown.raw.toString('base64'),
      cert_valid_from: new Date(shown.validFrom).toISOString(),
      cert_valid_to: new Date(shown.validTo).toISOString(),
      chain_data: issuer === undefined ? {} : { ca_cert: issuer.raw.toString('base64') },
    };
    return done('SUCCESS', { user_certificates: fits ? [own] : [] });
  });

  add('signSmartCa', async (fields, call) => {
    const user = knownUser(fields);
    const fault = faultOf(call, server, user);
    if (fault === 'locked') throw new SigningRefusal(403, 'CREDENTIAL_LOCKED');
    if (fault === 'revoked') throw new SigningRefusal(400, 'CERT_REVOKED');
    const [file] = fields['sign_files'] as readonly { doc_id: string; data_to_be_signed: string }[];
    const hash = Buffer.from(file!.data_to_be_signed, 'hex');
    const algorithm = algorithmOfLength(hash.length);
    if (algorithm === undefined) throw new SigningRefusal(400, 'HASH_LENGTH_INVALID');
    const transaction = textField(fields, 'transaction_id') ?? '';
    const request = service.requests.add({
      protocol: 'smartca',
      display: textField(fields, 'transaction_desc') ?? '',
      hash,
      algorithm,
      fault,
      transaction,
      document: file!.doc_id,
    });
    return done('SUCCESS', { transaction_id: transaction, tran_code: request.id });
  });

  add('checkSmartCa', async (_fields, call) => {
    const request = service.requests.find(call.req.param('tranCode') ?? '');
    if (request?.protocol !== 'smartca') throw new SigningRefusal(404, 'TRANSACTION_NOT_FOUND');
    if (request.fault === 'authorization-expired') throw new SigningRefusal(400, 'AUTHORIZATION_EXPIRED');
    return await statusOf(request);
  });

  service.requests.onAnswer((request) => {
    if (service.callback === undefined || request.protocol !== 'smartca') return;
    void notifyCallback(server, service.callback, () => statusOf(request));
  });
}

function knownUser(fields: Fields): string {
  const user = textField(fields, 'user_id') ?? '';
  if (isKnown(user, USER)) return user;
  throw new SigningRefusal(404, 'USER_NOT_FOUND');
}
