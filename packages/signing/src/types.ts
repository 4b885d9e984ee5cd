import type { X509Certificate } from 'node:crypto';

export type SignatureAlgorithm =
  | 'rsa-sha256'
  | 'rsa-sha384'
  | 'rsa-sha512'
  | 'rsa-pss-sha256'
  | 'rsa-pss-sha384'
  | 'rsa-pss-sha512'
  | 'ecdsa-sha256'
  | 'ecdsa-sha384'
  | 'ecdsa-sha512';

/** A key that can sign, wherever it lives: file, token, HSM or remote service. */
export interface Signer {
  readonly certificate: X509Certificate;
  /** Issuers, leaf's issuer first; may be empty. */
  readonly chain: readonly X509Certificate[];
  readonly algorithms: readonly SignatureAlgorithm[];
  /** How the key is named to people: `file:demo.p12`, `pkcs11:token=…`. Never a secret. */
  readonly label: string;
  /** Signs `data` (hashing included). ECDSA values are raw r‖s, as XMLDSig wants them. */
  sign(data: Uint8Array, algorithm: SignatureAlgorithm, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}
