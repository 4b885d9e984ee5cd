import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { buildVietqr, crc16, readVietqr, vietqrLayout } from './vietqr.ts';

const layout = vietqrLayout(openSpecifications());
interface Published {
  readonly BANK: {
    readonly vietqr: readonly {
      bin: string;
      account: string;
      amount: number | null;
      memo: string | null;
      payload: string;
    }[];
    readonly crc: readonly { in: string; crc16ccitt_false: string }[];
  };
}
const published = (
  JSON.parse(
    readFileSync(new URL('../../../../specs/sources/id_check_tests.json', import.meta.url), 'utf8'),
  ) as Published
).BANK;

test('checksums agree with the published vectors', () => {
  for (const vector of published.crc) expect(crc16(vector.in)).toBe(vector.crc16ccitt_false);
});

test('published payloads are built and read', () => {
  for (const { bin, account, amount, memo, payload } of published.vietqr) {
    const payment = {
      bin,
      account,
      ...(amount === null ? {} : { amount }),
      ...(memo === null ? {} : { purpose: memo }),
    };
    const initiation = payload.slice(10, 12);
    const built = buildVietqr(payment, layout);
    if (initiation === (amount === null ? '11' : '12')) expect(built).toBe(payload);
    expect(readVietqr(payload, layout)).toEqual({
      payment: { ...payment, service: 'account' },
      problems: [],
    });
  }
});

test('the official remittance text does not fit and is refused, not cut', () => {
  const purpose = '+BHXH+103+00+ZZ1234C+99001+dong BHXH+';
  expect(() => buildVietqr({ bin: '970436', account: '9999000011', purpose }, layout)).toThrow(
    expect.objectContaining({ code: 'ERR_QR_PURPOSE_TOO_LONG' }),
  );
});

test.each([
  [{ bin: '97043', account: '9999000011' }],
  [{ bin: '970436', account: '99 99' }],
  [{ bin: '970436', account: '9999000011', amount: 0 }],
  [{ bin: '970436', account: '9999000011', amount: 1.5 }],
  [{ bin: '970436', account: '9999000011', purpose: 'đóng' }],
])('%j is refused', (payment) => {
  expect(() => buildVietqr(payment, layout)).toThrow(expect.objectContaining({ code: 'ERR_QR_FIELD' }));
});

test('every payload that is built is read back, and one changed character is noticed', () => {
  const payments = fc.record(
    {
      bin: fc.constantFrom('970436', '970415', '970418', '970422'),
      account: fc.integer({ min: 1, max: 999_999_999 }).map((number) => `9999${number}00`),
      service: fc.constantFrom('account' as const, 'card' as const),
      amount: fc.integer({ min: 1, max: 9_999_999_999_999 }),
      purpose: fc.stringMatching(/^[A-Z0-9 +]{1,25}$/),
    },
    { requiredKeys: ['bin', 'account', 'service'] },
  );
  fc.assert(
    fc.property(payments, fc.nat(), (payment, position) => {
      const payload = buildVietqr(payment, layout);
      expect(readVietqr(payload, layout)).toEqual({ payment, problems: [] });
      const at = position % payload.length;
      const changed = payload.slice(0, at) + (payload[at] === '7' ? '8' : '7') + payload.slice(at + 1);
      expect(readVietqr(changed, layout).problems).not.toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('any text at all gives a reading', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(?:\d{4}.{0,8}){0,6}$/)), (text) => {
      expect(readVietqr(text, layout).problems.length).toBeGreaterThan(0);
    }),
  );
});
