import net from 'node:net';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { facility, now, signer } from '../test/documents.ts';
import { sign, verify } from './index.ts';
import type { ProfileName } from './index.ts';

// The eight wrappings of Somorovsky (2012), on the two ways our envelopes are signed: everything by an empty URI, and
// the data by its Id. F is the forged content, R the real one.
const trust = { anchors: [facility.authority.certificate] };
const real = '<THONGTINHOSO Id="hs-1"><T_BHTT>100000</T_BHTT></THONGTINHOSO>';
const forged = '<THONGTINHOSO Id="hs-2"><T_BHTT>900000</T_BHTT></THONGTINHOSO>';
const unsigned = Buffer.from(`<HSCHUNGTU>${real}<CHUKYDONVI></CHUKYDONVI></HSCHUNGTU>`);

let signatures: Record<'bhxh-xml' | 'bhxh-xml-signing-time', string>;

beforeAll(async () => {
  const signatureOf = async (profile: ProfileName): Promise<string> => {
    const text = Buffer.from(await sign(unsigned, signer, { profile, now })).toString('utf8');
    return /<Signature .*<\/Signature>/.exec(text)![0];
  };
  signatures = {
    'bhxh-xml': await signatureOf('bhxh-xml'),
    'bhxh-xml-signing-time': await signatureOf('bhxh-xml-signing-time'),
  };
});

const inObject = (signature: string, content: string): string =>
  signature.replace('</Signature>', `<Object>${content}</Object></Signature>`);
const whole = (content: string, signature: string, after = ''): string =>
  `<HSCHUNGTU>${content}<CHUKYDONVI>${signature}</CHUKYDONVI>${after}</HSCHUNGTU>`;

const wrappings: readonly (readonly [
  name: string,
  make: (signature: string) => string,
  codes: readonly [byEmptyUri: string, byId: string],
])[] = [
  [
    'XSW1: forged root, the original inside the Signature',
    (s) => whole(forged, inObject(s, `<HSCHUNGTU>${real}</HSCHUNGTU>`)),
    ['OBJECT_NOT_SIGNED', 'REFERENCE_TARGET'],
  ],
  [
    'XSW2: forged root, the original beside the Signature',
    (s) => whole(forged, `${s}${real}`),
    ['SIGNATURE_PLACE_CONTENT', 'SIGNATURE_PLACE_CONTENT'],
  ],
  [
    'XSW3: the forged element before the signed one',
    (s) => whole(forged + real, s),
    ['DIGEST_MISMATCH', 'REFERENCE_TARGET'],
  ],
  [
    'XSW4: the forged element is the parent of the signed one',
    (s) => whole(forged.replace('</THONGTINHOSO>', `${real}</THONGTINHOSO>`), s),
    ['DIGEST_MISMATCH', 'REFERENCE_TARGET'],
  ],
  [
    'XSW5: the signed element altered, its original at the end',
    (s) => whole(forged.replace('hs-2', 'hs-1'), s, real),
    ['XML_ID_DUPLICATE', 'XML_ID_DUPLICATE'],
  ],
  ['XSW5, with another Id', (s) => whole(forged, s, real), ['DIGEST_MISMATCH', 'REFERENCE_TARGET']],
  [
    'XSW6: the original inside the Signature of the forged element',
    (s) => whole(forged, inObject(s, real)),
    ['OBJECT_NOT_SIGNED', 'REFERENCE_REPEATED'],
  ],
  [
    'XSW7: the original in an extension element',
    (s) => whole(`${forged}<MO_RONG>${real}</MO_RONG>`, s),
    ['DIGEST_MISMATCH', 'REFERENCE_TARGET'],
  ],
  [
    'XSW8: the original in an Object of the Signature, the forged element in its place',
    (s) => whole(forged, s.replace('<KeyInfo>', `<Object>${real}</Object><KeyInfo>`)),
    ['SIGNATURE_CHILD', 'SIGNATURE_CHILD'],
  ],
  [
    'a second, own signature around the first',
    (s) =>
      whole(forged, s.replace('</KeyInfo>', `</KeyInfo><Object>${s.replace(/ Id="[^"]*"/g, '')}</Object>`)),
    ['SIGNATURE_COUNT', 'SIGNATURE_COUNT'],
  ],
];

describe.each([
  ['bhxh-xml', 0],
  ['bhxh-xml-signing-time', 1],
] as const)('%s', (profile, column) => {
  test('the document as it was signed is valid', async () => {
    const result = await verify(Buffer.from(whole(real, signatures[profile])), { profile, trust, now });
    expect(result.reasons).toEqual([]);
  });

  test.each(wrappings)('%s', async (_, make, codes) => {
    const bytes = Buffer.from(make(signatures[profile]));
    const result = await verify(bytes, { profile, trust, now });
    expect(result.verdict).toBe('invalid');
    expect(result.reasons.map((reason) => reason.code)).toEqual([codes[column]]);
    expect(result.signedBytes).toBeUndefined();
  });
});

test('what a reader takes from the signed bytes is the real content, never the forged one beside it', async () => {
  const text = whole(real, signatures['bhxh-xml-signing-time']).replace(
    '<HSCHUNGTU>',
    '<HSCHUNGTU><THEM>900000</THEM>',
  );
  const result = await verify(Buffer.from(text), { profile: 'bhxh-xml-signing-time', trust, now });
  const seen = result.signedBytes === undefined ? '' : Buffer.from(result.signedBytes).toString('utf8');
  expect(seen).toBe(real);
  expect(
    result.covers.map(({ start, end }) => text.slice(start, end)).some((part) => part.includes('900000')),
  ).toBe(false);
});

describe('bounds', () => {
  const refusedQuickly = async (bytes: Buffer): Promise<string[]> => {
    const started = performance.now();
    const result = await verify(bytes, { profile: 'bhxh-xml', trust, now });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(result.verdict).toBe('invalid');
    return result.reasons.map((reason) => reason.code);
  };
  const signature = (content: string): Buffer =>
    Buffer.from(whole(real, `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">${content}</Signature>`));

  test('deep, wide and long documents are refused by the limits before any cryptography', async () => {
    expect(await refusedQuickly(Buffer.from('<a>'.repeat(1_000_000)))).toEqual(['XML_DEPTH']);
    const attributes = Array.from({ length: 100_000 }, (_, at) => ` a${at}=""`).join('');
    expect(await refusedQuickly(Buffer.from(`<HSCHUNGTU${attributes}/>`))).toEqual(['XML_ATTRIBUTE_COUNT']);
    expect(await refusedQuickly(Buffer.from(`<${'a'.repeat(100_000)}/>`))).toEqual(['XML_NAME_LENGTH']);
  });

  test('ten thousand references, forty transforms and a hundred certificates are refused by their number', async () => {
    const own = signatures['bhxh-xml'];
    const reference = /<Reference .*<\/Reference>/.exec(own)![0];
    const transform = /<Transform .*<\/Transform>/.exec(own)![0];
    const certificate = /<X509Certificate>.*<\/X509Certificate>/.exec(own)![0];
    const put = (before: string, count: number) =>
      Buffer.from(whole(real, own.replace(before, before.repeat(count))));
    expect(await refusedQuickly(put(reference, 10_000))).toEqual(['REFERENCE_COUNT']);
    expect(await refusedQuickly(put(transform, 40))).toEqual(['TRANSFORM_COUNT']);
    expect(await refusedQuickly(put(certificate, 100))).toEqual(['CERTIFICATE_COUNT']);
  });

  test('a certificate of ten megabytes and a Signature of nothing but text are refused', async () => {
    const own = signatures['bhxh-xml'];
    const big = own.replace(/<X509Certificate>.*?</, `<X509Certificate>${'A'.repeat(10_000_000)}<`);
    expect(await refusedQuickly(Buffer.from(whole(real, big)))).toEqual(['CERTIFICATE_UNREADABLE']);
    expect(await refusedQuickly(signature('x'.repeat(1_000_000)))).toEqual(['SIGNATURE_TEXT']);
  });
});

test('no socket is opened, whatever the references and the keys point to', async () => {
  const connect = vi.spyOn(net.Socket.prototype, 'connect');
  const own = signatures['bhxh-xml'];
  for (const target of [
    'http://127.0.0.1:9/',
    'https://127.0.0.1:9/',
    'ftp://127.0.0.1/',
    '//127.0.0.1/x',
    'file:///etc/hostname',
  ]) {
    for (const text of [
      own.replace('URI=""', `URI="${target}"`),
      own.replace('<X509Data>', `<RetrievalMethod URI="${target}"></RetrievalMethod><X509Data>`),
      own.replace('http://www.w3.org/2000/09/xmldsig#enveloped-signature', target),
    ]) {
      expect(
        (await verify(Buffer.from(whole(real, text)), { profile: 'bhxh-xml', trust, now })).verdict,
      ).toBe('invalid');
    }
  }
  expect(connect).not.toHaveBeenCalled();
  connect.mockRestore();
});

test('a second Signature counts, whatever its prefix is written with', async () => {
  for (const prefix of ['ds', 'đ', 'chữký', '𐐷']) {
    const second = `<${prefix}:Signature xmlns:${prefix}="http://www.w3.org/2000/09/xmldsig#"/>`;
    const { reasons } = await verify(Buffer.from(whole(real, signatures['bhxh-xml'], second)), {
      profile: 'bhxh-xml',
      trust,
      now,
    });
    expect(reasons.map(({ code }) => code)).toEqual(['SIGNATURE_COUNT']);
  }
});
