import {
  createDemoAuthority,
  demoTaxCode,
  keyObjectSigner,
  sign,
  verify,
  type ProfileName,
  type Signer,
} from '@bhxh/signing';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { generateClaims } from '../synthetic/index.ts';
import type { FileReport } from './report/file-report.ts';
import type { VerifySignature } from './validation-setup.ts';
import { createValidator, type ValidationInput, type ValidatorOptions } from './validator.ts';

const now = (): Date => new Date('2026-11-21T03:00:00Z');
const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const verifySignature: VerifySignature = (xml, { profile }) =>
  verify(xml, { profile: profile as ProfileName, trust: 'not-checked', now });

let unsigned: Uint8Array;
let signed: Buffer;
let signer: Signer;

beforeAll(async () => {
  const { key, certificate, chain } = createDemoAuthority({ now }).issue({
    mst: demoTaxCode(1),
    name: 'Facility 99001',
  });
  signer = keyObjectSigner({ key, certificate, chain, label: 'memory' });
  for await (const claim of generateClaims({ count: 1, seed: 9, date: '2025-03-20' })) unsigned = claim.bytes;
  signed = Buffer.from(await sign(unsigned, signer, { profile: 'bhxh-xml', now }));
});

const validate = (
  source: ValidationInput['source'],
  options: Partial<ValidatorOptions> = { verifySignature },
): Promise<FileReport> =>
  createValidator({ specifications, now, ...options }).validateFile({ path: 'x.xml', source });

const stepOf = (report: FileReport): string | undefined =>
  report.steps.find(({ name }) => name === 'signature')?.verdict;

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

describe('the signature step', () => {
  it('is skipped for an unsigned file, unless a signature is required', async () => {
    const report = await validate(unsigned);
    expect([report.verdict, stepOf(report)]).toEqual(['valid', 'skipped']);
    const strict = await validate(unsigned, { requireSignature: true });
    expect(strict.findings.map(({ code }) => code)).toEqual(['SIGNATURE_MISSING']);
    expect(strict.verdict).toBe('invalid');
  });

  it('accepts what was signed, and says what the signature covers', async () => {
    const report = await validate(signed);
    expect([report.verdict, stepOf(report)]).toEqual(['valid', 'valid']);
    expect(report.signatures).toHaveLength(1);
    expect(report.signatures[0]).toMatchObject({
      path: '/GIAMDINHHS/CHUKYDONVI/Signature',
      profile: 'bhxh-xml',
      verdict: 'valid',
    });
    expect(report.signatures[0]?.covers.length).toBeGreaterThan(0);
  });

  it('refuses a file that was changed after signing', async () => {
    const changed = Buffer.from(
      signed.toString('latin1').replace(/<NGAYLAP>\d{8}/u, '<NGAYLAP>20250401'),
      'latin1',
    );
    const report = await validate(changed);
    expect([report.verdict, stepOf(report)]).toEqual(['invalid', 'invalid']);
    expect(report.findings[0]?.code).toBe('SIGNATURE_REFUSED');
  });

  it('refuses a signature in another place, and two of them', async () => {
    const text = signed.toString('latin1');
    const [signature = ''] = /<(?:\w+:)?Signature [^]*<\/(?:\w+:)?Signature>/u.exec(text) ?? [];
    const moved = text.replace(signature, '').replace('<THONGTINHOSO>', `${signature}<THONGTINHOSO>`);
    const doubled = text.replace(signature, signature + signature);
    expect((await validate(Buffer.from(moved, 'latin1'))).findings.map(({ code }) => code)).toEqual([
      'SIGNATURE_PLACE',
    ]);
    expect((await validate(Buffer.from(doubled, 'latin1'))).findings.map(({ code }) => code)).toEqual([
      'SIGNATURE_COUNT',
    ]);
  });

  it('checks a small stream, reads a large one again, and is undetermined when it cannot', async () => {
    expect(stepOf(await validate(inPieces(signed)))).toBe('valid');
    const text = Buffer.from(unsigned).toString('latin1');
    const [record = ''] = /<HOSO>[^]*<\/HOSO>/u.exec(text) ?? [];
    const many = Buffer.from(
      text.replace(record, record.repeat(Math.ceil(5_000_000 / record.length))),
      'latin1',
    );
    const large = await sign(many, signer, { profile: 'bhxh-xml', now });
    const again = await validate(() => inPieces(large));
    expect(stepOf(again)).toBe('valid');
    const once = await validate(inPieces(large));
    expect(stepOf(once)).toBe('undetermined');
    expect(once.findings.map(({ code }) => code)).toContain('SIGNATURE_UNREAD');
    expect(once.sha256).toBe(again.sha256);
  });

  it('makes the file undetermined, not valid, when the verifier itself fails', async () => {
    const report = await validate(signed, { verifySignature: () => Promise.reject(new TypeError('broken')) });
    expect(report.verdict).toBe('undetermined');
    expect(report.findings.map(({ code }) => code)).toEqual(['STEP_CRASHED']);
  });
});
