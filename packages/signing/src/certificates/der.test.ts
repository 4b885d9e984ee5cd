import fc from 'fast-check';
import { expect, test } from 'vitest';
import { facility } from '../../test/documents.ts';
import { readCertificate } from './certificate-facts.ts';
import {
  der,
  DerError,
  integer,
  oid,
  octetString,
  readDer,
  readInteger,
  readOid,
  readTime,
  tag,
} from './der.ts';

test('values are read back as they were written', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 1n << 200n }),
      fc.uint8Array({ maxLength: 70_000 }),
      (number, bytes) => {
        expect(readInteger(readDer(integer(number)))).toBe(number);
        expect(Buffer.compare(readDer(octetString(bytes)).content, bytes)).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
  for (const id of [
    '2.5.4.3',
    '0.9.2342.19200300.100.1.1',
    '1.3.6.1.4.1.311.10.3.12',
    '2.16.840.1.101.3.4.2.1',
  ]) {
    expect(readOid(readDer(oid(id)))).toBe(id);
  }
});

test.each([
  ['indefinite length', '30800000'],
  ['length longer than needed', '04810101'],
  ['length with a leading zero', '0482000101'],
  ['truncated', '0405aabb'],
  ['bytes after the value', '040000'],
  ['long tag', '1f810100'],
  ['length of five bytes', '04850000000001'],
  ['nothing', ''],
])('%s is refused', (_, hex) => {
  expect(() => readDer(Buffer.from(hex, 'hex'))).toThrow(DerError);
});

test('impossible dates and padded identifiers are refused', () => {
  const time = (text: string) => readTime(readDer(der(tag.utcTime, Buffer.from(text))));
  expect(time('260228235959Z').toISOString()).toBe('2026-02-28T23:59:59.000Z');
  for (const wrong of [
    '260230000000Z',
    '261301000000Z',
    '260101250000Z',
    '2601010000Z',
    '260101000000+0700',
  ]) {
    expect(() => time(wrong)).toThrow(DerError);
  }
  expect(() => readOid(readDer(Buffer.from('0603558004', 'hex')))).toThrow(DerError);
});

test('a certificate with any byte changed is read or refused, and never crashes the reader', () => {
  const { raw } = facility.certificate;
  for (let at = 0; at < raw.length; at++) {
    const bytes = Buffer.from(raw);
    bytes[at]! ^= 0xff;
    try {
      expect(readCertificate(bytes).subject.length).toBeGreaterThan(0);
    } catch (error) {
      // Text decoding reports malformed strings with a TypeError of its own.
      const isExpected =
        error instanceof DerError || error instanceof RangeError || error instanceof TypeError;
      expect(isExpected).toBe(true);
    }
  }
});

test('deep nesting is refused instead of exhausting the stack', () => {
  let nested = octetString(new Uint8Array(1));
  for (let depth = 0; depth < 5000; depth++) nested = der(tag.sequence, nested);
  expect(() => readCertificate(nested)).toThrow(DerError);
});
