import { createHash, sign as signBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { change, claim, facility, identityOf, mst, now, signer } from '../test/documents.ts';
import { sign, verify, verifyReasons } from './index.ts';
import type { VerifyResult } from './index.ts';

const trust = { anchors: [facility.authority.certificate] };
const check = (bytes: Uint8Array): Promise<VerifyResult> =>
  verify(bytes, { profile: 'bhxh-xml', trust, expect: { mst }, now });

let signed: Buffer;
let text: string;
let signature: string;
let signedInfo: string;
let reference: string;

const between = (from: string, to: string): string =>
  text.slice(text.indexOf(from), text.indexOf(to) + to.length);

beforeAll(async () => {
  signed = Buffer.from(await sign(claim, signer, { profile: 'bhxh-xml', now }));
  text = signed.toString('utf8');
  signature = between('<Signature ', '</Signature>');
  signedInfo = between('<SignedInfo>', '</SignedInfo>');
  reference = between('<Reference ', '</Reference>');
});

test('a signed claim is valid, and its signed bytes and ranges are returned', async () => {
  const result = await check(signed);
  expect(result.reasons).toEqual([]);
  expect(result.verdict).toBe('valid');
  expect(result.path).toBe('/GIAMDINHHS/CHUKYDONVI/Signature');
  expect(result.signer?.ids).toEqual([{ type: 'MST', value: mst, typed: true }]);
  const covered = result.covers
    .map(({ start, end }) => signed.subarray(start, end).toString('utf8'))
    .join('');
  expect(covered).toBe(
    text.slice(text.indexOf('<GIAMDINHHS'), text.lastIndexOf('>') + 1).replace(signature, ''),
  );
  const canonical = Buffer.from(result.signedBytes!).toString('utf8');
  expect(canonical).toContain('<T_BHTT>100000</T_BHTT>');
  expect(canonical).not.toContain('Signature');
});

test('signed bytes are not handed out when the caller altered the document after verification', async () => {
  const copy = Buffer.from(signed);
  const result = await check(copy);
  copy.set(Buffer.from('9'), copy.indexOf('100000'));
  expect(() => result.signedBytes).toThrow('ERR_DOCUMENT_CHANGED');
});

test('every reason belongs to a step, and every step of a valid result has a verdict', async () => {
  const result = await check(signed);
  expect(result.steps.filter((step) => step.verdict === 'skipped').map((step) => step.name)).toEqual([
    'revocation',
    'time-stamp',
  ]);
  for (const { step, verdict } of Object.values(verifyReasons)) {
    expect(result.steps.map((one) => one.name)).toContain(step);
    expect(['invalid', 'undetermined']).toContain(verdict);
  }
});

const swap = (before: string, after: string) => (): Buffer => change(signed, before, after);

/** Re-signs a changed SignedInfo with the right key, so that only the policy can refuse it. */
function resigned(altered: string): Buffer {
  const rooted = altered.replace(
    '<SignedInfo>',
    '<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
  );
  const value = signBytes('sha256', Buffer.from(rooted), facility.key).toString('base64');
  return change(
    change(signed, signedInfo, altered),
    between('<SignatureValue>', '</SignatureValue>'),
    `<SignatureValue>${value}</SignatureValue>`,
  );
}

test('the helper that signs again makes valid signatures, so that its refusals are about policy', async () => {
  expect((await check(resigned(signedInfo))).verdict).toBe('valid');
});

const xslt = '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></Transform>';
const xpath =
  '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath>1</XPath></Transform>';
const enveloped = '<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform>';
const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';

/** Every altered document with the one code it must be refused with. */
const mutations: readonly (readonly [name: string, make: () => Uint8Array, code: string])[] = [
  ['a changed amount', swap('100000', '900000'), 'DIGEST_MISMATCH'],
  ['a changed attribute of the data', swap('muc="1"', 'muc="2"'), 'DIGEST_MISMATCH'],
  ['a space added between elements', swap('<HOSO>', '<HOSO> '), 'DIGEST_MISMATCH'],
  ['an element added beside the data', swap('<THONGTINHOSO', '<THEM/><THONGTINHOSO'), 'DIGEST_MISMATCH'],
  [
    'a namespace declaration added',
    swap('<GIAMDINHHS ', '<GIAMDINHHS xmlns:x="urn:x" '),
    'SIGNATURE_MISMATCH',
  ],
  [
    'a changed digest, signed by nobody',
    () =>
      change(
        signed,
        between('<DigestValue>', '</DigestValue>'),
        `<DigestValue>${'A'.repeat(43)}=</DigestValue>`,
      ),
    'SIGNATURE_MISMATCH',
  ],
  [
    'an altered signature value',
    () =>
      change(
        signed,
        between('<SignatureValue>', '</SignatureValue>'),
        `<SignatureValue>${'A'.repeat(342)}==</SignatureValue>`,
      ),
    'SIGNATURE_MISMATCH',
  ],
  ['SignedInfo with added white space', swap('<SignedInfo>', '<SignedInfo> '), 'SIGNATURE_MISMATCH'],
  ['a processing instruction in a value', swap('100000', '1<?x 00000?>'), 'XML_PI_FORBIDDEN'],
  ['a comment in a value', swap('100000', '1<!-- -->00000'), 'SIGNED_TEXT_COMMENT'],
  ['a comment before a value', swap('100000', '<!-- -->100000'), 'SIGNED_TEXT_COMMENT'],
  [
    'an attribute whose name begins with xmlns',
    swap('<T_BHTT>', '<T_BHTT xmlnsevil="1">'),
    'ATTRIBUTE_NAME_RESERVED',
  ],
  ['a second root', () => Buffer.concat([signed, Buffer.from('<GIAMDINHHS/>')]), 'XML_ROOT_COUNT'],
  ['text after the root', () => Buffer.concat([signed, Buffer.from('100')]), 'XML_NOT_WELL_FORMED'],
  ['a document type', swap('?>\n', '?>\n<!DOCTYPE GIAMDINHHS>'), 'XML_DTD_FORBIDDEN'],
  ['an entity', swap('100000', '&x;'), 'XML_ENTITY_FORBIDDEN'],
  ['two elements with one Id', swap('<DANHSACHHOSO>', '<DANHSACHHOSO ID="ho-so-1">'), 'XML_ID_DUPLICATE'],
  ['no signature', () => change(signed, signature, ''), 'SIGNATURE_MISSING'],
  ['the signature twice', () => change(signed, signature, signature + signature), 'SIGNATURE_COUNT'],
  [
    'the signature under the root',
    () => change(change(signed, signature, ''), '<CHUKYDONVI>', `${signature}<CHUKYDONVI>`),
    'SIGNATURE_PLACE',
  ],
  [
    'the signature deeper in its place',
    () => change(signed, signature, `<A>${signature}</A>`),
    'SIGNATURE_PLACE',
  ],
  [
    'an element beside the signature',
    () => change(signed, signature, `${signature}<A/>`),
    'SIGNATURE_PLACE_CONTENT',
  ],
  ['text beside the signature', () => change(signed, signature, `${signature}x`), 'SIGNATURE_PLACE_CONTENT'],
  ['a second place', swap('</GIAMDINHHS>', '<CHUKYDONVI/></GIAMDINHHS>'), 'SIGNATURE_PLACE_COUNT'],
  ['another root element', () => Buffer.from(text.replaceAll('GIAMDINHHS', 'GIAMDINHHX')), 'DOCUMENT_ROOT'],
  ['a root in a namespace', swap('<GIAMDINHHS ', '<GIAMDINHHS xmlns="urn:x" '), 'DOCUMENT_ROOT'],
  ['two SignedInfo', () => change(signed, signedInfo, signedInfo + signedInfo), 'SIGNED_INFO_COUNT'],
  [
    'two SignatureValue',
    swap('</SignatureValue>', '</SignatureValue><SignatureValue>AAAA</SignatureValue>'),
    'SIGNATURE_VALUE_COUNT',
  ],
  [
    'SignedInfo after the value',
    () => change(change(signed, signedInfo, ''), '</SignatureValue>', `</SignatureValue>${signedInfo}`),
    'SIGNATURE_CHILD',
  ],
  [
    'two CanonicalizationMethod',
    swap(
      '<SignatureMethod',
      `<CanonicalizationMethod Algorithm="${inclusive}"></CanonicalizationMethod><SignatureMethod`,
    ),
    'CANONICALIZATION_METHOD_COUNT',
  ],
  [
    'two SignatureMethod',
    swap('<Reference', `<SignatureMethod Algorithm="${rsaSha256}"></SignatureMethod><Reference`),
    'SIGNATURE_METHOD_COUNT',
  ],
  [
    'two DigestMethod',
    swap('<DigestValue>', `<DigestMethod Algorithm="${sha256}"></DigestMethod><DigestValue>`),
    'DIGEST_METHOD_COUNT',
  ],
  [
    'two DigestValue',
    swap('</DigestValue>', '</DigestValue><DigestValue>AAAA</DigestValue>'),
    'DIGEST_VALUE_COUNT',
  ],
  ['a comment in DigestValue', swap('</DigestValue>', '<!-- x --></DigestValue>'), 'DIGEST_VALUE_NOT_TEXT'],
  ['CDATA in DigestValue', swap('<DigestValue>', '<DigestValue><![CDATA[]]>'), 'DIGEST_VALUE_NOT_TEXT'],
  ['an element in DigestValue', swap('<DigestValue>', '<DigestValue><X/>'), 'DIGEST_VALUE_NOT_TEXT'],
  [
    'a comment in SignatureValue',
    swap('<SignatureValue>', '<SignatureValue><!---->'),
    'SIGNATURE_VALUE_NOT_TEXT',
  ],
  [
    'CDATA in SignatureValue',
    swap('<SignatureValue>', '<SignatureValue><![CDATA[ ]]>'),
    'SIGNATURE_VALUE_NOT_TEXT',
  ],
  ['a comment in SignedInfo', swap('<SignedInfo>', '<SignedInfo><!-- x -->'), 'SIGNATURE_COMMENT'],
  ['CDATA in the certificate', swap('<X509Certificate>', '<X509Certificate><![CDATA[]]>'), 'SIGNATURE_CDATA'],
  ['a sign outside base64 in DigestValue', swap('</DigestValue>', '!</DigestValue>'), 'DIGEST_VALUE_BASE64'],
  [
    'base64 without its padding',
    () =>
      change(
        signed,
        between('<DigestValue>', '</DigestValue>'),
        `<DigestValue>${'A'.repeat(43)}</DigestValue>`,
      ),
    'DIGEST_VALUE_BASE64',
  ],
  [
    'base64 with bits set that count for nothing',
    () =>
      change(
        signed,
        between('<DigestValue>', '</DigestValue>'),
        `<DigestValue>${'A'.repeat(42)}B=</DigestValue>`,
      ),
    'DIGEST_VALUE_BASE64',
  ],
  [
    'a digest of another length',
    () => change(signed, between('<DigestValue>', '</DigestValue>'), '<DigestValue>AAAA</DigestValue>'),
    'DIGEST_VALUE_LENGTH',
  ],
  [
    'a signature value that is not base64',
    swap('<SignatureValue>', '<SignatureValue>*'),
    'SIGNATURE_VALUE_BASE64',
  ],
  [
    'a signature value of another length',
    () =>
      change(
        signed,
        between('<SignatureValue>', '</SignatureValue>'),
        '<SignatureValue>AAAA</SignatureValue>',
      ),
    'SIGNATURE_VALUE_LENGTH',
  ],
  ['text in SignedInfo', swap('<SignedInfo>', '<SignedInfo>x'), 'SIGNATURE_TEXT'],
  [
    'an attribute the schema does not know',
    swap('<SignedInfo>', '<SignedInfo x="1">'),
    'SIGNATURE_ATTRIBUTE',
  ],
  ['an unknown child of Signature', swap('<KeyInfo>', '<Them/><KeyInfo>'), 'SIGNATURE_CHILD'],
  ['an unsigned Object', swap('</KeyInfo>', '</KeyInfo><Object>x</Object>'), 'OBJECT_NOT_SIGNED'],
  [
    'the key fetched from elsewhere',
    swap('<X509Data>', '<RetrievalMethod URI="http://127.0.0.1:9/"/><X509Data>'),
    'KEY_INFO_FORBIDDEN',
  ],
  ['no certificate', () => change(signed, between('<KeyInfo>', '</KeyInfo>'), ''), 'CERTIFICATE_MISSING'],
  [
    'a certificate that is none',
    () =>
      change(
        signed,
        between('<X509Certificate>', '</X509Certificate>'),
        '<X509Certificate>AAAA</X509Certificate>',
      ),
    'CERTIFICATE_UNREADABLE',
  ],
  [
    'bytes after the certificate',
    () =>
      change(
        signed,
        between('<X509Certificate>', '</X509Certificate>'),
        `<X509Certificate>${Buffer.concat([facility.certificate.raw, Buffer.from('x')]).toString('base64')}</X509Certificate>`,
      ),
    'CERTIFICATE_UNREADABLE',
  ],
  [
    'two certificates that are not a chain',
    () =>
      change(
        signed,
        '</X509Certificate>',
        `</X509Certificate><X509Certificate>${identityOf({}).identity.certificate.raw.toString('base64')}</X509Certificate>`,
      ),
    'CERTIFICATE_COUNT',
  ],
  [
    'the certificate of another key',
    () =>
      change(
        signed,
        between('<X509Certificate>', '</X509Certificate>'),
        `<X509Certificate>${identityOf({}).identity.certificate.raw.toString('base64')}</X509Certificate>`,
      ),
    'SIGNATURE_MISMATCH',
  ],
  [
    'a KeyValue of another key',
    swap(
      '<X509Data>',
      '<KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue><X509Data>',
    ),
    'KEY_VALUE_MISMATCH',
  ],
  [
    'a certificate of an EC key for an RSA signature',
    () =>
      change(
        signed,
        between('<X509Certificate>', '</X509Certificate>'),
        `<X509Certificate>${identityOf({ keyKind: 'p-256' }).identity.certificate.raw.toString('base64')}</X509Certificate>`,
      ),
    'SIGNATURE_ALGORITHM_KEY',
  ],
  [
    'HMAC with the public key',
    () => resigned(signedInfo.replace(rsaSha256, 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256')),
    'SIGNATURE_ALGORITHM_MAC',
  ],
  [
    'RSA with SHA-1',
    () => resigned(signedInfo.replace(rsaSha256, 'http://www.w3.org/2000/09/xmldsig#rsa-sha1')),
    'SIGNATURE_ALGORITHM_WEAK',
  ],
  [
    'an unknown signature algorithm',
    () => resigned(signedInfo.replace(rsaSha256, 'urn:x')),
    'SIGNATURE_ALGORITHM_FORBIDDEN',
  ],
  [
    'an algorithm called constructor',
    () => resigned(signedInfo.replace(rsaSha256, 'constructor')),
    'SIGNATURE_ALGORITHM_FORBIDDEN',
  ],
  [
    'an algorithm of another profile',
    () => resigned(signedInfo.replace(rsaSha256, 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1')),
    'SIGNATURE_ALGORITHM_FORBIDDEN',
  ],
  [
    'a SHA-1 digest',
    () => resigned(signedInfo.replace(sha256, 'http://www.w3.org/2000/09/xmldsig#sha1')),
    'DIGEST_ALGORITHM_WEAK',
  ],
  [
    'an unknown digest',
    () => resigned(signedInfo.replace(sha256, '__proto__')),
    'DIGEST_ALGORITHM_FORBIDDEN',
  ],
  [
    'a canonical form that keeps comments',
    () => resigned(signedInfo.replace(inclusive, `${inclusive}#WithComments`)),
    'CANONICALIZATION_FORBIDDEN',
  ],
  [
    'an XSLT transform',
    () => resigned(signedInfo.replace(enveloped, enveloped + xslt)),
    'TRANSFORM_FORBIDDEN',
  ],
  [
    'an XPath transform',
    () => resigned(signedInfo.replace(enveloped, enveloped + xpath)),
    'TRANSFORM_FORBIDDEN',
  ],
  ['four transforms', () => resigned(signedInfo.replace(enveloped, enveloped.repeat(4))), 'TRANSFORM_COUNT'],
  ['an empty list of transforms', () => resigned(signedInfo.replace(enveloped, '')), 'TRANSFORM_COUNT'],
  [
    'the enveloped transform twice',
    () => resigned(signedInfo.replace(enveloped, enveloped.repeat(2))),
    'REFERENCE_TRANSFORMS',
  ],
  [
    'a document reference without the enveloped transform',
    () => resigned(signedInfo.replace(`<Transforms>${enveloped}</Transforms>`, '')),
    'REFERENCE_TRANSFORMS',
  ],
  ['no Reference', () => resigned(signedInfo.replace(reference, '')), 'REFERENCE_COUNT'],
  ['nine References', () => resigned(signedInfo.replace(reference, reference.repeat(9))), 'REFERENCE_COUNT'],
  [
    'the same Reference twice',
    () => resigned(signedInfo.replace(reference, reference.repeat(2))),
    'REFERENCE_REPEATED',
  ],
  ['a Reference without URI', () => resigned(signedInfo.replace(' URI=""', '')), 'REFERENCE_URI_MISSING'],
  [
    'a Reference to the network',
    () => resigned(signedInfo.replace('URI=""', 'URI="http://127.0.0.1:9/x"')),
    'REFERENCE_URI_EXTERNAL',
  ],
  [
    'a Reference to a file',
    () => resigned(signedInfo.replace('URI=""', 'URI="file:///etc/hostname"')),
    'REFERENCE_URI_EXTERNAL',
  ],
  [
    'an XPointer',
    () => resigned(signedInfo.replace('URI=""', 'URI="#xpointer(/)"')),
    'REFERENCE_URI_FORBIDDEN',
  ],
  [
    'a Reference to an unknown Id',
    () => resigned(signedInfo.replace('URI=""', 'URI="#khong-co"')),
    'REFERENCE_ID_UNKNOWN',
  ],
  [
    'a Reference to a part of the document',
    () => resigned(signedInfo.replace(`URI=""><Transforms>${enveloped}</Transforms>`, 'URI="#ho-so-1">')),
    'REFERENCE_TARGET',
  ],
];

describe('each altered document is refused with its own reason', () => {
  for (const [name, make, code] of mutations) {
    test(`${name}: ${code}`, async () => {
      const bytes = make();
      expect(Buffer.compare(bytes, signed)).not.toBe(0);
      const result = await check(bytes);
      expect(result.reasons.map((reason) => reason.code)).toEqual([code]);
      expect(result.verdict).toBe('invalid');
      expect(result.signedBytes).toBeUndefined();
      expect(result.covers).toEqual([]);
      expect(result.signer).toBeUndefined();
    });
  }
});

test('a signature by an RSA key of 1024 bits is refused', async () => {
  const { generateKeyPairSync } = await import('node:crypto');
  const { issueCertificate } = await import('./certificates/issue-certificate.ts');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const certificate = issueCertificate(
    {
      subject: [['2.5.4.3', 'SYNTHETIC']],
      publicKey: privateKey,
      notBefore: now(),
      notAfter: new Date('2027-01-01'),
    },
    { key: privateKey },
  );
  const weak = change(
    signed,
    between('<X509Certificate>', '</X509Certificate>'),
    `<X509Certificate>${certificate.raw.toString('base64')}</X509Certificate>`,
  );
  expect((await check(weak)).reasons.map((reason) => reason.code)).toEqual(['KEY_TOO_SMALL']);
});

test('every single-bit change of a signed document makes it invalid or leaves the signed bytes as they were', async () => {
  const good = (await check(signed)).signedBytes!;
  const accepted: number[] = [];
  // Every 7th byte, one bit each: about 600 documents.
  for (let at = 0; at < signed.length; at += 7) {
    const bytes = Buffer.from(signed);
    bytes[at]! ^= 1 << (at % 8);
    const result = await check(bytes);
    if (result.verdict !== 'valid') continue;
    accepted.push(at);
    expect(Buffer.compare(result.signedBytes!, good)).toBe(0);
  }
  // The XML declaration and white space outside the root are not part of the canonical form.
  expect(accepted.length).toBeLessThan(10);
});

test('verification answers for any bytes and never throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect((await check(bytes)).verdict).not.toBe('valid');
    }),
    { numRuns: 300 },
  );
});

test('verification answers for any splice of a signed document and never throws', async () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">',
    '</SignedInfo>',
    '&#13;',
    '<!--',
    '-->',
    '<![CDATA[',
    ' Id="a"',
    ' URI="#a"',
    '\0',
    '\r',
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(40), piece, async (position, removed, insert) => {
      const at = position % signed.length;
      const bytes = Buffer.concat([
        signed.subarray(0, at),
        Buffer.from(insert),
        signed.subarray(at + removed),
      ]);
      const result = await check(bytes);
      if (result.verdict === 'valid') expect(result.signedBytes).toBeDefined();
      else expect(result.reasons.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

describe('trust', () => {
  test('without trust a signature is undetermined, never valid', async () => {
    const result = await verify(signed, { profile: 'bhxh-xml', now });
    expect(result.verdict).toBe('undetermined');
    expect(result.reasons.map((reason) => reason.code)).toEqual(['TRUST_NOT_CHECKED']);
    expect(result.signedBytes).toBeDefined();
  });

  test('a caller who asks for place, coverage and mathematics alone skips the chain', async () => {
    const result = await verify(signed, { profile: 'bhxh-xml', trust: 'not-checked', now });
    expect(result.verdict).toBe('valid');
    expect(result.steps.find((step) => step.name === 'chain')?.verdict).toBe('skipped');
  });

  test('a pinned certificate needs no chain, and no other is accepted', async () => {
    const pin = (certificate: typeof facility.certificate) =>
      verify(signed, { profile: 'bhxh-xml', expect: { certificate }, now });
    expect((await pin(facility.certificate)).verdict).toBe('valid');
    const other = await pin(identityOf({}).identity.certificate);
    expect(other.reasons.map((reason) => reason.code)).toEqual(['SIGNER_MISMATCH']);
  });

  test('an unknown issuer is undetermined', async () => {
    const result = await verify(signed, { profile: 'bhxh-xml', trust: { anchors: [] }, now });
    expect(result.verdict).toBe('undetermined');
    expect(result.reasons.map((reason) => reason.code)).toEqual(['CERTIFICATE_ISSUER_UNKNOWN']);
  });

  test('an issuer of the same name with another key is unknown', async () => {
    const { authority } = identityOf({});
    const result = await verify(signed, {
      profile: 'bhxh-xml',
      trust: { anchors: [authority.certificate] },
      now,
    });
    expect(result.reasons.map((reason) => reason.code)).toEqual(['CERTIFICATE_ISSUER_UNKNOWN']);
  });

  test('the tax code of another unit is refused', async () => {
    const result = await verify(signed, { profile: 'bhxh-xml', trust, expect: { mst: '9900000999' }, now });
    expect(result.verdict).toBe('invalid');
    expect(result.reasons.map((reason) => reason.code)).toEqual(['SIGNER_MISMATCH']);
  });

  test('a certificate counts at the moment asked for', async () => {
    const at = (date: Date) => verify(signed, { profile: 'bhxh-xml', trust, at: date, now });
    const { notBefore, notAfter } = (await check(signed)).signer!;
    expect((await at(notAfter)).verdict).toBe('valid');
    expect((await at(new Date(notAfter.getTime() + 1000))).reasons.map((reason) => reason.code)).toEqual([
      'CERTIFICATE_EXPIRED',
    ]);
    expect((await at(new Date(notBefore.getTime() - 1000))).reasons.map((reason) => reason.code)).toEqual([
      'CERTIFICATE_NOT_YET_VALID',
    ]);
  });

  test('a certificate that may not sign is refused', async () => {
    const { identity, authority } = identityOf({ change: { keyUsage: ['keyEncipherment'] } });
    const { callbackSigner } = await import('./index.ts');
    const { SigningError } = await import('./index.ts');
    const wrong = callbackSigner({
      certificate: identity.certificate,
      label: 'x',
      sign: async () => new Uint8Array(256),
    });
    await expect(sign(claim, wrong, { profile: 'bhxh-xml', now })).rejects.toBeInstanceOf(SigningError);
    const { checkChain } = await import('./certificates/chain.ts');
    const report = await checkChain({
      certificate: identity.certificate,
      others: [],
      trust: { anchors: [authority.certificate] },
      at: now(),
    });
    expect(report.reasons.map((reason) => reason.code)).toEqual(['CERTIFICATE_KEY_USAGE']);
  });
});

describe('historic signatures', () => {
  const sha1 = 'http://www.w3.org/2000/09/xmldsig#';
  /** Both the digest and the value by SHA-1, as documents of 2021 have them. */
  const historic = (): Buffer => {
    const unsigned = Buffer.from('<GIAMDINHHS><T_BHTT>1</T_BHTT><CHUKYDONVI></CHUKYDONVI></GIAMDINHHS>');
    const digest = createHash('sha1').update(unsigned).digest('base64');
    const content = signedInfo
      .replace(rsaSha256, `${sha1}rsa-sha1`)
      .replace(sha256, `${sha1}sha1`)
      .replace(/<DigestValue>.*<\/DigestValue>/, `<DigestValue>${digest}</DigestValue>`);
    const canonical = content.replace('<SignedInfo>', `<SignedInfo xmlns="${sha1}">`);
    const value = signBytes('sha1', Buffer.from(canonical), facility.key).toString('base64');
    const element = signature
      .replace(signedInfo, content)
      .replace(/<SignatureValue>.*<\/SignatureValue>/, `<SignatureValue>${value}</SignatureValue>`);
    return change(unsigned, '<CHUKYDONVI>', `<CHUKYDONVI>${element}`);
  };

  test('are refused by the profile of today, and read by legacy-read as undetermined at best', async () => {
    const bytes = historic();
    expect((await check(bytes)).reasons.map((reason) => reason.code)).toEqual(['SIGNATURE_ALGORITHM_WEAK']);
    const result = await verify(bytes, { profile: 'legacy-read', trust, now });
    expect(result.verdict).toBe('undetermined');
    expect(result.reasons.map((reason) => reason.code)).toEqual(['LEGACY_ALGORITHM']);
    expect(Buffer.from(result.signedBytes!).toString()).toContain('<T_BHTT>1</T_BHTT>');
    const altered = await verify(change(bytes, '<T_BHTT>1', '<T_BHTT>2'), {
      profile: 'legacy-read',
      trust,
      now,
    });
    expect(altered.verdict).toBe('invalid');
  });

  test('legacy-read reads signatures of today as what they are, and signs nothing', async () => {
    expect((await verify(signed, { profile: 'legacy-read', trust, now })).verdict).toBe('valid');
    await expect(sign(claim, signer, { profile: 'legacy-read', now })).rejects.toMatchObject({
      code: 'ERR_ALGORITHM_NOT_AVAILABLE',
    });
  });
});
