// The built command with a folder of its own for what the user decides once.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoAuthority, demoTaxCode, keyObjectSigner, sign, signTrustUpdate } from '@bhxh/signing';
import { issueCrl } from '../../signing/test/authority.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const now = (): Date => new Date();
const authority = createDemoAuthority({ now, name: 'SYNTHETIC public CA' });
const fingerprint = authority.certificate.fingerprint256.replaceAll(':', '').toLowerCase();
const mst = demoTaxCode(40);

let folder: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-trust-'));
  const signerOf = (name: string, code: string) => {
    const { key, certificate } = authority.issue({ mst: code, name });
    return keyObjectSigner({ key, certificate, label: name });
  };
  const unit = signerOf('Unit ZZ0040', mst);
  const form = Buffer.from('<Hoso><NoiDung>1</NoiDung><CKy_Dvi/></Hoso>');
  writeFileSync(file('hoso.xml'), await sign(form, unit, { profile: 'declaration-xml', now }));
  let sheet: Uint8Array = Buffer.from(
    '<BANG_DOI_CHIEU_SO_DU><NOI_DUNG Id="b-1"/><CHUKY_NGANHANG/><CHUKY_BHXH/></BANG_DOI_CHIEU_SO_DU>',
  );
  for (const party of ['bank', 'office'])
    sheet = await sign(sheet, unit, { profile: 'balance-sheet', party, now });
  writeFileSync(file('sheet.xml'), sheet);
  writeFileSync(file('ca.pem'), authority.certificatePem);
  const hour = 60 * 60 * 1000;
  const [thisUpdate, nextUpdate] = [-hour, hour].map((away) => new Date(now().getTime() + away));
  writeFileSync(file('empty.crl'), issueCrl(authority, { thisUpdate: thisUpdate!, nextUpdate: nextUpdate! }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  json<Shape>(): Shape;
}

function run(config: string, ...words: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...words, '--lang', 'en'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, BHXH_CONFIG_HOME: file(config) },
  });
  return { status, stdout, stderr, json: () => JSON.parse(stdout) as never };
}

interface TrustListing {
  readonly domains: readonly { readonly id: string; readonly until: string | null }[];
  readonly anchors: readonly {
    readonly name: string;
    readonly domain: string;
    readonly fingerprint: string;
  }[];
}

const verdictOf = (config: string, ...words: string[]): string => {
  const { files } = run(
    config,
    'verify',
    'hoso.xml',
    '--profile',
    'declaration-xml',
    '--format',
    'json',
    ...words,
  ).json<{
    files: { verdict: string; findings: { code: string }[] }[];
  }>();
  return [files[0]?.verdict, ...(files[0]?.findings ?? []).map(({ code }) => code)].join(' ');
};

test('nobody is trusted at first, and the domains are those of the law', () => {
  const { domains, anchors } = run('fresh', 'trust', 'list', '--format', 'json').json<TrustListing>();
  expect(anchors).toEqual([]);
  expect(domains.map(({ id, until }) => [id, until])).toEqual([
    ['public-ca', null],
    ['government', null],
    ['vss-internal', '2025-12-16'],
    ['own', null],
  ]);
  expect(run('fresh', 'trust', 'list').stdout).toContain('bhxh trust add');
  expect(existsSync(file('fresh'))).toBe(false);
  expect(verdictOf('fresh')).toBe('undetermined TRUST_NOT_CHECKED');
});

test('what was added is believed by verify, until it is removed', () => {
  const added = run('user', 'trust', 'add', 'ca.pem', '--domain', 'public-ca');
  expect(added.status).toBe(0);
  expect(added.stdout).toContain(fingerprint);
  expect(added.stderr).toContain(`bhxh trust remove ${fingerprint}`);
  // A public authority owes the status of its certificates, and this one names nobody to ask.
  expect(verdictOf('user')).toBe('undetermined REVOCATION_UNKNOWN');
  expect(verdictOf('user', '--crl', 'empty.crl', '--expect-mst', mst)).toBe('valid');
  expect(verdictOf('user', '--domain', 'government')).toBe('undetermined TRUST_NOT_CHECKED');
  expect(run('user', 'trust', 'add', 'ca.pem').status).toBe(2);
  expect(run('user', 'trust', 'remove', fingerprint.slice(0, 12)).status).toBe(0);
  expect(verdictOf('user')).toBe('undetermined TRUST_NOT_CHECKED');
  expect(run('user', 'trust', 'remove', fingerprint).status).toBe(2);
});

test('a certificate with another fingerprint than the one published is not added', () => {
  const refused = run('careful', 'trust', 'add', 'ca.pem', '--fingerprint', 'ab'.repeat(32));
  expect([refused.status, refused.stderr]).toEqual([8, expect.stringContaining(fingerprint)]);
  expect(existsSync(file('careful'))).toBe(false);
  expect(run('careful', 'trust', 'add', 'ca.pem', '--fingerprint', fingerprint).status).toBe(0);
  expect(run('careful', 'trust', 'add', 'ca.pem', '--domain', 'nobody').status).toBe(2);
});

test('an authority counts only on its days', () => {
  run('vss', 'trust', 'add', 'ca.pem', '--domain', 'vss-internal');
  expect(verdictOf('vss')).toBe('invalid AUTHORITY_LICENCE_ENDED');
  run('days', 'trust', 'add', 'ca.pem', '--valid-until', '2020-01-01');
  expect(verdictOf('days')).toBe('invalid AUTHORITY_LICENCE_ENDED');
  expect(run('days', 'trust', 'list').stdout).toContain('2020-01-01');
});

test('of a document that several parties sign, each signature is judged by itself', () => {
  run('parties', 'trust', 'add', 'ca.pem');
  const both = run('parties', 'verify', 'sheet.xml', '--profile', 'balance-sheet', '--format', 'json');
  const { files } = both.json<{
    files: { verdict: string; signatures: { path: string; verdict: string }[] }[];
  }>();
  expect([both.status, files[0]?.verdict]).toEqual([0, 'valid']);
  expect(files[0]?.signatures.map(({ path, verdict }) => [path, verdict])).toEqual([
    ['/BANG_DOI_CHIEU_SO_DU/CHUKY_NGANHANG/Signature', 'valid'],
    ['/BANG_DOI_CHIEU_SO_DU/CHUKY_BHXH/Signature', 'valid'],
  ]);
  const one = ['verify', 'sheet.xml', '--profile', 'balance-sheet', '--party'];
  expect(run('parties', ...one, 'office').status).toBe(0);
  expect(run('parties', ...one, 'nobody').status).toBe(2);
});

test('a signed update is taken once, from its own publisher, and never an older one', () => {
  const publisher = generateKeyPairSync('ed25519');
  const day = 24 * 60 * 60 * 1000;
  const write = (name: string, sequence: number, key = publisher.privateKey): void =>
    writeFileSync(
      file(name),
      signTrustUpdate(
        {
          sequence,
          issuedAt: new Date(now().getTime() - day).toISOString(),
          expiresAt: new Date(now().getTime() + day).toISOString(),
          anchors: [
            {
              domain: 'own',
              name: 'SYNTHETIC public CA',
              fingerprint,
              certificate: authority.certificate.raw.toString('base64'),
            },
          ],
        },
        key,
      ),
    );
  writeFileSync(file('publisher.pem'), publisher.publicKey.export({ type: 'spki', format: 'pem' }));
  write('two.json', 2);
  write('one.json', 1);
  write('forged.json', 3, generateKeyPairSync('ed25519').privateKey);
  const update = (...words: string[]): [number | null, string] => {
    const { status, stderr } = run('updates', 'trust', 'update', ...words);
    return [status, /ERR_\w+/.exec(stderr)?.[0] ?? ''];
  };
  expect(update('two.json')).toEqual([8, 'ERR_TRUST_UPDATE_KEY']);
  expect(update('two.json', '--publisher-key', 'publisher.pem')).toEqual([0, '']);
  expect(verdictOf('updates')).toBe('valid');
  const stored = readFileSync(file('updates/trust.json'), 'utf8');
  expect(update('two.json')).toEqual([8, 'ERR_TRUST_UPDATE_OLD']);
  expect(update('one.json')).toEqual([8, 'ERR_TRUST_UPDATE_OLD']);
  expect(update('forged.json')).toEqual([8, 'ERR_TRUST_UPDATE_SIGNATURE']);
  expect(update('ca.pem')).toEqual([9, 'ERR_TRUST_UPDATE_DAMAGED']);
  expect(readFileSync(file('updates/trust.json'), 'utf8')).toBe(stored);
  expect(statSync(file('updates')).mode & 0o077).toBe(0);
});

test('a damaged list is an error that names the file, not an empty list', () => {
  run('broken', 'trust', 'add', 'ca.pem');
  writeFileSync(file('broken/trust.json'), '{"schema":"bhxh-trust/1","anchors":[{}]}');
  const { status, stderr } = run('broken', 'verify', 'hoso.xml');
  expect([status, stderr]).toEqual([9, expect.stringContaining('ERR_TRUST_LIST_DAMAGED')]);
});
