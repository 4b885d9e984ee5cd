import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import type { Finding } from '../validation/finding.ts';
import { fieldLabels, knownCodes, maskValue, sentenceOf } from './index.ts';

const finding: Finding = {
  ruleId: 'R009',
  code: 'CHARSET',
  severity: 'error',
  origin: 'legal',
  ruleset: 'qd3176-2024',
  location: { file: 'a.xml', record: null, path: 'XML1/TONG_HOP/MA_THE_BHYT', line: 1, column: 1 },
  values: [
    { name: 'field', value: 'MA_THE_BHYT', personal: false },
    { name: 'value', value: 'DN4９９0000000001', personal: true },
    { name: 'suggested', value: 'DN4990000000001', personal: true },
  ],
  legal: [],
};

/** Codes that validation sources write as the code of a finding. */
function writtenCodes(): readonly string[] {
  const folder = new URL('../validation/', import.meta.url);
  const codes = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const text = readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8');
    for (const [, code] of text.matchAll(/'([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)'/gu)) {
      if (
        text.includes(`code: '${code}'`) ||
        text.includes(`ownGround('${code}'`) ||
        text.includes(`sink, '${code}'`)
      ) {
        codes.add(code!);
      }
    }
  }
  return [...codes];
}

describe('sentences', () => {
  it('exist for the same codes in both languages', () => {
    expect(knownCodes('vi').toSorted()).toEqual(knownCodes('en').toSorted());
  });

  it('exist for every code that validation writes', () => {
    const known = new Set(knownCodes('en'));
    const written = writtenCodes().filter((code) => !code.startsWith('ERR_'));
    expect(written.length).toBeGreaterThan(30);
    expect(written.filter((code) => !known.has(code))).toEqual([]);
  });

  it('name the field with its label and mask personal values', () => {
    const labelOf = fieldLabels(openSpecifications());
    const { message, hint } = sentenceOf(finding, 'vi', { labelOf });
    expect(message).toBe('`MA_THE_BHYT` (Mã thẻ bảo hiểm y tế) có ký tự toàn rộng (full-width): "DN***001"');
    expect(hint).toContain('DN***001');
    expect(sentenceOf(finding, 'en', { labelOf, reveal: true }).hint).toContain('DN4990000000001');
  });

  it('prefer the words of the rule', () => {
    const own = { ...finding, message: { vi: 'a', en: 'b' }, hint: { vi: 'c', en: 'd' } };
    expect(sentenceOf(own, 'en')).toEqual({ message: 'b', hint: 'd' });
  });

  it('say the code when they know no words for it', () => {
    expect(sentenceOf({ ...finding, code: 'NEVER_SEEN' }, 'vi').message).toContain('NEVER_SEEN');
  });
});

describe('maskValue', () => {
  it('keeps the first two and last three characters, and nothing of short values', () => {
    expect(maskValue('DN4990000000001')).toBe('DN***001');
    expect(maskValue('12345')).toBe('***');
    expect(maskValue('')).toBe('');
    expect(maskValue('Nguyễn Văn Thử')).toBe('Ng***Thử');
  });
});
