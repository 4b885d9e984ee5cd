import type { X509Certificate } from 'node:crypto';
import forge from 'node-forge';

/** Packs an RSA key and its certificates (its own first) into a PKCS#12 file encrypted with AES-256. */
export function writePkcs12(content: {
  readonly keyPem: string;
  readonly certificates: readonly X509Certificate[];
  readonly password: string;
}): Uint8Array {
  const file = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(content.keyPem),
    content.certificates.map((certificate) => forge.pki.certificateFromPem(certificate.toString())),
    content.password,
    { algorithm: 'aes256', friendlyName: 'SYNTHETIC' },
  );
  return Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1');
}
