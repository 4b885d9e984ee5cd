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

test('a token error names the token and the return value in both languages, and reads well without them', () => {
  for (const code of ['ERR_TOKEN', 'ERR_TOKEN_GONE', 'ERR_TOKEN_BUSY', 'ERR_TOKEN_MEMORY'] as const) {
    const details = { token: 'VNPT-CA', returnValue: 'CKR_DEVICE_ERROR' };
    const named = signingError({ code, category: 'signing', details }).sentences;
    const bare = signingError({ code, category: 'signing', details: {} }).sentences;
    for (const language of ['vi', 'en'] as const) {
      expect(named[language], code).toContain('VNPT-CA');
      expect(named[language], code).toContain('(CKR_DEVICE_ERROR)');
      expect(bare[language], code).not.toMatch(/ {2}|\(\)| [.,:]/);
    }
  }
});

test('a missing loader is told with the command that mends it', () => {
  const details = { loader: 'pkcs11js', command: 'npm rebuild pkcs11js' };
  const { hint } = signingError({ code: 'ERR_MODULE_LOADER_MISSING', category: 'signing', details });
  expect(hint?.vi).toContain('npm rebuild pkcs11js');
  expect(hint?.en).toContain('npm rebuild pkcs11js');
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
