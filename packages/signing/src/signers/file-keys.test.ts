import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, facility, identityOf, now } from '../../test/documents.ts';
import { openKey, sign, verify } from '../index.ts';
import type { OpenKeyOptions } from '../index.ts';

let folder: string;
const file = (name: string): string => join(folder, name);
const password = 'Password: 1 & 2';
const pin = async (): Promise<Uint8Array> => Buffer.from(password, 'utf8');

const openssl = (...words: string[]): void => {
  execFileSync('openssl', words, { stdio: 'pipe', env: { ...process.env, PASSWORD: password } });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-keys-'));
  writeFileSync(file('rsa.key'), facility.keyPem);
  writeFileSync(file('rsa.pem'), facility.certificatePem);
  writeFileSync(file('chain.pem'), facility.authority.certificatePem);
  const ec = identityOf({ keyKind: 'p-256' }).identity;
  writeFileSync(file('ec.key'), ec.keyPem);
  writeFileSync(file('ec.pem'), ec.certificatePem);
  const other = identityOf({}).identity;
  writeFileSync(file('other.pem'), other.certificatePem);
  for (const kind of ['rsa', 'ec']) {
    const input = ['-inkey', file(`${kind}.key`), '-in', file(`${kind}.pem`), '-passout', 'env:PASSWORD'];
    openssl('pkcs12', '-export', ...input, '-out', file(`${kind}-modern.p12`));
    openssl(
      'pkcs12',
      '-export',
      '-legacy',
      '-keypbe',
      'PBE-SHA1-3DES',
      '-certpbe',
      'PBE-SHA1-RC2-40',
      ...input,
      '-out',
      file(`${kind}-legacy.p12`),
    );
  }
  openssl(
    'pkcs12',
    '-export',
    '-inkey',
    file('rsa.key'),
    '-in',
    file('rsa.pem'),
    '-certfile',
    file('chain.pem'),
    '-passout',
    'env:PASSWORD',
    '-out',
    file('chain.p12'),
  );
  openssl(
    'pkcs8',
    '-topk8',
    '-in',
    file('rsa.key'),
    '-v2',
    'aes-256-cbc',
    '-passout',
    'env:PASSWORD',
    '-out',
    file('encrypted.key'),
  );
  writeFileSync(file('demo.p12'), await facility.pkcs12(password));
  writeFileSync(file('both.pem'), facility.keyPem + facility.certificatePem);
  writeFileSync(file('garbage.p12'), Buffer.from('3082ffff0201', 'hex'));
  writeFileSync(file('text.txt'), 'nothing');
});

afterAll(() => rmSync(folder, { recursive: true }));

const refused = async (reference: string, options: OpenKeyOptions): Promise<string> => {
  const error = await openKey(reference, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(JSON.stringify(error) + String(error)).not.toContain(password);
  return (error as { code: string }).code;
};

describe('PKCS#12', () => {
  test.each([
    ['rsa-modern.p12', 'bhxh-xml'],
    ['rsa-legacy.p12', 'bhxh-xml'],
    ['demo.p12', 'bhxh-xml'],
    ['ec-modern.p12', 'bhxh-xml-ecdsa'],
    ['ec-legacy.p12', 'bhxh-xml-ecdsa'],
  ] as const)('%s signs', async (name, profile) => {
    const signer = await openKey(`file:${file(name)}`, { pin });
    const signed = await sign(claim, signer, { profile, now });
    expect((await verify(signed, { profile, trust: 'not-checked', now })).verdict).toBe('valid');
    expect(signer.label).toBe(`file:${file(name)}`);
  });

  test('certificates beside the key become the chain, and a demo file carries its authority', async () => {
    for (const name of ['chain.p12', 'demo.p12']) {
      const signer = await openKey(`file:${file(name)}`, { pin });
      expect(signer.chain.map((one) => one.fingerprint256)).toEqual([
        facility.authority.certificate.fingerprint256,
      ]);
      expect(Buffer.compare(signer.certificate.raw, facility.certificate.raw)).toBe(0);
    }
  });

  test('a wrong password, a missing one, a damaged file and a missing file each have their code', async () => {
    const wrong = async () => Buffer.from('sai');
    expect(await refused(`file:${file('rsa-modern.p12')}`, { pin: wrong })).toBe('ERR_KEY_PASSWORD');
    expect(await refused(`file:${file('rsa-legacy.p12')}`, { pin: wrong })).toBe('ERR_KEY_PASSWORD');
    expect(await refused(`file:${file('rsa-modern.p12')}`, {})).toBe('ERR_PIN_REQUIRED');
    expect(await refused(`file:${file('garbage.p12')}`, { pin })).toBe('ERR_KEY_FORMAT');
    expect(await refused(`file:${file('missing.p12')}`, { pin })).toBe('ERR_KEY_UNREADABLE');
  });

  test('the bytes of the password are overwritten after use', async () => {
    const bytes = Buffer.from(password, 'utf8');
    await openKey(`file:${file('rsa-modern.p12')}`, { pin: async () => bytes });
    expect([...bytes].every((byte) => byte === 0)).toBe(true);
  });
});

describe('PKCS#12 files as they are met', () => {
  // A subject of a Vietnamese unit, and passwords beyond ASCII: legacy files take them as UTF-16, modern ones as UTF-8.
  const passwords = ['Mật khẩu: Bệnh viện 1', 'пароль', 'pass🔑word', 'é', ' blank '] as const;
  const legacy = ['-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-RC2-40', '-macalg', 'sha1'];
  const modern = ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256'];
  const mixed = ['-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha256'];

  beforeAll(() => {
    for (const [kind, options] of [
      ['rsa', ['rsa:2048']],
      ['ec', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ] as const) {
      const subject = '/C=VN/O=Bệnh viện Thử Nghiệm/CN=Cơ sở 99001/UID=MST:9900000019';
      const files = ['-keyout', file(`${kind}-unit.key`), '-out', file(`${kind}-unit.pem`)];
      openssl('req', '-x509', '-newkey', ...options, '-noenc', '-utf8', '-subj', subject, ...files);
    }
  });

  test.each(passwords.flatMap((word) => [modern, legacy, mixed].map((options) => [word, options] as const)))(
    'the password %s opens them: %j',
    async (word, options) => {
      for (const kind of ['rsa', 'ec']) {
        const [path, secret] = [file(`${kind}-met.p12`), file('password.txt')];
        writeFileSync(secret, `${word}\n`);
        const input = ['-inkey', file(`${kind}-unit.key`), '-in', file(`${kind}-unit.pem`)];
        openssl('pkcs12', '-export', ...options, ...input, '-passout', `file:${secret}`, '-out', path);
        const signer = await openKey(`file:${path}`, { pin: async () => Buffer.from(word, 'utf8') });
        // The certificate is the very one that went in: re-encoding it would break its signature.
        const own = new X509Certificate(readFileSync(file(`${kind}-unit.pem`)));
        expect(signer.certificate.fingerprint256).toBe(own.fingerprint256);
        const profile = kind === 'ec' ? 'bhxh-xml-ecdsa' : 'bhxh-xml';
        const signed = await sign(claim, signer, { profile, now: () => new Date() });
        const result = await verify(signed, { profile, trust: 'not-checked', now });
        expect([result.verdict, result.signer?.ids[0]?.value]).toEqual(['valid', '9900000019']);
        expect(await refused(`file:${path}`, { pin: async () => Buffer.from(`${word}x`, 'utf8') })).toBe(
          'ERR_KEY_PASSWORD',
        );
      }
    },
  );
});

describe('PEM', () => {
  test('a key with its certificate in one file or in two signs, encrypted or not', async () => {
    const keys = [
      await openKey(`file:${file('both.pem')}`),
      await openKey(`file:${file('rsa.key')}`, { certificate: file('rsa.pem') }),
      await openKey(`file:${file('encrypted.key')}`, { certificate: file('rsa.pem'), pin }),
    ];
    const signed = await Promise.all(keys.map((key) => sign(claim, key, { profile: 'bhxh-xml', now })));
    // PKCS#1 v1.5 is deterministic: one key, one document, one result.
    expect(new Set(signed.map((one) => Buffer.from(one).toString('hex'))).size).toBe(1);
  });

  test('a key without certificate, with another one, or with a wrong password is refused', async () => {
    expect(await refused(`file:${file('rsa.key')}`, {})).toBe('ERR_CERTIFICATE_MISSING');
    expect(await refused(`file:${file('rsa.key')}`, { certificate: file('other.pem') })).toBe(
      'ERR_CERTIFICATE_KEY_MISMATCH',
    );
    expect(
      await refused(`file:${file('encrypted.key')}`, {
        certificate: file('rsa.pem'),
        pin: async () => Buffer.from('sai'),
      }),
    ).toBe('ERR_KEY_PASSWORD');
    expect(await refused(`file:${file('encrypted.key')}`, { certificate: file('rsa.pem') })).toBe(
      'ERR_PIN_REQUIRED',
    );
    expect(await refused(`file:${file('text.txt')}`, {})).toBe('ERR_KEY_FORMAT');
  });
});
