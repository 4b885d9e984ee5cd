import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Account } from '../accounts/sessions.ts';
import type { ServerContext } from '../context.ts';
import { problem, Refused } from '../problem.ts';
import type { Call } from '../routes/gateway-call.ts';
import { readMessageSignature, signatureBase, type MessageSignature } from './signature-input.ts';

/** How far a sender's clock may be off, in milliseconds. */
const TOLERANCE = 60_000;

const refuse = (code: string, title: string, more: Readonly<Record<string, unknown>> = {}): Refused =>
  new Refused({ status: 401, code, title, more });

/**
 * Holds a call to the signature of the account's registered key: method, path, query and body are covered, the moment is
 * now, and the nonce was never seen. An account that need not sign may, and is then held to it as well.
 */
export async function checkSignedRequest(server: ServerContext, call: Call, account: Account): Promise<void> {
  const { raw } = call.req;
  const input = raw.headers.get('signature-input');
  const given = raw.headers.get('signature');
  if (input === null && given === null) {
    if (account.signs_requests === 0) return;
    throw refuse('SIGNATURE_MISSING', 'Calls of this account must be signed (RFC 9421)');
  }
  const signature = readMessageSignature(input ?? '', given ?? '');
  const base = signature === undefined ? undefined : signatureBase(raw, signature);
  if (signature === undefined || base === undefined || !coversEnough(raw, signature))
    throw refuse(
      'SIGNATURE_INPUT',
      'Signature-Input does not cover method, path, query and body, or lacks a part',
    );
  const key = await server.store.read
    .selectFrom('client_key')
    .select('pem')
    .where('id', '=', signature.keyId)
    .where('account_id', '=', account.id)
    .where('status', '=', 'active')
    .executeTakeFirst();
  if (key === undefined || !fits(createPublicKey(key.pem), Buffer.from(base), signature))
    throw refuse('SIGNATURE_INVALID', 'The signature of the request is not one of a key of this account');
  const now = server.clock.now();
  const skew = signature.created * 1_000 - now.getTime();
  if (Math.abs(skew) > TOLERANCE)
    throw refuse('SKEW', 'The clock of the sender is off', {
      serverTime: now.toISOString(),
      skewSeconds: Math.round(skew / 1_000),
    });
  await useNonce(server, `${signature.keyId} ${signature.nonce}`, now.getTime());
}

function coversEnough(request: Request, { components }: MessageSignature): boolean {
  const covers = (name: string): boolean => components.includes(name);
  const hasQuery = new URL(request.url).search !== '';
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  return (
    covers('@method') &&
    (covers('@target-uri') || (covers('@path') && (!hasQuery || covers('@query')))) &&
    (!hasBody || covers('content-digest'))
  );
}

function fits(key: KeyObject, base: Buffer, { algorithm, value }: MessageSignature): boolean {
  const allows = (name: string): boolean => algorithm === undefined || algorithm === name;
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return allows('ed25519') && verify(null, base, key, value);
    case 'ec':
      return (
        key.asymmetricKeyDetails?.namedCurve === 'prime256v1' &&
        allows('ecdsa-p256-sha256') &&
        verify('sha256', base, { key, dsaEncoding: 'ieee-p1363' }, value)
      );
    case 'rsa':
      return (
        allows('rsa-pss-sha512') &&
        verify('sha512', base, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, value)
      );
    default:
      return false;
  }
}

/** A nonce counts once while its signature could be accepted at all. */
async function useNonce(server: ServerContext, nonce: string, now: number): Promise<void> {
  const isFresh = await server.store.write(async (connection) => {
    await connection.deleteFrom('request_nonce').where('expires_at', '<', now).execute();
    const added = await connection
      .insertInto('request_nonce')
      .values({ nonce, expires_at: now + 2 * TOLERANCE })
      .onConflict((conflict) => conflict.doNothing())
      .returning('nonce')
      .executeTakeFirst();
    return added !== undefined;
  });
  if (!isFresh) throw refuse('REPLAY', 'This signed request was received before');
}

/** What a key must be to be registered: Ed25519, ECDSA on P-256, or RSA of 2048 bits and more. */
export function readClientKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    const isStrong =
      key.asymmetricKeyType === 'ed25519' ||
      (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') ||
      (key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= 2_048);
    return isStrong ? key : undefined;
  } catch {
    return undefined;
  }
}

export const unfitKey = (): Response =>
  problem({
    status: 400,
    code: 'KEY_UNFIT',
    title: 'This is no public key in PEM that is Ed25519, ECDSA on P-256 or RSA of 2048 bits and more',
  });
