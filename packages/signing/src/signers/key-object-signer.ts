import { createPublicKey } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import { signHashWithKey } from '../hash-signature.ts';
import { algorithmsOf, describeKey, signatureAlgorithm, signWithKey } from '../signature-algorithms.ts';
import type { SignatureAlgorithm, Signer } from '../types.ts';

export interface KeyObjectSignerOptions {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  readonly chain?: readonly X509Certificate[];
  readonly label: string;
}

/**
 * A signer for a private key held in this process.
 *
 * @throws SigningError `ERR_CERTIFICATE_KEY_MISMATCH`, `ERR_KEY_TOO_SMALL` (RSA below 2048 bits), `ERR_KEY_TYPE`.
 */
export function keyObjectSigner(options: KeyObjectSignerOptions): Signer {
  const { key, certificate } = options;
  if (key.type !== 'private') throw new SigningError('ERR_KEY_TYPE', { type: key.type });
  if (!certificate.publicKey.equals(createPublicKey(key)))
    throw new SigningError('ERR_CERTIFICATE_KEY_MISMATCH');
  const algorithms = algorithmsFor(certificate.publicKey);
  return {
    certificate,
    chain: options.chain ?? [],
    algorithms,
    label: options.label,
    sign: async (data, algorithm, signal) => {
      signal?.throwIfAborted();
      if (!algorithms.includes(algorithm))
        throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
      return signWithKey(signatureAlgorithm(algorithm), key, data);
    },
    ...(key.asymmetricKeyType === 'rsa' && {
      signHash: async (hash: Uint8Array, algorithm: SignatureAlgorithm, signal?: AbortSignal) => {
        signal?.throwIfAborted();
        if (!algorithms.includes(algorithm))
          throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
        return signHashWithKey(signatureAlgorithm(algorithm), key, hash);
      },
    }),
    close: async () => {},
  };
}

/** The algorithms a key may be used with; refuses keys that no profile accepts. */
export function algorithmsFor(publicKey: KeyObject): readonly SignatureAlgorithm[] {
  const description = describeKey(publicKey);
  if (typeof description !== 'string') return algorithmsOf(description.kind);
  throw new SigningError(description === 'KEY_TOO_SMALL' ? 'ERR_KEY_TOO_SMALL' : 'ERR_KEY_TYPE', {
    type: publicKey.asymmetricKeyType ?? 'unknown',
  });
}

/** Picks the certificate of a key out of several, and orders the others as its chain. */
export function splitChain(
  certificates: readonly X509Certificate[],
  publicKey: KeyObject,
): { readonly certificate: X509Certificate; readonly chain: readonly X509Certificate[] } {
  const certificate = certificates.find((candidate) => candidate.publicKey.equals(publicKey));
  if (certificate === undefined) {
    throw new SigningError(
      certificates.length === 0 ? 'ERR_CERTIFICATE_MISSING' : 'ERR_CERTIFICATE_KEY_MISMATCH',
    );
  }
  const chain: X509Certificate[] = [];
  for (let last = certificate; ;) {
    const issuer = certificates.find(
      (candidate) => candidate !== last && !chain.includes(candidate) && last.checkIssued(candidate),
    );
    if (issuer === undefined) return { certificate, chain };
    chain.push(issuer);
    last = issuer;
  }
}
