// The attacks every verifier of XML signatures has to stand, each on a document that was signed well: refused with a code
// of its own, within the time a test has, and without a word to the network.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { createHash, createHmac, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { change, claim, facility, identityOf, mst, now, signer } from '../test/documents.ts';
import { issueCertificate } from './certificates/issue-certificate.ts';
import { demoTaxCode, sign, verify } from './index.ts';

const trust = {
  anchors: [facility.authority.certificate],
  // Whoever asks has been tricked: nothing here needs an answer.
  fetch: () => Promise.reject(new Error('asked')),
};
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const hmacSha256 = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';
const rsaSha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
const sha1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const enveloped = '<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform>';
const xslt =
  '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:include href="http://127.0.0.1:9/x.xsl"/></xsl:stylesheet></Transform>';
const xpath =
  '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>not(ancestor-or-self::T_BHTT)</XPath></Transform>';

let signed: Buffer;
let text: string;
let info: string;
let value: string;
let certificate: string;
let namespaces: string;

const element = (name: string): string => new RegExp(`<${name}[ >].*?</${name}>`, 's').exec(text)![0];

beforeAll(async () => {
  signed = Buffer.from(await sign(claim, signer, { profile: 'bhxh-xml', now }));
  text = signed.toString('utf8');
  info = element('SignedInfo');
  value = element('SignatureValue');
  certificate = element('X509Certificate');
  namespaces =
    ' xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
});

const sockets = [
  vi.spyOn(net.Socket.prototype, 'connect'),
  vi.spyOn(net, 'connect'),
  vi.spyOn(dgram, 'createSocket'),
  vi.spyOn(dns, 'lookup'),
  vi.spyOn(globalThis, 'fetch'),
];

afterAll(() => {
  for (const socket of sockets) {
    expect(socket).not.toHaveBeenCalled();
    socket.mockRestore();
  }
});

const swap = (before: string, after: string) => (): Buffer => change(signed, before, after);

/** The document with another SignedInfo and a value that fits it, so that only the rule in question can refuse it. */
function resigned(
  altered: string,
  sign: (bytes: Buffer) => Buffer = (bytes) => signBytes('sha256', bytes, facility.key),
): Buffer {
  const canonical = altered.replace('<SignedInfo>', `<SignedInfo${namespaces}>`);
  const fitting = sign(Buffer.from(canonical)).toString('base64');
  return change(change(signed, info, altered), value, `<SignatureValue>${fitting}</SignatureValue>`);
}

const holding = (raw: Buffer): string => `<X509Certificate>${raw.toString('base64')}</X509Certificate>`;

/** The certificate of the document gives way to one of this key, which also makes the value. */
function byOwnKey(key: KeyObject): Buffer {
  const dates = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') };
  const subject = [['0.9.2342.19200300.100.1.1', `MST:${mst}`]] as const;
  const own = issueCertificate({ subject, publicKey: key, ...dates }, { key });
  return change(
    resigned(info, (bytes) => signBytes('sha256', bytes, key)),
    certificate,
    holding(own.raw),
  );
}

const attacks: readonly (readonly [name: string, make: () => Uint8Array, outcome: string])[] = [
  ['several SignedInfo', swap('<SignatureValue>', '<SignedInfo/><SignatureValue>'), 'SIGNED_INFO_COUNT'],
  ['a comment in a digest', swap('<DigestValue>', '<DigestValue><!--x-->'), 'DIGEST_VALUE_NOT_TEXT'],
  ['CDATA in a digest', swap('<DigestValue>', '<DigestValue><![CDATA[x]]>'), 'DIGEST_VALUE_NOT_TEXT'],
  ['an instruction in a digest', swap('<DigestValue>', '<DigestValue><?x?>'), 'XML_PI_FORBIDDEN'],
  ['a comment in the value', swap('<SignatureValue>', '<SignatureValue><!---->'), 'SIGNATURE_VALUE_NOT_TEXT'],
  [
    'CDATA in the value',
    swap('<SignatureValue>', '<SignatureValue><![CDATA[]]>'),
    'SIGNATURE_VALUE_NOT_TEXT',
  ],
  ['an instruction in the value', swap('<SignatureValue>', '<SignatureValue><?x?>'), 'XML_PI_FORBIDDEN'],
  ['a comment in a signed amount', swap('100000', '1<!-- -->00000'), 'SIGNED_TEXT_COMMENT'],
  ['an instruction in a signed amount', swap('100000', '1<?x 00000?>'), 'XML_PI_FORBIDDEN'],
  ['CDATA that changes a signed amount', swap('100000', '<![CDATA[900000]]>'), 'DIGEST_MISMATCH'],
  ['duplicate Ids', swap('<T_BHTT>', '<T_BHTT ID="ho-so-1">'), 'XML_ID_DUPLICATE'],
  ['a missing URI', () => resigned(info.replace(' URI=""', '')), 'REFERENCE_URI_MISSING'],
  [
    'an external URI',
    () => resigned(info.replace('URI=""', 'URI="http://127.0.0.1:9/claim.xml"')),
    'REFERENCE_URI_EXTERNAL',
  ],
  [
    'the URI of a file',
    () => resigned(info.replace('URI=""', 'URI="file:///etc/hostname"')),
    'REFERENCE_URI_EXTERNAL',
  ],
  ['an XSLT transform', () => resigned(info.replace(enveloped, enveloped + xslt)), 'TRANSFORM_FORBIDDEN'],
  ['an XPath transform', () => resigned(info.replace(enveloped, enveloped + xpath)), 'TRANSFORM_FORBIDDEN'],
  [
    'HMAC whose secret is the public key, in DER',
    () => forgedMac(createPublicKey(facility.key).export({ type: 'spki', format: 'der' })),
    'SIGNATURE_ALGORITHM_MAC',
  ],
  [
    'HMAC whose secret is the public key, in PEM',
    () => forgedMac(Buffer.from(createPublicKey(facility.key).export({ type: 'spki', format: 'pem' }))),
    'SIGNATURE_ALGORITHM_MAC',
  ],
  [
    'a SHA-1 signature',
    () => resigned(info.replace(rsaSha256, rsaSha1), (bytes) => signBytes('sha1', bytes, facility.key)),
    'SIGNATURE_ALGORITHM_WEAK',
  ],
  ['a SHA-1 digest', () => resigned(info.replace(sha256, sha1)), 'DIGEST_ALGORITHM_WEAK'],
  [
    'RSA of 1024 bits',
    () => byOwnKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
    'KEY_TOO_SMALL',
  ],
  [
    'KeyInfo with the certificate of another key',
    () => change(signed, certificate, holding(identityOf({}).identity.certificate.raw)),
    'SIGNATURE_MISMATCH',
  ],
  [
    'KeyInfo with a KeyValue of another key',
    swap(
      '<X509Data>',
      '<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue><X509Data>',
    ),
    'KEY_VALUE_MISMATCH',
  ],
  [
    'KeyInfo that fetches its key',
    swap('<X509Data>', '<RetrievalMethod URI="http://127.0.0.1:9/key"></RetrievalMethod><X509Data>'),
    'KEY_INFO_FORBIDDEN',
  ],
  ['a second root', () => Buffer.concat([signed, Buffer.from('<GIAMDINHHS/>')]), 'XML_ROOT_COUNT'],
  ['an xmlns… attribute', swap('<T_BHTT>', '<T_BHTT xmlnsevil="1">'), 'ATTRIBUTE_NAME_RESERVED'],
  ['an unsigned document', () => change(signed, element('Signature'), ''), 'SIGNATURE_MISSING'],
];

function forgedMac(secret: Buffer): Buffer {
  return resigned(info.replace(rsaSha256, hmacSha256), (bytes) =>
    createHmac('sha256', secret).update(bytes).digest(),
  );
}

describe('each attack is refused with its own code', () => {
  test.each(attacks)('%s', async (_, make, code) => {
    const bytes = make();
    expect(signed.equals(bytes)).toBe(false);
    const result = await verify(bytes, { profile: 'bhxh-xml', trust, expect: { mst }, now });
    expect(result.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(result.verdict).toBe('invalid');
    expect(result.signedBytes).toBeUndefined();
  });

  test('the document they start from is valid, and so is one signed again by the same key', async () => {
    for (const bytes of [signed, resigned(info)]) {
      const result = await verify(bytes, { profile: 'bhxh-xml', trust, expect: { mst }, now });
      expect([result.verdict, result.reasons]).toEqual(['valid', []]);
    }
  });
});

test('a signature that is right, by a key the attacker brought along, is believed by nobody', async () => {
  const own = byOwnKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const outcome = async (options: object): Promise<string> => {
    const { verdict, reasons } = await verify(own, { profile: 'bhxh-xml', now, ...options });
    return [verdict, ...reasons.map(({ code }) => code)].join(' ');
  };
  expect(await outcome({ trust, expect: { mst } })).toBe('undetermined CERTIFICATE_ISSUER_UNKNOWN');
  expect(await outcome({ expect: { certificate: facility.certificate } })).toBe('invalid SIGNER_MISMATCH');
});

test('N-40: a good signature of another unit is not the expected one', async () => {
  const expected = { mst: demoTaxCode(2) };
  const result = await verify(signed, { profile: 'bhxh-xml', trust, expect: expected, now });
  expect(result.reasons.map(({ code }) => code)).toEqual(['SIGNER_MISMATCH']);
});

test('N-42: a SHA-1 signature is read by the historic profile alone, and never as valid', async () => {
  const canonical = claim
    .toString('utf8')
    .replace(/^.*?\n/, '')
    .trimEnd();
  const emptied = canonical
    .replace('<CHUKYDONVI/>', '<CHUKYDONVI></CHUKYDONVI>')
    .replace(
      'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
      '@',
    )
    .replace(
      '@',
      'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    )
    .replace('<![CDATA[<đơn>]]>', '&lt;đơn&gt;');
  const digest = createHash('sha1').update(emptied).digest('base64');
  const old = info
    .replace(rsaSha256, rsaSha1)
    .replace(sha256, sha1)
    .replace(/<DigestValue>.*<\/DigestValue>/, `<DigestValue>${digest}</DigestValue>`);
  const bytes = resigned(old, (data) => signBytes('sha1', data, facility.key));
  const outcome = async (profile: 'bhxh-xml' | 'legacy-read'): Promise<string> => {
    const { verdict, reasons } = await verify(bytes, { profile, trust, now });
    return [verdict, ...reasons.map(({ code }) => code)].join(' ');
  };
  expect(await outcome('bhxh-xml')).toBe('invalid SIGNATURE_ALGORITHM_WEAK');
  expect(await outcome('legacy-read')).toBe('undetermined LEGACY_ALGORITHM');
});
