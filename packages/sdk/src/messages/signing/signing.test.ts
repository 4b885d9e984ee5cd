import { signingErrors, verifyReasons } from '@bhxh/signing';
import { expect, test } from 'vitest';
import { signatureReason, signingError } from './index.ts';

test('every failure of the signing library has a sentence and a next step in both languages', () => {
  for (const [code, category] of Object.entries(signingErrors)) {
    const error = signingError({ code: code as keyof typeof signingErrors, category, details: {} });
    expect(error.sentences.vi, code).toMatch(/\S.*\.$/);
    expect(error.sentences.en, code).toMatch(/\S.*\.$/);
    expect(error.hint?.vi, code).toMatch(/\S/);
    expect(error.hint?.en, code).toMatch(/\S/);
  }
});

test('every reason of the verifier has a sentence in both languages', () => {
  for (const code of Object.keys(verifyReasons)) {
    const { vi, en } = signatureReason(code);
    expect(vi, code).not.toBe(code);
    expect(en, code).not.toBe(code);
  }
});

test('details fill the sentence, and a missing one leaves no hole', () => {
  const make = (details: Record<string, string>) =>
    signingError({ code: 'ERR_KEY_REFERENCE', category: 'usage', details }).sentences.en;
  expect(make({ reference: 'ftp:x' })).toBe('The key reference ftp:x is not understood.');
});
