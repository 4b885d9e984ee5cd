import { expect, test } from 'vitest';
import { languageFrom } from './language.ts';

test('the locale chooses the language, Vietnamese when it says nothing', () => {
  expect(languageFrom({})).toBe('vi');
  expect(languageFrom({ LANG: 'C.UTF-8' })).toBe('vi');
  expect(languageFrom({ LANG: 'vi_VN.UTF-8' })).toBe('vi');
  expect(languageFrom({ LANG: 'en_US.UTF-8' })).toBe('en');
  expect(languageFrom({ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' })).toBe('vi');
});
