import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSignedCopy } from './signed-copy.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

test('a copy with something put in is known, also where an empty tag was opened for it', () => {
  expect(isSignedCopy(bytes('<a><b></b></a>'), bytes('<a><b><S/></b></a>'))).toBe(true);
  expect(isSignedCopy(bytes('<a><b/></a>'), bytes('<a><b><S>1</S></b></a>'))).toBe(true);
  expect(isSignedCopy(bytes('<a/>'), bytes('<a/>'))).toBe(false);
  expect(isSignedCopy(bytes('<a>1</a>'), bytes('<a>2<S/></a>'))).toBe(false);
  expect(isSignedCopy(bytes('<a><b/></a>'), bytes('<a></a>'))).toBe(false);
});

test('whatever is put in and wherever, it is a copy; with another byte changed elsewhere it is none', () => {
  const part = fc.uint8Array({ minLength: 3, maxLength: 40 });
  fc.assert(
    fc.property(part, part, part, (head, tail, inserted) => {
      const original = Buffer.concat([head, tail]);
      const copy = Buffer.concat([head, inserted, tail]);
      expect(isSignedCopy(original, copy)).toBe(true);
      const first = Buffer.from(copy);
      first[0]! ^= 1;
      const both = Buffer.from(first);
      both[both.length - 1]! ^= 1;
      expect(isSignedCopy(original, both)).toBe(false);
    }),
  );
});
