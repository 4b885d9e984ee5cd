import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';
import { commonNameOid, uidOid } from './certificate-facts.ts';
import type { CertificateRequest, Issuer } from './issue-certificate.ts';
import { issueCertificate } from './issue-certificate.ts';

const countryOid = '2.5.4.6';
const organizationOid = '2.5.4.10';

/** Document signing and client authentication, as seen on certificates of public Vietnamese CAs. */
const subscriberUsages = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4', '1.3.6.1.4.1.311.10.3.12'] as const;

const day = 24 * 60 * 60 * 1000;

export type DemoKeyKind = 'rsa-2048' | 'rsa-3072' | 'p-256' | 'p-384';

export interface DemoSubject {
  /** Tax code from the reserved range: ten digits beginning 99 with the right check digit (`demoTaxCode`). */
  readonly mst: string;
  /** Who is named in the certificate; always shown with the word SYNTHETIC. */
  readonly name: string;
  readonly keyKind?: DemoKeyKind;
  /** Default: a day ago to three years ahead. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Replaces or completes any part of the certificate; tests use it to issue faulty ones. */
  readonly change?: Partial<CertificateRequest>;
}

/** A synthetic key with its certificate. Nobody but a demonstration or a test should trust it. */
export interface DemoIdentity {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  /** Issuers, the identity's own first. */
  readonly chain: readonly X509Certificate[];
  /** PKCS#8 without password. */
  readonly keyPem: string;
  readonly certificatePem: string;
  /** A PKCS#12 file with key and certificates (RSA keys only), AES-256. */
  pkcs12(password: string): Promise<Uint8Array>;
}

export interface DemoAuthority extends Issuer {
  readonly certificatePem: string;
  issue(subject: DemoSubject): DemoIdentity;
}

/**
 * Creates a synthetic certificate authority that lives in memory only, for demonstrations and tests.
 *
 * @example
 * const authority = createDemoAuthority({ now: () => new Date() });
 * const facility = authority.issue({ mst: demoTaxCode(1), name: 'Facility 99001' });
 */
export function createDemoAuthority(options: {
  readonly now: () => Date;
  readonly keyKind?: DemoKeyKind;
  readonly name?: string;
}): DemoAuthority {
  const now = options.now();
  const key = generateKey(options.keyKind ?? 'rsa-2048');
  const certificate = issueCertificate(
    {
      subject: [
        [countryOid, 'VN'],
        [organizationOid, 'BHXH toolkit SYNTHETIC, trust in tests only'],
        [commonNameOid, options.name ?? 'SYNTHETIC root CA'],
      ],
      publicKey: key,
      notBefore: new Date(now.getTime() - 365 * day),
      notAfter: new Date(now.getTime() + 3650 * day),
      authority: {},
      keyUsage: ['keyCertSign', 'cRLSign'],
    },
    { key },
  );
  const issuer: Issuer = { certificate, key };
  return {
    ...issuer,
    certificatePem: certificate.toString(),
    issue: (subject) => issueDemoIdentity(subject, issuer, now),
  };
}

/** One synthetic identity together with the authority that issued it. */
export function createDemoIdentity(
  subject: DemoSubject & { readonly now: () => Date },
): DemoIdentity & { readonly authority: DemoAuthority } {
  const authority = createDemoAuthority({ now: subject.now });
  return { ...authority.issue(subject), authority };
}

function issueDemoIdentity(subject: DemoSubject, issuer: Issuer, now: Date): DemoIdentity {
  if (!/^99\d{8}(-\d{3})?$/.test(subject.mst)) throw new RangeError('synthetic tax codes begin with 99');
  const key = generateKey(subject.keyKind ?? 'rsa-2048');
  const certificate = issueCertificate(
    {
      subject: [
        [countryOid, 'VN'],
        [organizationOid, `SYNTHETIC ${subject.name}`],
        [commonNameOid, `SYNTHETIC ${subject.name}`],
        [uidOid, `MST:${subject.mst}`],
      ],
      publicKey: key,
      notBefore: subject.notBefore ?? new Date(now.getTime() - day),
      notAfter: subject.notAfter ?? new Date(now.getTime() + 1095 * day),
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      extendedKeyUsage: subscriberUsages,
      ...subject.change,
    },
    issuer,
  );
  const chain = [issuer.certificate];
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
  return {
    key,
    certificate,
    chain,
    keyPem,
    certificatePem: certificate.toString(),
    pkcs12: async (password) => {
      const { writePkcs12 } = await import('./write-pkcs12.ts');
      return writePkcs12({ keyPem, certificates: [certificate, ...chain], password });
    },
  };
}

function generateKey(kind: DemoKeyKind): KeyObject {
  switch (kind) {
    case 'rsa-2048':
    case 'rsa-3072':
      return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa-2048' ? 2048 : 3072 }).privateKey;
    case 'p-256':
    case 'p-384':
      return generateKeyPairSync('ec', { namedCurve: kind === 'p-256' ? 'P-256' : 'P-384' }).privateKey;
  }
}

/** The n-th tax code of the reserved synthetic range (99…), with its check digit; n from 0 to 999999. */
export function demoTaxCode(n: number): string {
  if (!Number.isInteger(n) || n < 0 || n > 999_999)
    throw new RangeError('demo tax codes are numbered 0 to 999999');
  const weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];
  const stem = `99${String(n).padStart(6, '0')}`;
  for (const ninth of ['0', '1']) {
    const remainder =
      weights.reduce((sum, weight, at) => sum + weight * Number(`${stem}${ninth}`[at]), 0) % 11;
    // A remainder of 0 would need the check digit 10: such codes are never issued.
    if (remainder !== 0) return `${stem}${ninth}${10 - remainder}`;
  }
  throw new RangeError('unreachable: the two sums differ by 3');
}
