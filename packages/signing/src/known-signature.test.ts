import fc from 'fast-check';
import { expect, test } from 'vitest';
import { change, claim, identityOf, now } from '../test/documents.ts';
import { findProfile, sign, verify } from './index.ts';
import type { SignatureProfile } from './index.ts';
import { readSignedDocument } from './integrity.ts';

/*
 * What is known of a signature belongs to one profile object. A copy of the profile has seen nothing, so it reads every
 * signature word by word: both ways must come to the same result.
 */
const profile = findProfile('bhxh-xml')!;
const { signer, authority } = identityOf({});
const trust = { anchors: [authority.certificate] };
const small = change(claim, '<CHUKYDONVI/>', '<CHUKYDONVI></CHUKYDONVI>');

const judged = async (xml: Uint8Array, by: SignatureProfile) => {
  const {
    verdict,
    reasons,
    steps,
    path,
    covers,
    signer: found,
    signedBytes,
  } = await verify(xml, {
    profile: by,
    trust,
    now,
  });
  const content = signedBytes && Buffer.from(signedBytes).toString('utf8');
  return { verdict, reasons, steps, path, covers, fingerprint: found?.fingerprint, content };
};

const both = async (xml: Uint8Array) => {
  const recalled = await judged(xml, profile);
  expect(recalled).toEqual(await judged(xml, { ...profile }));
  return recalled;
};

test('another document of the same sender is judged as if its signature were the first', async () => {
  for (const amount of ['100000', '200000', '300000', '4']) {
    const signed = await sign(change(small, '100000', amount), signer, { profile, now });
    expect((await both(signed)).verdict).toBe('valid');
    expect(readSignedDocument(signed, profile).own.signedInfo).toBeDefined();
    expect(readSignedDocument(signed, { ...profile }).own.signedInfo).toBeUndefined();
    const altered = change(signed, `<T_BHTT>${amount}<`, `<T_BHTT>${amount}0<`);
    expect((await both(altered)).reasons).toMatchObject([{ code: 'DIGEST_MISMATCH' }]);
  }
});

test('whatever is changed in a known signature or around it, it is judged as if it were the first', async () => {
  const signed = await sign(small, signer, { profile, now });
  expect((await both(signed)).verdict).toBe('valid');
  const start = signed.length - Buffer.from(signed).indexOf('<Signature');
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: start }),
      fc.constantFrom('A', '=', ' ', '\n', '\r', '&#65;', '<!---->', '<a/>', '/', '"', '\u0110', ''),
      fc.integer({ min: 0, max: 3 }),
      async (fromEnd, text, dropped) => {
        const at = signed.length - fromEnd;
        const altered = Buffer.concat([
          signed.subarray(0, at),
          Buffer.from(text),
          signed.subarray(at + dropped),
        ]);
        await both(altered);
        // The known signature is still taken for what it was.
        expect((await judged(signed, profile)).verdict).toBe('valid');
      },
    ),
    { numRuns: 400 },
  );
});

test.each([
  ['a digest with a space in it', (text: string) => text.replace(/(<DigestValue>.{20})./, '$1 ')],
  ['a digest with one more space', (text: string) => text.replace(/(<DigestValue>.{20})/, '$1 ')],
  ['a digest of one byte less', (text: string) => text.replace(/.=<\/DigestValue>/, '==</DigestValue>')],
  [
    'a value with unused bits set',
    (text: string) => text.replace(/A==<\/SignatureValue>/, 'B==</SignatureValue>'),
  ],
  ['a character reference in a digest', (text: string) => text.replace(/(<DigestValue>).{5}/, '$1&#65;')],
  [
    'another value',
    (text: string) =>
      text.replace(
        /(<SignatureValue>)./,
        (_, tag: string) => `${tag}${text.includes('<SignatureValue>A') ? 'B' : 'A'}`,
      ),
  ],
  [
    'another algorithm of the same length',
    (text: string) => text.replace('more#rsa-sha256', 'more#rsa-sha384'),
  ],
  ['a root of another name', (text: string) => text.replaceAll('GIAMDINHHS', 'GIAMDINHHX')],
  ['another namespace in force', (text: string) => text.replace('XMLSchema-instance', 'XMLSchema-instancf')],
])('%s is refused with the same reason', async (_what, alter) => {
  const signed = await sign(small, signer, { profile, now });
  expect((await both(signed)).verdict).toBe('valid');
  const text = Buffer.from(signed).toString('utf8');
  const result = await both(Buffer.from(alter(text)));
  if (alter(text) !== text) expect(result.verdict).toBe('invalid');
});
