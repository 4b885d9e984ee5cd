import type { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { SignatureAlgorithm, Signer } from '../types.ts';
import { algorithmsFor } from './key-object-signer.ts';

export interface CallbackSignerOptions {
  readonly certificate: X509Certificate;
  readonly chain?: readonly X509Certificate[];
  /** Default: everything the certificate's key allows. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  readonly label: string;
  /** Signs `data` (hashing included); ECDSA values are raw r‖s. */
  sign(data: Uint8Array, algorithm: SignatureAlgorithm, signal?: AbortSignal): Promise<Uint8Array>;
  close?(): Promise<void>;
}

/** A signer whose key is reached through the caller's own function: an HSM client, a key service, another process. */
export function callbackSigner(options: CallbackSignerOptions): Signer {
  const possible = algorithmsFor(options.certificate.publicKey);
  const algorithms = options.algorithms ?? possible;
  const wrong = algorithms.find((algorithm) => !possible.includes(algorithm));
  if (wrong !== undefined) throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm: wrong });
  return {
    certificate: options.certificate,
    chain: options.chain ?? [],
    algorithms,
    label: options.label,
    sign: async (data, algorithm, signal) => {
      signal?.throwIfAborted();
      if (!algorithms.includes(algorithm))
        throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
      return options.sign(data, algorithm, signal);
    },
    close: options.close?.bind(options) ?? (async () => {}),
  };
}
