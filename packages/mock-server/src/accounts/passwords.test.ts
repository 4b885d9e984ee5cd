import { expect, it } from 'vitest';
import { passwordFault } from './passwords.ts';

it('takes any long password that is not known, and says why it takes no other', () => {
  const faultOf = (password: string): unknown => passwordFault(password, '99001_BV');
  expect(faultOf('eleven chars'.slice(0, 11))).toBe('TOO_SHORT');
  expect(faultOf('x'.repeat(129))).toBe('TOO_LONG');
  expect(['Password2026!', 'MATKHAU12345', 'abcabcabcabc', 'ｐａｓｓｗｏｒｄ１２３４'].map(faultOf)).toEqual([
    'BREACHED',
    'BREACHED',
    'BREACHED',
    'BREACHED',
  ]);
  expect(faultOf('my 99001_bv account')).toBe('LIKE_NAME');
  // No rules of composition: words are enough, in any language.
  expect(['con mèo trèo cây cau', 'four plain words here'].map(faultOf)).toEqual([undefined, undefined]);
});
