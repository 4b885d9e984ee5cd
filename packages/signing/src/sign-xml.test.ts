import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { change, claim, facility, identityOf, now, signer, today } from '../test/documents.ts';
import {
  callbackSigner,
  complete,
  findProfile,
  prepare,
  profileNames,
  sign,
  SigningError,
  verify,
} from './index.ts';
import type { ProfileName, SignatureProfile, SigningJob } from './index.ts';
import { signatureAlgorithm, signWithKey } from './signature-algorithms.ts';

const trust = { anchors: [facility.authority.certificate] };
const verdictOf = async (bytes: Uint8Array, profile: ProfileName | SignatureProfile = 'bhxh-xml') =>
  (await verify(bytes, { profile, trust, now })).verdict;

const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => undefined,
    (error: SigningError) => error.code,
  );

const envelope = (root: string, place: string): Buffer =>
  Buffer.from(`<?xml version="1.0"?>\r\n<!-- a -->\r\n<${root}><A Id="a1">x\r\ny</A>\n${place}</${root}>\n`);

describe('bytes are only inserted', () => {
  test.each([
    '<CHUKYDONVI/>',
    '<CHUKYDONVI />',
    '<CHUKYDONVI></CHUKYDONVI>',
    '<CHUKYDONVI>\n</CHUKYDONVI>',
    '<CHUKYDONVI a="1"/>',
    '<CHUKYDONVI a="/>"></CHUKYDONVI >',
  ])('%j', async (place) => {
    const document = envelope('GIAMDINHHS', place);
    const signed = Buffer.from(await sign(document, signer, { profile: 'bhxh-xml', now })).toString('utf8');
    expect(await verdictOf(Buffer.from(signed))).toBe('valid');
    const without = signed.replace(/<Signature .*<\/Signature>/, '');
    const opened = document
      .toString()
      .replace(/<CHUKYDONVI((?: a="1"| )?)\/>/, '<CHUKYDONVI$1></CHUKYDONVI>');
    expect(without).toBe(opened);
  });
});

test.each(['GIAMDINHHS', 'CHI_TIEU_TRANG_THAI_KCB', 'CHI_TIEU_GIAM_DINH_YKHOA', 'HSDANHMUC', 'HSCHUNGTU'])(
  'a %s is signed in its CHUKYDONVI',
  async (root) => {
    expect(
      await verdictOf(await sign(envelope(root, '<CHUKYDONVI/>'), signer, { profile: 'bhxh-xml', now })),
    ).toBe('valid');
  },
);

test('a byte order mark and a document of another producer are kept as they are', async () => {
  const document = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), claim]);
  const signed = Buffer.from(await sign(document, signer, { profile: 'bhxh-xml', now }));
  expect(await verdictOf(signed)).toBe('valid');
  expect(signed.subarray(0, 100)).toEqual(document.subarray(0, 100));
});

describe('documents that are not fit to be signed', () => {
  test.each([
    ['<GIAMDINHHS><A/></GIAMDINHHS>', 'ERR_SIGNATURE_PLACE_MISSING'],
    ['<GIAMDINHHS><A><CHUKYDONVI/></A></GIAMDINHHS>', 'ERR_SIGNATURE_PLACE_MISSING'],
    ['<GIAMDINHHS><CHUKYDONVI/><CHUKYDONVI/></GIAMDINHHS>', 'ERR_SIGNATURE_PLACE_COUNT'],
    ['<GIAMDINHHS><CHUKYDONVI>x</CHUKYDONVI></GIAMDINHHS>', 'ERR_SIGNATURE_PLACE_NOT_EMPTY'],
    ['<GIAMDINHHS><CHUKYDONVI><!-- x --></CHUKYDONVI></GIAMDINHHS>', 'ERR_SIGNATURE_PLACE_NOT_EMPTY'],
    ['<TONG_HOP><CHUKYDONVI/></TONG_HOP>', 'ERR_DOCUMENT_ROOT'],
    ['<GIAMDINHHS xmlns="urn:x"><CHUKYDONVI/></GIAMDINHHS>', 'ERR_DOCUMENT_ROOT'],
    ['<GIAMDINHHS><CHUKYDONVI/>', 'ERR_DOCUMENT_UNREADABLE'],
    ['<GIAMDINHHS><V>1<!-- -->2</V><CHUKYDONVI/></GIAMDINHHS>', 'ERR_DOCUMENT_UNREADABLE'],
    ['<GIAMDINHHS xmlnsa="1"><CHUKYDONVI/></GIAMDINHHS>', 'ERR_DOCUMENT_UNREADABLE'],
    ['', 'ERR_DOCUMENT_UNREADABLE'],
  ])('%s: %s, before the key is used', async (document, code) => {
    let used = 0;
    const spy = callbackSigner({
      certificate: facility.certificate,
      label: 'spy',
      sign: async () => {
        used++;
        return new Uint8Array(256);
      },
    });
    expect(await codeOf(sign(Buffer.from(document), spy, { profile: 'bhxh-xml', now }))).toBe(code);
    expect(used).toBe(0);
  });

  test('a signed document is not signed again', async () => {
    const signed = await sign(claim, signer, { profile: 'bhxh-xml', now });
    expect(await codeOf(sign(signed, signer, { profile: 'bhxh-xml', now }))).toBe('ERR_ALREADY_SIGNED');
  });

  test('an unreadable document is located but not quoted', async () => {
    const error = await sign(Buffer.from('<GIAMDINHHS>\n<TEN>Nguyễn<'), signer, {
      profile: 'bhxh-xml',
      now,
    }).catch((one: unknown) => one);
    expect((error as SigningError).details).toMatchObject({ line: 2 });
    expect(String(error)).not.toContain('Nguy');
  });
});

describe('certificates that are not fit to sign', () => {
  const past = new Date(today.getTime() - 1000);
  const future = new Date(today.getTime() + 1000);
  test.each([
    ['expired a second ago', { notAfter: past }, 'ERR_CERTIFICATE_EXPIRED'],
    ['valid in a second', { notBefore: future }, 'ERR_CERTIFICATE_NOT_YET_VALID'],
    ['for encryption', { change: { keyUsage: ['keyEncipherment'] } }, 'ERR_CERTIFICATE_NOT_FOR_SIGNING'],
  ] as const)('%s: %s', async (_, subject, code) => {
    expect(await codeOf(sign(claim, identityOf(subject).signer, { profile: 'bhxh-xml', now }))).toBe(code);
  });
});

test('a value of another key or mechanism never leaves as a document', async () => {
  const other = identityOf({}).identity;
  const wrongKey = callbackSigner({
    certificate: facility.certificate,
    label: 'wrong',
    sign: async (data, algorithm) => signWithKey(signatureAlgorithm(algorithm), other.key, data),
  });
  const wrongMechanism = callbackSigner({
    certificate: facility.certificate,
    label: 'wrong',
    sign: async (data) => signWithKey(signatureAlgorithm('rsa-pss-sha256'), facility.key, data),
  });
  const garbage = callbackSigner({
    certificate: facility.certificate,
    label: 'wrong',
    sign: async () => new Uint8Array(3),
  });
  for (const wrong of [wrongKey, wrongMechanism, garbage]) {
    expect(await codeOf(sign(claim, wrong, { profile: 'bhxh-xml', now }))).toBe('ERR_SIGNATURE_WRONG');
  }
});

describe('in two phases', () => {
  const signJob = (job: SigningJob): Uint8Array =>
    signWithKey(signatureAlgorithm(job.algorithm), facility.key, Buffer.from(job.toSign, 'base64'));

  test('a job carried as JSON becomes the document that signing at once gives', async () => {
    const job = JSON.parse(
      JSON.stringify(await prepare(claim, facility.certificate, { profile: 'bhxh-xml', now })),
    ) as SigningJob;
    const byParts = await complete(job, signJob(job));
    expect(Buffer.compare(byParts, await sign(claim, signer, { profile: 'bhxh-xml', now }))).toBe(0);
  });

  test('a job without its document is completed with it, and with no other', async () => {
    const job = await prepare(claim, facility.certificate, {
      profile: 'bhxh-xml',
      now,
      withoutDocument: true,
    });
    expect(job.document).toBeUndefined();
    expect(await verdictOf(await complete(job, signJob(job), { document: claim }))).toBe('valid');
    expect(await codeOf(complete(job, signJob(job)))).toBe('ERR_JOB_DOCUMENT_MISSING');
    expect(await codeOf(complete(job, signJob(job), { document: change(claim, '100000', '900000') }))).toBe(
      'ERR_DOCUMENT_CHANGED',
    );
  });

  test('an altered job is refused', async () => {
    const job = await prepare(claim, facility.certificate, { profile: 'bhxh-xml', now });
    const value = signJob(job);
    const altered: readonly SigningJob[] = [
      { ...job, schema: 'x' as 'bhxh-signing-job/1' },
      { ...job, toSign: '*' },
      { ...job, certificate: 'AAAA' },
      { ...job, insertion: { ...job.insertion, from: -1 } },
      { ...job, insertion: { ...job.insertion, to: 1e9 } },
      { ...job, insertion: { ...job.insertion, from: 60, to: 60 } },
      {
        ...job,
        insertion: {
          ...job.insertion,
          before: job.insertion.before.replace('<DigestValue>', '<DigestValue>A'),
        },
      },
    ];
    for (const one of altered)
      expect(await codeOf(complete(one, value))).toMatch(/^ERR_(JOB_DAMAGED|SIGNATURE_WRONG)$/);
  });
});

test('whatever is signed verifies by the same profile: what verify would refuse, sign refuses first', async () => {
  // Mostly harmless, so that enough of the documents can be signed at all.
  const plain = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const;
  const nothing = ['', '', '', '', '', '', '', '', '', ''] as const;
  const name = fc.constantFrom(...plain, 'T_BHTT', 'x:B', 'CHUKYDONVI', 'đơn', 'Signature', 'xmlnsA');
  const attribute = fc.constantFrom(
    ...nothing,
    ' Id="a"',
    ' ID="a"',
    ' id="b"',
    ' xmlnsx="1"',
    ' xmlns="http://www.w3.org/2000/09/xmldsig#"',
    ' xmlns:x="urn:x"',
    ' xml:lang="vi"',
    ' b="&#13;&lt;" a=\'"\'',
  );
  const text = fc.constantFrom(
    ...nothing,
    '1',
    '1<!-- x -->',
    '<!-- x -->',
    '<![CDATA[<]]>',
    '<?x y?>',
    '&#13;\r\n',
    '&x;',
    '€𝄞',
  );
  const around = (children: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(name, attribute, text, children)
      .map(([tag, more, inside, below]) => `<${tag}${more}>${inside}${below}</${tag}>`);
  const leaves = fc.array(around(fc.constant('')), { maxLength: 2 }).map((list) => list.join(''));
  const element = around(leaves);
  const document = fc
    .tuple(
      fc.array(element, { maxLength: 4 }),
      text,
      fc.constantFrom(...nothing, ' xmlns:x="urn:y"', ' Id="a"'),
      text,
    )
    .map(
      ([parts, before, attributes, after]) =>
        `<GIAMDINHHS${attributes}>${before}${parts.join('')}<CHUKYDONVI/></GIAMDINHHS>${after}`,
    );
  let signedOnes = 0;
  await fc.assert(
    fc.asyncProperty(document, fc.constantFrom('bhxh-xml', 'xades-b'), async (xml, profile) => {
      const options = { profile: profile as ProfileName, now };
      const signed = await sign(Buffer.from(xml), signer, options).catch((error: unknown) => {
        expect(error).toBeInstanceOf(SigningError);
      });
      if (signed === undefined) return;
      signedOnes++;
      const result = await verify(signed, { ...options, trust: 'not-checked' });
      expect(result.reasons).toEqual([]);
    }),
    { numRuns: 400 },
  );
  expect(signedOnes).toBeGreaterThan(20);
});

describe('profiles', () => {
  test('an unknown profile is refused, also by the name of an inherited property', async () => {
    for (const profile of ['none', 'constructor', '__proto__'] as unknown as ProfileName[]) {
      expect(await codeOf(sign(claim, signer, { profile, now }))).toBe('ERR_PROFILE_UNKNOWN');
      expect(await codeOf(verify(claim, { profile, now }))).toBe('ERR_PROFILE_UNKNOWN');
    }
  });

  test('every profile accepts what it signs', async () => {
    const documents: Partial<Record<ProfileName, Buffer>> = {
      'bhxh-xml': claim,
      'bhxh-xml-pss': claim,
      'bhxh-xml-ecdsa': claim,
      'xades-b': claim,
      'bhxh-xml-signing-time': Buffer.from(
        '<HSCHUNGTU><THONGTINHOSO Id="hs-1"><A>1</A></THONGTINHOSO><CHUKYDONVI/></HSCHUNGTU>',
      ),
      'declaration-xml': Buffer.from('<Hoso><NoiDung>1</NoiDung><CKy_Dvi/></Hoso>'),
      'balance-sheet': Buffer.from(
        '<BANG_DOI_CHIEU_SO_DU><NOI_DUNG Id="b-1"/><CHUKY_NGANHANG/><CHUKY_BHXH/></BANG_DOI_CHIEU_SO_DU>',
      ),
      'payment-message': Buffer.from(
        '<BizMsgEnvlp><AppHdr><Fr>A</Fr><Sgntr/></AppHdr><Document><A>1</A></Document></BizMsgEnvlp>',
      ),
    };
    const partyOf = (name: ProfileName) => (name === 'balance-sheet' ? { party: 'bank' } : {});
    // xades-t needs a time-stamping authority and is tested with one; legacy-read signs nothing.
    for (const profile of profileNames.filter((name) => name !== 'xades-t' && name !== 'legacy-read')) {
      const { signer, authority } = identityOf({
        keyKind: profile === 'bhxh-xml-ecdsa' ? 'p-256' : 'rsa-2048',
      });
      const side = { profile, now, ...partyOf(profile) };
      const signed = await sign(documents[profile]!, signer, side);
      const result = await verify(signed, { ...side, trust: { anchors: [authority.certificate] } });
      expect([profile, result.verdict, result.reasons]).toEqual([profile, 'valid', []]);
      for (const other of profileNames.filter((name) => name !== profile && !name.endsWith('time'))) {
        if (findProfile(other)!.algorithms[0] === findProfile(profile)!.algorithms[0]) continue;
        const options = { profile: other, trust: 'not-checked', now, ...partyOf(other) } as const;
        expect((await verify(signed, options)).verdict).toBe('invalid');
      }
    }
  });

  test('the profile of two references signs the data and the time by their Ids', async () => {
    const document = Buffer.from(
      '<HSDANHMUC><DANH_MUC_THUOC Id="Id-7"><ROW/></DANH_MUC_THUOC><CHUKYDONVI/></HSDANHMUC>',
    );
    const signed = Buffer.from(await sign(document, signer, { profile: 'bhxh-xml-signing-time', now }));
    const text = signed.toString('utf8');
    expect(text).toContain('<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="CHUKYDONVI-Id-7">');
    expect([...text.matchAll(/URI="([^"]*)"/g)].map((match) => match[1])).toEqual([
      '#Object-CHUKYDONVI-Id-7',
      '#Id-7',
    ]);
    expect(text).toContain('<SigningTime>2026-11-21T10:00:00+07:00</SigningTime>');
    const result = await verify(signed, { profile: 'bhxh-xml-signing-time', trust, now });
    expect(result.verdict).toBe('valid');
    expect(result.signedAt).toEqual({ time: today, source: 'claimed' });
    expect(Buffer.from(result.signedBytes!).toString()).toBe(
      '<DANH_MUC_THUOC Id="Id-7"><ROW></ROW></DANH_MUC_THUOC>',
    );
    const later = change(signed, '10:00:00', '11:00:00');
    expect(
      (await verify(later, { profile: 'bhxh-xml-signing-time', trust, now })).reasons.map((one) => one.code),
    ).toEqual(['DIGEST_MISMATCH']);
    const beside = change(signed, '<CHUKYDONVI>', '<CHUKYDONVI><A/>');
    expect((await verify(beside, { profile: 'bhxh-xml-signing-time', trust, now })).verdict).toBe('invalid');
  });

  test('data without an Id cannot be signed by reference', async () => {
    const sign2 = (data: string) =>
      codeOf(
        sign(Buffer.from(`<HSCHUNGTU>${data}<CHUKYDONVI/></HSCHUNGTU>`), signer, {
          profile: 'bhxh-xml-signing-time',
          now,
        }),
      );
    expect(await sign2('<THONGTINHOSO/>')).toBe('ERR_SIGNED_ELEMENT_ID');
    expect(await sign2('<THONGTINHOSO Id="a b"/>')).toBe('ERR_SIGNED_ELEMENT_ID');
    expect(await sign2('')).toBe('ERR_SIGNED_ELEMENT_MISSING');
    expect(await sign2('<THONGTINHOSO Id="a"/><THONGTINHOSO Id="b"/>')).toBe('ERR_SIGNED_ELEMENT_MISSING');
  });

  test('each form of a declaration is signed in its own Cky, and the envelope after it', async () => {
    const form = await sign(Buffer.from('<D02-TS><A>1</A><Cky/></D02-TS>'), signer, {
      profile: 'declaration-xml',
      now,
    });
    expect(await verdictOf(form, 'declaration-xml')).toBe('valid');
    const content = Buffer.from(form).toString('base64');
    const dossier = Buffer.from(
      `<Hoso><NoiDung><NoiDungFile>${content}</NoiDungFile></NoiDung><CKy_Dvi></CKy_Dvi></Hoso>`,
    );
    const signed = await sign(dossier, signer, { profile: 'declaration-xml', now });
    const result = await verify(signed, { profile: 'declaration-xml', trust, now });
    expect(result.verdict).toBe('valid');
    expect(result.path).toBe('/Hoso/CKy_Dvi/Signature');
    expect(result.signedAt?.time).toEqual(today);
  });
});
