// What a signer's certificate, its status and its time stamp make of a signature that is right in itself: one document per
// verdict. Lists are made by openssl and answers come from `openssl ocsp` behind a socket, neither of which we wrote.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { issueTimeStamp } from '../test/authority.ts';
import { claim } from '../test/documents.ts';
import { contextTag, der, oid, sequence, setOf, utf8String } from './certificates/der.ts';
import { issueCertificate } from './certificates/issue-certificate.ts';
import { createDemoAuthority, demoTaxCode, keyObjectSigner, sign, verify } from './index.ts';
import type { DemoSubject, RevocationFetcher, TrustStore, VerifyOptions } from './index.ts';

// openssl dates its lists and answers by the clock of the machine, and so everything here is dated by it.
const start = new Date();
const now = (): Date => start;
const day = 24 * 60 * 60 * 1000;
const days = (count: number): Date => new Date(start.getTime() + count * day);
const mst = demoTaxCode(50);
const authority = createDemoAuthority({ now });

const folder = mkdtempSync(join(tmpdir(), 'bhxh-verdicts-'));
const file = (name: string): string => join(folder, name);
const openssl = (...words: string[]): void => {
  execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
};

const asked: string[] = [];
const responder = createServer((request, response) => {
  const chunks: Uint8Array[] = [];
  request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  request.on('end', () => {
    asked.push(request.url!);
    if (request.url === '/ca.crl') {
      response.end(readFileSync(file('ca.crl')));
      return;
    }
    writeFileSync(file('request.der'), Buffer.concat(chunks));
    const keys = ['-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key'];
    const answer = ['-reqin', 'request.der', '-respout', 'response.der', '-ndays', '1'];
    openssl('ocsp', '-index', 'index.txt', ...keys, ...answer);
    response.end(readFileSync(file('response.der')));
  });
});

const fetchAll: RevocationFetcher = async ({ url, method, body, signal }) => {
  const response = await fetch(url, { method, signal, redirect: 'error', ...(body && { body }) });
  if (!response.ok) throw new Error('no answer');
  return new Uint8Array(await response.arrayBuffer());
};

let ocspUrl: string;
let crlUrl: string;

/** A document signed by somebody of whom `subject` says what is special. */
async function signedBy(subject: Partial<DemoSubject>, issuer = authority, at = now) {
  const identity = issuer.issue({ mst, name: 'Facility 99050', ...subject });
  const { certificate, key } = identity;
  const signer = keyObjectSigner({ key, certificate, label: 'test' });
  return { certificate, bytes: await sign(claim, signer, { profile: 'bhxh-xml', now: at }) };
}

const verdictOn = async (bytes: Uint8Array, options: Partial<VerifyOptions> = {}): Promise<string> => {
  const { verdict, reasons } = await verify(bytes, {
    profile: 'bhxh-xml',
    trust: { anchors: [authority.certificate], fetch: fetchAll },
    expect: { mst },
    now,
    ...options,
  });
  return [verdict, ...reasons.map(({ code }) => code)].join(' ');
};

/** What the authority knows of its certificates, in the form of openssl. */
function register(
  entries: readonly (readonly [Awaited<ReturnType<typeof signedBy>>, revoked: boolean])[],
): void {
  const stamp = (date: Date): string => date.toISOString().slice(2, 19).replaceAll(/[-T:]/g, '') + 'Z';
  const lines = entries.map(([{ certificate }, revoked]) => {
    const serial = certificate.serialNumber.toUpperCase();
    const until = stamp(new Date(certificate.validTo));
    const state = revoked ? ['R', until, `${stamp(days(-1))},keyCompromise`] : ['V', until, ''];
    return [...state, serial, 'unknown', `/CN=SYNTHETIC ${serial}`].join('\t');
  });
  writeFileSync(file('index.txt'), `${lines.join('\n')}\n`);
  openssl('ca', '-gencrl', '-config', 'ca.cnf', '-out', 'crl.pem');
  openssl('crl', '-in', 'crl.pem', '-outform', 'DER', '-out', 'ca.crl');
}

beforeAll(async () => {
  await new Promise<void>((resolve) => responder.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(responder.address() as AddressInfo).port}`;
  ocspUrl = `${url}/ocsp`;
  crlUrl = `${url}/ca.crl`;
  writeFileSync(file('ca.pem'), authority.certificatePem);
  writeFileSync(file('ca.key'), authority.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(
    file('ca.cnf'),
    '[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ncertificate = ca.pem\nprivate_key = ca.key\n' +
      'default_md = sha256\ndefault_crl_days = 1\n',
  );
});

afterAll(() => {
  responder.close();
  rmSync(folder, { recursive: true });
});

describe('revocation', () => {
  test('a certificate in good standing by its responder and by its list: valid', async () => {
    const byOcsp = await signedBy({ change: { ocspUrl } });
    const byList = await signedBy({ change: { crlUrl } });
    register([
      [byOcsp, false],
      [byList, false],
    ]);
    asked.length = 0;
    expect(await verdictOn(byOcsp.bytes)).toBe('valid');
    expect(await verdictOn(byList.bytes)).toBe('valid');
    expect(asked).toEqual(['/ocsp', '/ca.crl']);
  });

  test('revoked, as the local OCSP responder says: invalid', async () => {
    const signed = await signedBy({ change: { ocspUrl } });
    register([[signed, true]]);
    expect(await verdictOn(signed.bytes)).toBe('invalid CERTIFICATE_REVOKED');
  });

  test('revoked, as the list says: invalid', async () => {
    const signed = await signedBy({ change: { crlUrl } });
    register([[signed, true]]);
    expect(await verdictOn(signed.bytes)).toBe('invalid CERTIFICATE_REVOKED');
    const crls = [readFileSync(file('ca.crl'))];
    const trust = { anchors: [authority.certificate], crls };
    expect(await verdictOn(signed.bytes, { trust })).toBe('invalid CERTIFICATE_REVOKED');
  });

  test('a certificate the responder does not know: undetermined', async () => {
    const signed = await signedBy({ change: { ocspUrl } });
    const other = await signedBy({});
    register([[other, false]]);
    expect(await verdictOn(signed.bytes)).toBe('undetermined REVOCATION_UNKNOWN');
  });
});

describe('all network off: undetermined, never valid', () => {
  const off: RevocationFetcher = () => Promise.reject(new Error('network is unreachable'));
  const trusts: readonly (readonly [name: string, trust: Partial<TrustStore>])[] = [
    ['no fetcher at all', {}],
    ['a fetcher that fails', { fetch: off }],
    [
      'a port where nobody listens',
      { fetch: (request) => fetchAll({ ...request, url: 'http://127.0.0.1:1/' }) },
    ],
    [
      'a responder that accepts and never answers',
      {
        timeout: 50,
        fetch: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
      },
    ],
  ];
  test.each(trusts)('%s', async (_, knowledge) => {
    const signed = await signedBy({ change: { ocspUrl, crlUrl } });
    const trust = { anchors: [authority.certificate], ...knowledge };
    expect(await verdictOn(signed.bytes, { trust })).toBe('undetermined REVOCATION_UNKNOWN');
  });

  test('and no socket is opened when no fetcher was given', async () => {
    const signed = await signedBy({ change: { ocspUrl, crlUrl } });
    const connect = vi.spyOn(net.Socket.prototype, 'connect');
    await verdictOn(signed.bytes, { trust: { anchors: [authority.certificate] } });
    expect(connect).not.toHaveBeenCalled();
    connect.mockRestore();
  });
});

describe('validity', () => {
  test('expired: invalid', async () => {
    const signed = await signedBy({ notBefore: days(-10), notAfter: days(-1) }, authority, () => days(-2));
    expect(await verdictOn(signed.bytes)).toBe('invalid CERTIFICATE_EXPIRED');
  });

  test('not yet valid: invalid', async () => {
    const signed = await signedBy({ notBefore: days(1), notAfter: days(2) }, authority, () => days(1.5));
    expect(await verdictOn(signed.bytes)).toBe('invalid CERTIFICATE_NOT_YET_VALID');
  });

  test('N-41: expired one second before the signing time is refused, one second after it is accepted with proof of the time', async () => {
    const signingTime = days(-5);
    const second = (count: number): Date => new Date(Math.floor(signingTime.getTime() / 1000 + count) * 1000);
    const stamps = timeAuthority();
    const stamped = async (notAfter: Date): Promise<Uint8Array> => {
      const identity = authority.issue({ mst, name: 'Facility 99051', notBefore: days(-20), notAfter });
      const { certificate, key } = identity;
      const signer = keyObjectSigner({ key, certificate, label: 'test' });
      // The signer's clock is slow, so that nothing but the stamp tells the time.
      return sign(claim, signer, {
        profile: 'xades-t',
        now: () => days(-6),
        timeStamp: async (request) => issueTimeStamp(stamps, request, { time: second(0) }),
      });
    };
    const trust = { anchors: [authority.certificate], timeStampAnchors: [stamps.root.certificate] };
    const options = { profile: 'xades-t', trust } as const;
    expect(await verdictOn(await stamped(second(-1)), options)).toBe('invalid CERTIFICATE_EXPIRED');
    expect(await verdictOn(await stamped(second(1)), options)).toBe('valid');
  });
});

describe('the signer', () => {
  test('unknown issuer: undetermined', async () => {
    const signed = await signedBy({}, createDemoAuthority({ now }));
    expect(await verdictOn(signed.bytes)).toBe('undetermined CERTIFICATE_ISSUER_UNKNOWN');
  });

  test('N-40: a certificate of another tax code: invalid', async () => {
    const signed = await signedBy({ mst: demoTaxCode(51) });
    expect(await verdictOn(signed.bytes)).toBe('invalid SIGNER_MISMATCH');
  });

  test('a name its authority may not certify: invalid', async () => {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const permitted = sequence(setOf(sequence(oid('2.5.4.10'), utf8String('SYNTHETIC other'))));
    const certificate = issueCertificate(
      {
        subject: [['2.5.4.3', 'SYNTHETIC constrained CA']],
        publicKey: key,
        notBefore: days(-1),
        notAfter: days(9),
        authority: { pathLength: 0 },
        keyUsage: ['keyCertSign', 'cRLSign'],
        extensions: [
          {
            oid: '2.5.29.30',
            critical: true,
            value: sequence(der(contextTag(0), sequence(der(contextTag(4), permitted)))),
          },
        ],
      },
      authority,
    );
    const leafKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const leaf = issueCertificate(
      {
        subject: [
          ['2.5.4.10', 'SYNTHETIC Facility 99052'],
          ['0.9.2342.19200300.100.1.1', `MST:${mst}`],
        ],
        publicKey: leafKey,
        notBefore: days(-1),
        notAfter: days(9),
        keyUsage: ['digitalSignature'],
      },
      { key, certificate },
    );
    const signer = keyObjectSigner({ key: leafKey, certificate: leaf, label: 'test' });
    const bytes = await sign(claim, signer, { profile: 'bhxh-xml', now });
    const trust = { anchors: [authority.certificate], intermediates: [certificate] };
    expect(await verdictOn(bytes, { trust })).toBe('invalid NAME_CONSTRAINT');
  });
});

/** A time-stamping authority under a root of its own. */
function timeAuthority(notAfter = days(300)) {
  const root = createDemoAuthority({ now, name: 'SYNTHETIC time root' });
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const certificate = issueCertificate(
    {
      subject: [['2.5.4.3', 'SYNTHETIC time']],
      publicKey: key,
      notBefore: days(-300),
      notAfter,
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.8'],
    },
    root,
  );
  return { key, certificate, root };
}

test('an expired time stamp proves nothing any more: undetermined', async () => {
  const stamps = timeAuthority(days(2));
  const { certificate, key } = authority.issue({ mst, name: 'Facility 99053', notAfter: days(1) });
  const signer = keyObjectSigner({ key, certificate, label: 'test' });
  const bytes = await sign(claim, signer, {
    profile: 'xades-t',
    now,
    timeStamp: async (request) => issueTimeStamp(stamps, request, { time: start }),
  });
  const trust = { anchors: [authority.certificate], timeStampAnchors: [stamps.root.certificate] };
  const at = (date: Date) => verdictOn(bytes, { profile: 'xades-t', trust, now: () => date });
  expect(await at(days(0.5))).toBe('valid');
  // The certificate has expired, and the stamp still proves that it was used in time.
  expect(await at(days(1.5))).toBe('valid');
  expect(await at(days(3))).toBe('invalid TIME_STAMP_EXPIRED CERTIFICATE_EXPIRED');
});
