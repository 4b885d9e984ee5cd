import type { X509Certificate } from 'node:crypto';
import { sameText } from '../accounts/secrets.ts';
import type { AppEnvironment, ServerContext } from '../context.ts';
import type { Call } from '../routes/gateway-call.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import type { SigningFault } from '../scenarios/scenario.ts';
import { algorithmOf, fitsAlgorithm, OFFERED } from './algorithms.ts';
import type { SigningRequest } from './requests.ts';
import { APP_CREDENTIAL, OTP_CREDENTIAL, type Authorization } from './service.ts';
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

/** Seconds of the server's clock. */
const TOKEN_SECONDS = 3_600;
const SAD_SECONDS = 300;
/** Hashes of one authorisation. */
const MULTISIGN = 100;

const shape: ErrorShape = {
  malformed: 'invalid_request',
  write: ({ code, sentence }) => ({ error: code, error_description: sentence }),
};

/** Names that changed from version 1 to 2. */
const names = {
  1: { hashes: 'hash', hashAlgorithm: 'hashAlgo' },
  2: { hashes: 'hashes', hashAlgorithm: 'hashAlgorithmOID' },
} as const;

/** The API of the Cloud Signature Consortium, in both versions. */
export function addCscRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  for (const version of [1, 2] as const) addVersion(app, server, version);
}

function addVersion(app: Hono<AppEnvironment>, server: ServerContext, version: 1 | 2): void {
  const service = server.signing;
  const handles = new Map<string, { readonly request: SigningRequest; readonly grant: () => object }>();
  const add = (id: string, work: (call: Call, fields: Fields) => Promise<Response | object> | object): void =>
    addSigningRoute(app, server, shape, id.replace('#', `CscV${version}`), (call, fields) => {
      const token = (call.req.header('authorization') ?? '').slice('Bearer '.length);
      if (service.tokens.find(token)?.isExpired !== false)
        throw new SigningRefusal(401, 'invalid_token', 'The access token is not valid or has expired');
      return work(call, fields);
    });

  addSigningRoute(app, server, shape, `takeCscV${version}Token`, (_call, fields) => {
    const { clientId, clientSecret } = service.secrets;
    const isRight =
      sameText(textField(fields, 'client_id') ?? '', clientId) &&
      sameText(textField(fields, 'client_secret') ?? '', clientSecret);
    if (!isRight) throw new SigningRefusal(401, 'invalid_client', 'The client is not known');
    return {
      access_token: service.tokens.put(true, TOKEN_SECONDS),
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
    };
  });

  add('list#Credentials', () => ({ credentialIDs: [OTP_CREDENTIAL, APP_CREDENTIAL] }));

  add('read#Credential', async (call, fields) => {
    const credential = known(fields);
    const fault = faultOf(call, server, credential);
    const isExplicit = asksCode(credential);
    const { certificate, chain } = await service.signer();
    const shown = fault === 'other-certificate' ? service.otherCertificate() : certificate;
    const wanted = textField(fields, 'certificates') ?? 'single';
    const all = wanted === 'none' ? [] : wanted === 'single' ? [shown] : [shown, ...chain];
    const isOff = fault === 'locked' || service.isLocked(credential);
    const length = certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? 2048;
    const credentialInfo = {
      key: { status: isOff ? 'disabled' : 'enabled', algo: OFFERED, len: length },
      cert: {
        status: fault === 'revoked' ? 'revoked' : 'valid',
        ...(all.length > 0 && { certificates: all.map(({ raw }) => raw.toString('base64')) }),
        ...(fields['certInfo'] === true && certificateInfo(shown)),
      },
      SCAL: '2',
      multisign: MULTISIGN,
    };
    if (version === 1) {
      const factor = { presence: isExplicit ? 'true' : 'false', format: 'N' };
      return {
        ...credentialInfo,
        authMode: isExplicit ? 'explicit' : 'implicit',
        PIN: factor,
        OTP: { ...factor, type: 'online' },
      };
    }
    return {
      ...credentialInfo,
      auth: isExplicit
        ? {
            mode: 'explicit',
            expression: 'PIN AND OTP',
            objects: [
              { type: 'Password', id: 'PIN', format: 'N' },
              { type: 'Password', id: 'OTP', format: 'N' },
            ],
          }
        : { mode: 'implicit' },
    };
  });

  add('send#Code', (_call, fields) => {
    known(fields);
    service.sendCode();
    return {};
  });

  add('authorize#', async (call, fields) => {
    const credential = known(fields);
    const fault = faultOf(call, server, credential);
    refuseUnusable(credential, fault);
    const hashes = (fields[names[version].hashes] ?? []) as readonly string[];
    if (hashes.length === 0 || hashes.length > Number(fields['numSignatures']))
      throw new SigningRefusal(400, 'invalid_request', 'The hashes do not fit numSignatures');
    const grant = (): object => {
      const authorization: Authorization = {
        credential,
        hashes: new Set(hashes),
        left: Number(fields['numSignatures']),
        fault,
      };
      return { SAD: service.authorizations.put(authorization, SAD_SECONDS), expiresIn: SAD_SECONDS };
    };
    if (asksCode(credential)) {
      checkFactors(credential, fields, fault);
      return grant();
    }
    const request = service.requests.add({
      protocol: 'csc',
      display: textField(fields, 'description') ?? '',
      hash: Buffer.from(hashes[0]!, 'base64'),
      algorithm: undefined,
      fault,
      transaction: credential,
      document: '',
    });
    if (version === 2) {
      handles.set(request.id, { request, grant });
      if (handles.size > 10_000) handles.delete(handles.keys().next().value!);
      return { handle: request.id };
    }
    return granted(await service.requests.settled(request, call.req.raw.signal), grant);
  });

  if (version === 2)
    add('check#Authorization', (_call, fields) => {
      const found = handles.get(textField(fields, 'handle') ?? '');
      if (found === undefined) throw new SigningRefusal(400, 'invalid_request', 'Invalid parameter handle');
      const state = service.requests.stateOf(found.request);
      if (state === 'waiting') return gatewayReply({ handle: found.request.id }, 202);
      handles.delete(found.request.id);
      return granted(state, found.grant);
    });

  add('sign#', async (call, fields) => {
    const credential = known(fields);
    const SAD = textField(fields, 'SAD') ?? '';
    const found = service.authorizations.find(SAD);
    if (found === undefined || found.value.credential !== credential)
      throw new SigningRefusal(400, 'invalid_request', 'Invalid parameter SAD');
    const authorization = found.value;
    const fault = faultOf(call, server, credential) ?? authorization.fault;
    if (found.isExpired || fault === 'authorization-expired') {
      service.authorizations.drop(SAD);
      throw new SigningRefusal(400, 'invalid_request', 'The SAD has expired');
    }
    refuseUnusable(credential, fault);
    const hashes = (fields[names[version].hashes] ?? []) as readonly string[];
    if (hashes.length > authorization.left || !hashes.every((hash) => authorization.hashes.has(hash)))
      throw new SigningRefusal(400, 'invalid_request', 'These hashes were not authorised');
    const algorithm = algorithmOf({
      signAlgo: textField(fields, 'signAlgo') ?? '',
      hashAlgo: textField(fields, names[version].hashAlgorithm),
      parameters: textField(fields, 'signAlgoParams'),
    });
    const values = hashes.map((hash) => Buffer.from(hash, 'base64'));
    if (algorithm === undefined || !values.every((hash) => fitsAlgorithm(hash, algorithm)))
      throw new SigningRefusal(400, 'invalid_request', 'Invalid parameter signAlgo');
    authorization.left -= hashes.length;
    if (authorization.left === 0) service.authorizations.drop(SAD);
    const signatures = await Promise.all(values.map((hash) => service.sign(hash, algorithm, fault)));
    return { signatures: signatures.flat() };
  });

  function checkFactors(credential: string, fields: Fields, fault: SigningFault | undefined): void {
    if (fault === 'wrong-code') throw new SigningRefusal(400, 'invalid_otp', 'The OTP is not right');
    const { PIN, OTP } = factorsOf(fields);
    if (PIN === undefined || OTP === undefined)
      throw new SigningRefusal(400, 'invalid_request', 'PIN and OTP are needed');
    switch (service.check(credential, PIN, OTP)) {
      case 'ok':
        return;
      case 'pin':
        throw new SigningRefusal(400, 'invalid_pin', 'The PIN is not right');
      case 'code':
        throw new SigningRefusal(400, 'invalid_otp', 'The OTP is not right');
      case 'locked':
        throw new SigningRefusal(400, 'credential_locked', 'The credential is locked');
    }
  }

  function refuseUnusable(credential: string, fault: SigningFault | undefined): void {
    if (fault === 'locked' || service.isLocked(credential))
      throw new SigningRefusal(400, 'credential_locked', 'The credential is locked');
    if (fault === 'revoked')
      throw new SigningRefusal(400, 'certificate_revoked', 'The certificate has been revoked');
  }
}

/** `SCENARIO.<name>.otp` asks for PIN and code, every other reserved credential for a confirmation. */
const asksCode = (credential: string): boolean =>
  credential === OTP_CREDENTIAL || credential.endsWith('.otp');

function known(fields: Fields): string {
  const credential = textField(fields, 'credentialID') ?? '';
  if (isKnown(credential, OTP_CREDENTIAL, APP_CREDENTIAL)) return credential;
  throw new SigningRefusal(400, 'invalid_request', 'Invalid parameter credentialID');
}

function granted(state: string, grant: () => object): object {
  switch (state) {
    case 'confirmed':
      return grant();
    case 'refused':
      throw new SigningRefusal(400, 'access_denied', 'The user refused');
    default:
      throw new SigningRefusal(400, 'authorization_expired', 'The request has expired');
  }
}

function factorsOf(fields: Fields): { readonly PIN?: string | undefined; readonly OTP?: string | undefined } {
  const data = fields['authData'];
  if (!Array.isArray(data)) return { PIN: textField(fields, 'PIN'), OTP: textField(fields, 'OTP') };
  const value = (id: string): string | undefined =>
    (data as readonly { id: string; value: string }[]).find((one) => one.id === id)?.value;
  return { PIN: value('PIN'), OTP: value('OTP') };
}

function certificateInfo(certificate: X509Certificate): object {
  const moment = (text: string): string => new Date(text).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return {
    issuerDN: certificate.issuer.replaceAll('\n', ', '),
    subjectDN: certificate.subject.replaceAll('\n', ', '),
    serialNumber: certificate.serialNumber,
    validFrom: moment(certificate.validFrom),
    validTo: moment(certificate.validTo),
  };
}
