import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { gatewayError } from './gateway-error.ts';

/** Signs requests with a key that the gateway knows under this id. */
export interface RequestSigner {
  readonly keyId: string;
  /** Name of the algorithm in RFC 9421. */
  readonly algorithm: string;
  sign(base: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** What RFC 9421 calls each kind of key, and how it signs. */
const algorithms: Readonly<
  Record<string, { readonly name: string; sign(base: Uint8Array, key: KeyObject): Uint8Array }>
> = {
  ed25519: { name: 'ed25519', sign: (base, key) => sign(null, base, key) },
  ec: {
    name: 'ecdsa-p256-sha256',
    sign: (base, key) => sign('sha256', base, { key, dsaEncoding: 'ieee-p1363' }),
  },
  rsa: {
    name: 'rsa-pss-sha512',
    sign: (base, key) =>
      sign('sha512', base, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }),
  },
};

/**
 * A signer over a private key in PEM: Ed25519, ECDSA on P-256, or RSA of 2048 bits and more.
 *
 * @throws BhxhError `signing` ERR_REQUEST_KEY for anything else, and for an id that cannot travel in a header
 */
export function requestSigner(
  keyId: string,
  pem: string | Uint8Array,
  options: { readonly passphrase?: string } = {},
): RequestSigner {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/.test(keyId)) throw unfit('the id of the key');
  const key = readKey(pem, options.passphrase);
  const { namedCurve = 'prime256v1', modulusLength = 2_048 } = key.asymmetricKeyDetails ?? {};
  const algorithm = algorithms[key.asymmetricKeyType ?? ''];
  if (algorithm === undefined || namedCurve !== 'prime256v1' || modulusLength < 2_048)
    throw unfit(key.asymmetricKeyType ?? '?');
  return { keyId, algorithm: algorithm.name, sign: (base) => algorithm.sign(base, key) };
}

function readKey(pem: string | Uint8Array, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({
      key: typeof pem === 'string' ? pem : Buffer.from(pem),
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch (cause) {
    throw unfit('PEM', cause);
  }
}

const unfit = (why: string, cause?: unknown): Error =>
  gatewayError('ERR_REQUEST_KEY', { category: 'signing', retry: 'never', values: { why }, cause });
