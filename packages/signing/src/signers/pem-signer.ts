import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { PinSource, Signer } from '../types.ts';
import { keyObjectSigner, splitChain } from './key-object-signer.ts';
import { withPin } from './pin.ts';

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const keyBlock =
  /-----BEGIN (?:ENCRYPTED |RSA |EC )?PRIVATE KEY-----[\s\S]+?-----END (?:ENCRYPTED |RSA |EC )?PRIVATE KEY-----/;

/** Every certificate of a PEM text, or the one certificate of a DER file. */
export function readCertificates(bytes: Uint8Array): X509Certificate[] {
  const blocks = Buffer.from(bytes).toString('latin1').match(certificateBlock);
  try {
    return blocks === null ? [new X509Certificate(bytes)] : blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw new SigningError('ERR_KEY_FORMAT', { part: 'certificate' }, cause);
  }
}

export interface PemSignerOptions {
  readonly pem: Uint8Array;
  /** Certificates (PEM or DER) when they are not in `pem` itself. */
  readonly certificates?: Uint8Array;
  /** Asked only when the key is encrypted. */
  readonly pin?: PinSource;
  readonly label: string;
}

/**
 * A signer for a private key in PEM: PKCS#8 (encrypted or not), PKCS#1 or SEC1.
 *
 * @throws SigningError `ERR_KEY_FORMAT`, `ERR_KEY_PASSWORD`, `ERR_PIN_REQUIRED`, `ERR_CERTIFICATE_MISSING` and those of `keyObjectSigner`.
 */
export async function pemSigner(options: PemSignerOptions): Promise<Signer> {
  const text = Buffer.from(options.pem).toString('latin1');
  const block = keyBlock.exec(text)?.[0];
  if (block === undefined) throw new SigningError('ERR_KEY_FORMAT', { part: 'private key' });
  const key = await readKey(block, options.pin);
  const own = text.includes('-----BEGIN CERTIFICATE-----') ? readCertificates(options.pem) : [];
  const given = options.certificates === undefined ? [] : readCertificates(options.certificates);
  return keyObjectSigner({
    key,
    ...splitChain([...own, ...given], createPublicKey(key)),
    label: options.label,
  });
}

async function readKey(block: string, pin: PinSource | undefined): Promise<KeyObject> {
  const isEncrypted = block.includes('ENCRYPTED');
  if (!isEncrypted) {
    try {
      return createPrivateKey(block);
    } catch (cause) {
      throw new SigningError('ERR_KEY_FORMAT', { part: 'private key' }, cause);
    }
  }
  return withPin(pin, (passphrase) => {
    try {
      return createPrivateKey({ key: block, format: 'pem', passphrase: Buffer.from(passphrase) });
    } catch (cause) {
      throw new SigningError('ERR_KEY_PASSWORD', {}, cause);
    }
  });
}
