// The mathematics of a signature done by xml-crypto instead of this package: another pair of eyes for small documents. What is
// signed, where and how is decided before, by the same strict reading as always, so that what xml-crypto accepts and others
// refuse (text hidden by processing instructions, attributes named xmlns…, content after the root) never reaches it; and its
// cost grows with the square of the document, so large ones do not either.
import type { KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as XmlCrypto from 'xml-crypto';
import { encodeBase64 } from './base64.ts';
import { textOf } from './certificates/known-certificate.ts';
import { SigningError } from './errors.ts';
import type { OwnSignature } from './own-signature.ts';
import type { SignatureProfile } from './profiles.ts';
import { Refusal } from './reasons.ts';
import { digestUris, signatureAlgorithm } from './signature-algorithms.ts';
import { canonicalizationUris, envelopedTransform, pathOf } from './signature-element.ts';
import type { SignatureAlgorithm, Signer } from './types.ts';

/** What does the mathematics: this package, or the optional peer xml-crypto (documents up to 256 KiB). */
export type SignatureEngine = 'own' | 'xml-crypto';

export const signatureEngines: readonly SignatureEngine[] = ['own', 'xml-crypto'];

const largest = 256 * 1024;

/** What xml-crypto has; ECDSA and SHA-384 it has not. */
const algorithms: ReadonlySet<string> = new Set(['rsa-sha256', 'rsa-sha512', 'rsa-pss-sha256', 'rsa-sha1']);
const hashes: ReadonlySet<string> = new Set(['sha1', 'sha256', 'sha512']);

/** @throws SigningError `ERR_ENGINE_MISSING` with the `command` that installs it. */
export function requireXmlCrypto(require: NodeJS.Require = createRequire(import.meta.url)): typeof XmlCrypto {
  try {
    return require('xml-crypto') as typeof XmlCrypto;
  } catch (cause) {
    throw new SigningError(
      'ERR_ENGINE_MISSING',
      { engine: 'xml-crypto', command: 'npm install xml-crypto' },
      cause,
    );
  }
}

/** Checks digests and value of a signature that was read already; throws `Refusal`. */
export function checkWithXmlCrypto(bytes: Uint8Array, own: OwnSignature, key: KeyObject): void {
  const { signature, index, extract } = own;
  if (bytes.length > largest) throw new Refusal('ENGINE_DOCUMENT_SIZE', own.path);
  const isKnown =
    algorithms.has(signature.algorithm.name) && signature.references.every(({ hash }) => hashes.has(hash));
  if (!isKnown) throw new Refusal('ENGINE_ALGORITHM', own.path);
  const { SignedXml } = requireXmlCrypto();
  const publicCert = key.export({ type: 'spki', format: 'pem' });
  const checker = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
  const { start, end } = extract.range;
  checker.loadSignature(extract.bytes.toString('utf8', start, end));
  let isRight: boolean;
  try {
    isRight = checker.checkSignature(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('invalid signature:')) throw error;
    throw new Refusal('SIGNATURE_MISMATCH', pathOf(index, signature.valueElement));
  }
  if (isRight) return;
  const wrong = checker.getReferences().findIndex((reference) => reference.validationError !== undefined);
  const { element } = signature.references[wrong] ?? signature.references[0]!;
  throw new Refusal('DIGEST_MISMATCH', pathOf(index, element));
}

export interface XmlCryptoOrder {
  readonly profile: SignatureProfile;
  readonly algorithm: SignatureAlgorithm;
  /** Names of the elements from the root down to the one that will hold the Signature. */
  readonly place: readonly string[];
  readonly signer: Signer;
  readonly signal: AbortSignal | undefined;
}

/**
 * The Signature element as xml-crypto writes it; nothing else of what it makes of the document is used.
 *
 * @throws SigningError `ERR_ENGINE_UNFIT` for what it cannot do: documents above 256 KiB, algorithms, other references than to
 * the whole document.
 */
export async function signatureByXmlCrypto(xml: Uint8Array, order: XmlCryptoOrder): Promise<string> {
  const { profile, algorithm, signer } = order;
  const { SignedXml } = requireXmlCrypto();
  const unfit = (part: string) => new SigningError('ERR_ENGINE_UNFIT', { engine: 'xml-crypto', part });
  if (xml.length > largest) throw unfit('size');
  if (!algorithms.has(algorithm) || !hashes.has(profile.digests[0]!)) throw unfit('algorithm');
  if (profile.signs.some((kind) => kind !== 'document') || profile.timeStamp || profile.subjectName)
    throw unfit('profile');
  const form = canonicalizationUris[profile.canonicalizations[0]!];
  const { uri } = signatureAlgorithm(algorithm);
  const writer = new SignedXml({
    privateKey: 'elsewhere',
    signatureAlgorithm: uri,
    canonicalizationAlgorithm: form,
    getKeyInfoContent: () =>
      `<X509Data><X509Certificate>${textOf(signer.certificate)}</X509Certificate></X509Data>`,
  });
  writer.SignatureAlgorithms[uri] = class {
    getAlgorithmName = () => uri;
    verifySignature = () => false;
    getSignature: XmlCrypto.SignatureAlgorithm['getSignature'] = (
      info: unknown,
      _key: unknown,
      done?: XmlCrypto.ErrorFirstCallback<string>,
    ) => {
      signer.sign(Buffer.from(String(info)), algorithm, order.signal).then(
        (value) => done?.(null, encodeBase64(value)),
        (error: unknown) => done?.(error as Error),
      );
      return '';
    };
  };
  writer.addReference({
    xpath: '/*',
    isEmptyUri: true,
    transforms: [
      envelopedTransform,
      // Inclusive is what follows without saying so.
      ...(profile.canonicalizations[0] === 'exclusive' ? [form] : []),
    ],
    digestAlgorithm: digestUris[profile.digests[0]!],
  });
  const path = order.place.map((name) => `/*[local-name()='${name}']`).join('');
  await new Promise<void>((resolve, reject) => {
    writer.computeSignature(
      new TextDecoder().decode(xml),
      { location: { reference: path, action: 'append' } },
      (error) => (error ? reject(error) : resolve()),
    );
  });
  return writer.getSignatureXml();
}
