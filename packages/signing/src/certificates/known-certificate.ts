import type { KeyObject, X509Certificate } from 'node:crypto';
import type { SignatureSigner } from '../types.ts';
import { encodeBase64 } from '../base64.ts';
import { describeKey } from '../signature-algorithms.ts';
import { certificateFacts } from './certificate-facts.ts';

const keys = new WeakMap<X509Certificate, KeyObject>();
const descriptions = new WeakMap<KeyObject, ReturnType<typeof describeKey>>();
const signers = new WeakMap<X509Certificate, SignatureSigner>();
const texts = new WeakMap<X509Certificate, string>();
const fingerprints = new WeakMap<X509Certificate, string>();

function remember<Key extends object, Value>(
  store: WeakMap<Key, Value>,
  key: Key,
  make: (key: Key) => Value,
): Value {
  let value = store.get(key);
  if (value === undefined) store.set(key, (value = make(key)));
  return value;
}

/** node decodes the key anew at every access, which takes longer than a verification. */
export const publicKeyOf = (certificate: X509Certificate): KeyObject =>
  remember(keys, certificate, (one) => one.publicKey);

export const keyDescription = (key: KeyObject): ReturnType<typeof describeKey> =>
  remember(descriptions, key, describeKey);

/** Base64 of the DER, as it stands in X509Certificate. */
export const textOf = (certificate: X509Certificate): string =>
  remember(texts, certificate, (one) => encodeBase64(one.raw));

/** SHA-256, hexadecimal, lower case. */
export const fingerprintOf = (certificate: X509Certificate): string =>
  remember(fingerprints, certificate, (one) => one.fingerprint256.replaceAll(':', '').toLowerCase());

export const isSameCertificate = (one: X509Certificate, other: X509Certificate): boolean =>
  one === other || fingerprintOf(one) === fingerprintOf(other);

/** Throws what `certificateFacts` throws. */
export const signerOf = (certificate: X509Certificate): SignatureSigner =>
  remember(signers, certificate, (one) => {
    const facts = certificateFacts(one);
    return {
      subject: one.subject.replaceAll('\n', ', '),
      issuer: one.issuer.replaceAll('\n', ', '),
      serial: one.serialNumber.toLowerCase(),
      ids: facts.ids,
      notBefore: facts.notBefore,
      notAfter: facts.notAfter,
      fingerprint: fingerprintOf(one),
      certificate: one,
    };
  });
