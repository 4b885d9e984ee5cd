import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64 } from './base64.ts';
import { parseForm } from './form.ts';

it('reads what URLSearchParams writes', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1, unit: 'binary' }), fc.string({ unit: 'binary' })),
      (fields) => {
        expect(parseForm(Buffer.from(new URLSearchParams(fields).toString()))).toEqual(fields);
      },
    ),
  );
});

it('turns an unescaped plus into a space, so that raw base64 in a form is noticed', () => {
  expect(parseForm(Buffer.from('file=a+b%2Bc&empty='))).toEqual({ file: 'a b+c', empty: '' });
});

it('refuses a field that is given twice', () => {
  expect(parseForm(Buffer.from('maCSKCB=99001&maCSKCB=99002'))).toBeUndefined();
});

it('takes canonical base64, with the line end of a file behind it, and nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes));
    }),
  );
  expect(decodeBase64('YQ==\r\n')).toEqual(Buffer.from('a'));
  for (const text of [
    '',
    'YQ',
    'YQ=',
    'YR==',
    'YQ==\n\n',
    'Y\nQ==',
    'Y Q=',
    'YQ==YQ==',
    '_-8=',
    'YQ===',
  ] as const) {
    expect([text, decodeBase64(text)]).toEqual([text, undefined]);
  }
});
