import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignedXml } from 'xml-crypto';
import { change, claim, claimOfSize, identityOf, now } from '../test/documents.ts';
import { findProfile, sign, verify } from './index.ts';
import type { SignatureProfile, Signer } from './index.ts';
import { requireXmlCrypto } from './xml-crypto-engine.ts';

const { signer, authority } = identityOf({});
const trust = { anchors: [authority.certificate] };
const small = change(claim, '<CHUKYDONVI/>', '<CHUKYDONVI></CHUKYDONVI>');
const engine = 'xml-crypto' as const;

const judge = (xml: Uint8Array, by: typeof engine | 'own', profile: SignatureProfile) =>
  verify(xml, { profile, trust, engine: by, now });

const profileOf = (id: 'bhxh-xml' | 'bhxh-xml-pss', form: 'inclusive' | 'exclusive'): SignatureProfile => ({
  ...findProfile(id)!,
  canonicalizations: [form, 'inclusive', 'exclusive'],
});
const profiles = (['bhxh-xml', 'bhxh-xml-pss'] as const).flatMap((id) =>
  (['inclusive', 'exclusive'] as const).map((form) => [id, form, profileOf(id, form)] as const),
);

describe.each(profiles)('%s, %s form', (_id, _form, profile) => {
  test('what xml-crypto signs both engines accept, and nothing of the document is rewritten', async () => {
    for (const document of [small, claim]) {
      const signed = Buffer.from(await sign(document, signer, { profile, engine, now }));
      for (const by of ['own', engine] as const)
        expect((await judge(signed, by, profile)).reasons).toEqual([]);
      const emptied = signed.toString('utf8').replace(/<Signature .*<\/Signature>/s, '');
      expect(emptied.replace('<CHUKYDONVI></CHUKYDONVI>', '<CHUKYDONVI/>')).toBe(claim.toString('utf8'));
    }
  });

  test('both engines come to one verdict, whatever stands in the document and is changed in it', async () => {
    const text = fc.string({
      unit: fc.constantFrom(
        'a',
        'Đ',
        '𐐀',
        '&amp;',
        '&#13;',
        '&gt;',
        '>',
        '<b x="1"/>',
        '\n',
        '\r\n',
        '<![CDATA[<]]>',
      ),
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat(255),
        async (inside, where, flip) => {
          const document = change(small, '<T_BHTT>', `<GHI>${inside}</GHI><T_BHTT>`);
          const signed = Buffer.from(await sign(document, signer, { profile, now }));
          expect((await judge(signed, engine, profile)).reasons).toEqual([]);
          const at = Math.floor(where * signed.length);
          signed[at] = signed[at]! ^ flip;
          const [ours, theirs] = await Promise.all([
            judge(signed, 'own', profile),
            judge(signed, engine, profile),
          ]);
          expect(theirs.verdict).toBe(ours.verdict);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('what xml-crypto alone accepts', () => {
  const profile = findProfile('bhxh-xml')!;
  const alone = (signer: Signer, text: string): boolean => {
    const checker = new SignedXml({
      publicCert: signer.certificate.toString(),
      getCertFromKeyInfo: () => null,
    });
    checker.loadSignature(/<Signature .*<\/Signature>/s.exec(text)![0]);
    return checker.checkSignature(text);
  };

  test.each([
    ['text hidden by a processing instruction', 'T_BHTT>100000', 'T_BHTT>1<?x 00000?>', 'XML_PI_FORBIDDEN'],
    ['an attribute named xmlnsevil', '<T_BHTT>', '<T_BHTT xmlnsevil="1">', 'ATTRIBUTE_NAME_RESERVED'],
  ])('%s does not reach it', async (_what, before, after, code) => {
    const signed = await sign(small, signer, { profile, now });
    const altered = change(signed, before, after);
    expect(alone(signer, altered.toString('utf8'))).toBe(true);
    const { verdict, reasons } = await judge(altered, engine, profile);
    expect([verdict, reasons[0]?.code]).toEqual(['invalid', code]);
  });

  test('a document above 256 KiB does not reach it either', async () => {
    const large = claimOfSize(300_000);
    await expect(sign(large, signer, { profile, engine, now })).rejects.toMatchObject({
      code: 'ERR_ENGINE_UNFIT',
      details: { part: 'size' },
    });
    const { verdict, reasons } = await judge(await sign(large, signer, { profile, now }), engine, profile);
    expect([verdict, reasons[0]?.code]).toEqual(['undetermined', 'ENGINE_DOCUMENT_SIZE']);
  });
});

test('algorithms and references it does not have are said to be so', async () => {
  const { signer: curve, authority: issuer } = identityOf({ keyKind: 'p-256' });
  const refused = (profile: 'bhxh-xml-ecdsa' | 'declaration-xml', by: Signer, document: Uint8Array) =>
    sign(document, by, { profile, engine, now });
  await expect(refused('bhxh-xml-ecdsa', curve, small)).rejects.toMatchObject({
    details: { part: 'algorithm' },
  });
  const form = Buffer.from('<ToKhai><Cky></Cky></ToKhai>');
  await expect(refused('declaration-xml', signer, form)).rejects.toMatchObject({
    details: { part: 'profile' },
  });
  const signed = await sign(small, curve, { profile: 'bhxh-xml-ecdsa', now });
  const options = {
    profile: 'bhxh-xml-ecdsa',
    trust: { anchors: [issuer.certificate] },
    engine,
    now,
  } as const;
  const { verdict, reasons } = await verify(signed, options);
  expect([verdict, reasons[0]?.code]).toEqual(['undetermined', 'ENGINE_ALGORITHM']);
});

test('where it is not installed, the command that installs it is named', () => {
  const absent = Object.assign(
    () => {
      throw new Error('Cannot find module');
    },
    { resolve: () => '' },
  ) as unknown as NodeJS.Require;
  expect(() => requireXmlCrypto(absent)).toThrow(
    expect.objectContaining({
      code: 'ERR_ENGINE_MISSING',
      details: { engine, command: 'npm install xml-crypto' },
    }),
  );
});
