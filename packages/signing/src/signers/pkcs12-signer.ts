import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type Forge from 'node-forge';
import { SigningError } from '../errors.ts';
import type { PinSource, Signer } from '../types.ts';
import { keyObjectSigner, splitChain } from './key-object-signer.ts';
import { withPin } from './pin.ts';

const maxFileBytes = 1024 * 1024;

export interface Pkcs12SignerOptions {
  readonly file: Uint8Array;
  readonly pin?: PinSource;
  readonly label: string;
}

/**
 * A signer for the key of a PKCS#12 file (.p12, .pfx), modern (AES) or legacy (RC2, 3DES), RSA or EC.
 * Certificates beside the key become the chain.
 *
 * @throws SigningError `ERR_KEY_FORMAT`, `ERR_KEY_PASSWORD`, `ERR_PIN_REQUIRED`, `ERR_KEY_MISSING`, `ERR_KEY_AMBIGUOUS` and those of `keyObjectSigner`.
 */
export async function pkcs12Signer(options: Pkcs12SignerOptions): Promise<Signer> {
  if (options.file.length > maxFileBytes)
    throw new SigningError('ERR_KEY_FORMAT', { bytes: options.file.length });
  const { keys, certificates } = await withPin(options.pin, (password) => openFile(options.file, password));
  const [key, ...others] = keys;
  if (key === undefined) throw new SigningError('ERR_KEY_MISSING');
  if (others.length > 0) throw new SigningError('ERR_KEY_AMBIGUOUS', { keys: keys.length });
  return keyObjectSigner({ key, ...splitChain(certificates, createPublicKey(key)), label: options.label });
}

async function openFile(
  file: Uint8Array,
  password: Uint8Array,
): Promise<{ keys: KeyObject[]; certificates: X509Certificate[] }> {
  const { default: forge } = await import('node-forge');
  const { asn1, pki } = forge;
  const toDer = (value: Forge.asn1.Asn1) => Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
  const content = readContent(forge, Buffer.from(file).toString('latin1'), password);
  const bags = content.safeContents.flatMap((contents) => contents.safeBags);
  const keyTypes: readonly string[] = [pki.oids['pkcs8ShroudedKeyBag']!, pki.oids['keyBag']!];
  try {
    return {
      keys: bags
        .filter((bag) => keyTypes.includes(bag.type))
        .map((bag) =>
          // A key forge cannot read (EC) is left as ASN.1, which node understands.
          createPrivateKey({
            key: toDer(bag.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(bag.key)) : bag.asn1),
            format: 'der',
            type: 'pkcs8',
          }),
        ),
      certificates: bags
        .filter((bag) => bag.type === pki.oids['certBag'])
        .map((bag) => new X509Certificate(toDer(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1))),
    };
  } catch (cause) {
    throw new SigningError('ERR_KEY_FORMAT', { part: 'PKCS#12 content' }, cause);
  }
}

/**
 * The MAC and the older ciphers take a password as UTF-16, which forge makes of a text; AES takes it as UTF-8, which forge
 * leaves to its caller. So a file whose MAC is right and whose content does not open is read once more without the MAC.
 */
function readContent(forge: typeof Forge, file: string, secret: Uint8Array): Forge.pkcs12.Pkcs12Pfx {
  const password = Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
  const { asn1, pkcs12 } = forge;
  const damaged = (part: string, cause?: unknown) => new SigningError('ERR_KEY_FORMAT', { part }, cause);
  let parsed: Forge.asn1.Asn1;
  try {
    parsed = asn1.fromDer(forge.util.createBuffer(file));
  } catch (cause) {
    throw damaged('PKCS#12', cause);
  }
  try {
    return pkcs12.pkcs12FromAsn1(parsed, password.toString('utf8'));
  } catch (cause) {
    // forge tells a wrong password and a damaged file apart by its sentence alone.
    if (cause instanceof Error && /MAC could not be verified/i.test(cause.message))
      throw new SigningError('ERR_KEY_PASSWORD');
  }
  try {
    const [version, content] = asn1.fromDer(forge.util.createBuffer(file)).value as Forge.asn1.Asn1[];
    const bare = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [version!, content!]);
    return pkcs12.pkcs12FromAsn1(bare, password.toString('latin1'));
  } catch {
    throw damaged('PKCS#12');
  }
}
