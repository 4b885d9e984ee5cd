import { beforeAll, describe, expect, test } from 'vitest';
import { change, identityOf, now } from '../test/documents.ts';
import { complete, demoTaxCode, explainSignature, prepare, sign, verify, verifyParties } from './index.ts';
import type { SigningError, VerifyResult } from './index.ts';

const bankCode = demoTaxCode(20);
const officeCode = demoTaxCode(21);
const bank = identityOf({ mst: bankCode, name: 'Bank 9999' });
const office = identityOf({ mst: officeCode, name: 'Office 99' });
const profile = 'balance-sheet';
const parties = {
  bank: { trust: { anchors: [bank.authority.certificate] }, expect: { mst: bankCode } },
  office: { trust: { anchors: [office.authority.certificate] }, expect: { mst: officeCode } },
};

const data =
  '<NOI_DUNG Id="bang-1"><TAI_KHOAN>9999000001</TAI_KHOAN><DU_CUOI_KY>1000000</DU_CUOI_KY></NOI_DUNG>';
const sheet = Buffer.from(
  `<BANG_DOI_CHIEU_SO_DU>${data}<CHUKY_NGANHANG/><CHUKY_BHXH/></BANG_DOI_CHIEU_SO_DU>`,
);

let byBank: Uint8Array;
let byBoth: Uint8Array;

beforeAll(async () => {
  byBank = await sign(sheet, bank.signer, { profile, party: 'bank', now });
  byBoth = await sign(byBank, office.signer, { profile, party: 'office', now });
});

const codes = ({ reasons }: VerifyResult): string[] => reasons.map(({ code }) => code);
const outcomes = async (bytes: Uint8Array): Promise<Record<string, string>> => {
  const { verdict, results } = await verifyParties(bytes, { profile, parties, now });
  const each = [...results].map(([party, result]) => [party, [result.verdict, ...codes(result)].join(' ')]);
  return { verdict, ...(Object.fromEntries(each) as Record<string, string>) };
};
const failure = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'none',
    (error: SigningError) => error.code,
  );

test('a sheet signed by bank and office is valid, each signature by its own signer and over the same data', async () => {
  expect(await outcomes(byBoth)).toEqual({ verdict: 'valid', bank: 'valid', office: 'valid' });
  const { results } = await verifyParties(byBoth, { profile, parties, now });
  const [first, second] = [results.get('bank')!, results.get('office')!];
  expect(first.path).toBe('/BANG_DOI_CHIEU_SO_DU/CHUKY_NGANHANG/Signature');
  expect(second.path).toBe('/BANG_DOI_CHIEU_SO_DU/CHUKY_BHXH/Signature');
  expect(first.signer?.ids[0]?.value).toBe(bankCode);
  expect(second.signer?.ids[0]?.value).toBe(officeCode);
  expect(first.covers[0]).toEqual(second.covers[0]);
  for (const one of [first, second]) expect(Buffer.from(one.signedBytes!).toString('utf8')).toBe(data);
});

test('the second signature leaves the first as it was, whichever party signs first', async () => {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
  const signature = /<Signature .*?<\/Signature>/s.exec(text(byBank))![0];
  expect(text(byBoth)).toContain(signature);
  const byOffice = await sign(sheet, office.signer, { profile, party: 'office', now });
  const reversed = await sign(byOffice, bank.signer, { profile, party: 'bank', now });
  expect(text(reversed)).toBe(text(byBoth));
});

test('while one party has yet to sign, its side is missing and the other is valid', async () => {
  expect(await outcomes(byBank)).toEqual({
    verdict: 'invalid',
    bank: 'valid',
    office: 'invalid SIGNATURE_MISSING',
  });
  const own = await verify(byBank, { profile, party: 'bank', ...parties.bank, now });
  expect(own.verdict).toBe('valid');
});

test('a party that has signed cannot sign again, and nobody signs without saying as whom', async () => {
  expect(await failure(sign(byBank, bank.signer, { profile, party: 'bank', now }))).toBe(
    'ERR_ALREADY_SIGNED',
  );
  expect(await failure(sign(sheet, bank.signer, { profile, now }))).toBe('ERR_PARTY_UNKNOWN');
  expect(await failure(sign(sheet, bank.signer, { profile, party: 'constructor', now }))).toBe(
    'ERR_PARTY_UNKNOWN',
  );
  expect(await failure(verify(byBoth, { profile, now }))).toBe('ERR_PARTY_UNKNOWN');
  expect(await failure(verify(byBoth, { profile: 'bhxh-xml', party: 'bank', now }))).toBe(
    'ERR_PARTY_UNKNOWN',
  );
  expect(await failure(verifyParties(byBoth, { profile: 'bhxh-xml', parties: {}, now }))).toBe(
    'ERR_PARTY_UNKNOWN',
  );
});

test('a signing job remembers for which party it was prepared', async () => {
  const job = await prepare(byBank, office.identity.certificate, { profile, party: 'office', now });
  const value = await office.signer.sign(Buffer.from(job.toSign, 'base64'), job.algorithm);
  expect(await complete(JSON.parse(JSON.stringify(job)) as typeof job, value)).toEqual(Buffer.from(byBoth));
});

test('each signature is explained by itself', () => {
  const { references } = explainSignature(byBoth, { profile, party: 'office' });
  expect(references.map(({ kind, isRight }) => [kind, isRight])).toEqual([
    ['data', true],
    ['signing-time', true],
  ]);
});

describe('what one party or a stranger alters', () => {
  const signatures = (): string[] =>
    [
      ...Buffer.from(byBoth)
        .toString('utf8')
        .matchAll(/<Signature .*?<\/Signature>/gs),
    ].map(([one]) => one);
  const cases: readonly (readonly [name: string, make: () => Uint8Array, bank: string, office: string])[] = [
    [
      'the signed balance',
      () => change(byBoth, '1000000', '9000000'),
      'invalid DIGEST_MISMATCH',
      'invalid DIGEST_MISMATCH',
    ],
    [
      "the bank's signature in both places",
      () => change(byBoth, signatures()[1]!, signatures()[0]!),
      'invalid XML_ID_DUPLICATE',
      'invalid XML_ID_DUPLICATE',
    ],
    [
      'the two signatures exchanged',
      () => {
        const [first, second] = signatures();
        const text = Buffer.from(byBoth).toString('utf8');
        return Buffer.from(text.replace(first!, '@').replace(second!, first!).replace('@', second!));
      },
      'invalid SIGNER_MISMATCH CERTIFICATE_ISSUER_UNKNOWN',
      'invalid SIGNER_MISMATCH CERTIFICATE_ISSUER_UNKNOWN',
    ],
    [
      "a second signature at the office's place",
      () => change(byBoth, '</CHUKY_BHXH>', `${signatures()[1]!.replace(/ Id="[^"]*"/g, '')}</CHUKY_BHXH>`),
      'invalid SIGNATURE_COUNT',
      'invalid SIGNATURE_COUNT',
    ],
    [
      'a signature at a place that is nobody’s',
      () =>
        change(
          byBoth,
          '<CHUKY_NGANHANG>',
          `<CHUKY_KHAC>${signatures()[1]!.replace(/ Id="[^"]*"/g, '')}</CHUKY_KHAC><CHUKY_NGANHANG>`,
        ),
      'invalid SIGNATURE_COUNT',
      'invalid SIGNATURE_COUNT',
    ],
    [
      "the office's place twice",
      () => change(byBoth, '<CHUKY_NGANHANG>', '<CHUKY_BHXH/><CHUKY_NGANHANG>'),
      'valid',
      'invalid SIGNATURE_PLACE_COUNT',
    ],
    [
      'other data beside the signed',
      () => change(byBoth, '<NOI_DUNG ', '<NOI_DUNG Id="bang-2"/><NOI_DUNG '),
      'invalid REFERENCE_TARGET',
      'invalid REFERENCE_TARGET',
    ],
  ];
  test.each(cases)('%s', async (_, make, ofBank, ofOffice) => {
    expect(await outcomes(make())).toEqual({ verdict: 'invalid', bank: ofBank, office: ofOffice });
  });
});

test('a dossier: each form is signed by whoever is named for it, then the envelope by the unit', async () => {
  const unit = identityOf({ mst: demoTaxCode(22), name: 'Unit ZZ0001' });
  const agency = identityOf({ mst: demoTaxCode(23), name: 'Agency' });
  const form = (root: string): Buffer => Buffer.from(`<${root}><NoiDung><A>1</A></NoiDung><Cky/></${root}>`);
  const options = { profile: 'declaration-xml', now } as const;
  const signedForms = [
    { mst: demoTaxCode(22), party: unit, bytes: await sign(form('D02-TS'), unit.signer, options) },
    { mst: demoTaxCode(23), party: agency, bytes: await sign(form('TK1-TS'), agency.signer, options) },
  ];
  const files = signedForms
    .map(({ bytes }) => `<NoiDungFile>${Buffer.from(bytes).toString('base64')}</NoiDungFile>`)
    .join('');
  const envelope = await sign(
    Buffer.from(`<Hoso><NoiDung>${files}</NoiDung><CKy_Dvi/></Hoso>`),
    unit.signer,
    options,
  );
  const whole = await verify(envelope, {
    ...options,
    trust: { anchors: [unit.authority.certificate] },
    expect: { mst: demoTaxCode(22) },
  });
  expect(whole.verdict).toBe('valid');
  const inside = [
    ...Buffer.from(whole.signedBytes!)
      .toString('utf8')
      .matchAll(/<NoiDungFile>(.*?)<\/NoiDungFile>/g),
  ].map(([, text]) => Buffer.from(text!, 'base64'));
  for (const [at, { mst, party }] of signedForms.entries()) {
    const trust = { anchors: [party.authority.certificate] };
    const result = await verify(inside[at]!, { ...options, trust, expect: { mst } });
    expect(result.verdict).toBe('valid');
    const swapped = await verify(inside[1 - at]!, { ...options, trust: 'not-checked', expect: { mst } });
    expect(codes(swapped)).toEqual(['SIGNER_MISMATCH']);
  }
});
