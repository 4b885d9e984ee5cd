import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { signingErrors } from '../index.ts';
import { returnValue, returnValues } from './return-values.ts';

/** CKR_OK is no failure, and the values of one maker's software are in the range of makers. */
const notOurs = /^CKR_(?:OK$|VENDOR_DEFINED$|NSS_)/;

test('every return value that the headers of the standard name is known by that name', () => {
  const package_ = dirname(createRequire(import.meta.url).resolve('pkcs11js/package.json'));
  const header = readFileSync(join(package_, 'includes', 'pkcs11', 'pkcs11t.h'), 'latin1');
  const defined = [...header.matchAll(/^#define\s+(CKR_\w+)\s+(0x[0-9A-Fa-f]+)/gm)]
    .map(([, name = '', value]) => ({ name, value: Number(value) }))
    .filter(({ name }) => !notOurs.test(name));
  expect(defined.length).toBeGreaterThan(80);
  for (const { name, value } of defined) expect(returnValue(value).name).toBe(name);
});

test('every value has a code of ours; makers own the upper half, and what nobody defined keeps its number', () => {
  expect(new Set(returnValues).size).toBe(returnValues.length);
  for (const value of returnValues) expect(signingErrors).toHaveProperty(returnValue(value).code);
  expect(returnValue(0x8000_0001)).toEqual({ name: 'CKR_VENDOR_DEFINED 0x80000001', code: 'ERR_TOKEN' });
  expect(returnValue(0x9999)).toEqual({ name: '0x9999', code: 'ERR_TOKEN' });
});
