import type { SignatureAlgorithm } from '@bhxh/signing';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { fitsAlgorithm } from './algorithms.ts';
import { checkProvider } from './provider.ts';
import type { SigningRequest } from './requests.ts';
import { PHONE } from './service.ts';
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

const shape: ErrorShape = { malformed: 'request-invalid', write: ({ code }) => ({ error: code }) };

const WORDS = { waiting: 'waiting', confirmed: 'signed', refused: 'refused', expired: 'expired' } as const;

/** Signing with a SIM: the hash goes to the phone, and its user confirms with the code that both sides show. */
export function addSimRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  const service = server.signing;
  const add = (id: string, work: (fields: Fields, call: Parameters<typeof faultOf>[0]) => Promise<object>) =>
    addSigningRoute(app, server, shape, id, (call, fields) => {
      checkProvider(server, fields, 'provider-unknown');
      return work(fields, call);
    });

  const statusOf = async (request: SigningRequest): Promise<object> => {
    const state = WORDS[service.requests.stateOf(request)];
    const { hash, algorithm, fault } = request;
    const signatures = state === 'signed' ? await service.sign(hash, algorithm!, fault) : undefined;
    return { transaction_id: request.id, state, ...(signatures && { signatures }) };
  };

  add('readSimCertificate', async (fields, call) => {
    const fault = faultOf(call, server, knownPhone(fields));
    const { certificate, chain } = await service.signer();
    const shown = fault === 'other-certificate' ? service.otherCertificate() : certificate;
    return { certificates: [shown, ...chain].map(({ raw }) => raw.toString('base64')) };
  });

  add('signSim', async (fields, call) => {
    const fault = faultOf(call, server, knownPhone(fields));
    if (fault === 'locked') throw new SigningRefusal(403, 'sim-locked');
    if (fault === 'revoked') throw new SigningRefusal(400, 'certificate-revoked');
    const hash = Buffer.from(textField(fields, 'hash') ?? '', 'base64');
    const algorithm = fields['sign_algorithm'] as SignatureAlgorithm;
    if (!fitsAlgorithm(hash, algorithm)) throw new SigningRefusal(400, 'hash-length');
    const request = service.requests.add({
      protocol: 'sim',
      display: textField(fields, 'display') ?? '',
      hash,
      algorithm,
      fault,
      transaction: textField(fields, 'transaction_id') ?? '',
      document: '',
    });
    return await statusOf(request);
  });

  add('checkSim', async (_fields, call) => {
    const request = service.requests.find(call.req.param('transactionId') ?? '');
    if (request?.protocol !== 'sim') throw new SigningRefusal(404, 'transaction-unknown');
    if (request.fault === 'authorization-expired') throw new SigningRefusal(400, 'authorization-expired');
    if (request.fault === 'wrong-code') throw new SigningRefusal(400, 'code-wrong');
    return await statusOf(request);
  });
}

function knownPhone(fields: Fields): string {
  const phone = textField(fields, 'phone') ?? '';
  if (isKnown(phone, PHONE)) return phone;
  throw new SigningRefusal(404, 'phone-unknown');
}
