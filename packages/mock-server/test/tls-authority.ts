import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface TlsIdentity {
  readonly key: string;
  readonly certificate: string;
}

/** An authority of one test for servers and clients of TLS; keys for signing documents are not fit for it. */
export function createTlsAuthority(): { readonly certificate: string; issue(name: string): TlsIdentity } {
  let serial = 0;
  const make = (
    name: string,
    issuer: { readonly name: string; readonly key: string } | undefined,
  ): TlsIdentity => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const key = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.publicKeyFromPem(
      pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    );
    certificate.serialNumber = `0${(serial += 1)}`;
    certificate.validity.notBefore = new Date('2020-01-01');
    certificate.validity.notAfter = new Date('2099-01-01');
    certificate.setSubject([{ name: 'commonName', value: name }]);
    certificate.setIssuer([{ name: 'commonName', value: issuer?.name ?? name }]);
    certificate.setExtensions(
      issuer === undefined
        ? [{ name: 'basicConstraints', cA: true }]
        : [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    );
    certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? key), forge.md.sha256.create());
    return { key, certificate: forge.pki.certificateToPem(certificate) };
  };
  const root = make('Test authority', undefined);
  return {
    certificate: root.certificate,
    issue: (name) => make(name, { name: 'Test authority', key: root.key }),
  };
}
