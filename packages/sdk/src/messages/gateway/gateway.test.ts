import { expect, it } from 'vitest';
import { en } from './en.ts';
import { gatewaySentence } from './index.ts';
import { vi } from './vi.ts';

const places = (text: string): string[] =>
  [...text.matchAll(/\{([a-z0-9]+)\}/g)].map((match) => match[1]!).sort();

it('has every sentence in both languages, with the same values', () => {
  expect(Object.keys(vi).sort()).toEqual(Object.keys(en).sort());
  for (const [code, text] of Object.entries(en)) {
    expect(`${code} ${places(vi[code as keyof typeof en]).join()}`).toBe(`${code} ${places(text).join()}`);
  }
});

it('puts the value of each language into its sentence', () => {
  const why = gatewaySentence('WHY_NO_SENDS_LEFT');
  const message = { vi: 'A', en: 'B' };
  expect(gatewaySentence('GAVE_UP', { message, attempts: 3, why }).en).toBe(
    'B (after 3 sends; no sends left)',
  );
});
