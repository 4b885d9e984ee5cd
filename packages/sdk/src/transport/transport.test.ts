import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileForm } from './form-body.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRedactor } from './redact.ts';
import { readRetryAfter } from './retry-after.ts';
import { createRetryBudget, defaultRetryPolicy, jitteredDelay } from './retry-policy.ts';
import { createSessionCache, createSession, expiryOf, passwordHash, tokenLife } from './session.ts';

describe('a form with a file', () => {
  it('gives the file back whole or in pieces, under the counted length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 0, maxLength: 300 }),
        fc.integer({ min: 0, max: 3 }),
        fc.string(),
        async (seed, thirds, name) => {
          const size = thirds * 400_000 + seed.length;
          const file = Buffer.alloc(size, seed.length > 0 ? Buffer.from(seed) : 0);
          const body = fileForm({ username: name, 'a&b': '=' }, 'fileHSBase64', file);
          const pieces: Uint8Array[] = [];
          if (body.pieces) for await (const piece of body.pieces()) pieces.push(piece);
          const whole = Buffer.from(body.whole());
          if (body.pieces) expect(Buffer.concat(pieces).equals(whole)).toBe(true);
          expect(whole.length).toBe(body.length);
          const form = new URLSearchParams(whole.toString('latin1'));
          expect(Buffer.from(form.get('fileHSBase64')!, 'base64').equals(file)).toBe(true);
          expect(form.get('a&b')).toBe('=');
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('waiting', () => {
  const now = new Date('2026-11-21T01:00:00Z');

  it('reads Retry-After as seconds or as a date, never below zero', () => {
    const cases: [string | undefined, number | undefined][] = [
      ['120', 120_000],
      ['-1', 0],
      ['1.5', 1_500],
      ['86400', 86_400_000],
      ['Sat, 21 Nov 2026 01:00:30 GMT', 30_000],
      ['Fri, 20 Nov 2026 01:00:30 GMT', 0],
      ['soon', undefined],
      ['', undefined],
      [undefined, undefined],
      ['12 34', undefined],
    ];
    for (const [header, expected] of cases)
      expect([header, readRetryAfter(header, now)]).toEqual([header, expected]);
  });

  it('is jittered over the whole span and never beyond the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const delay = jitteredDelay(defaultRetryPolicy, attempt, () => random);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(20_000, 200 * 2 ** (attempt - 1)));
        },
      ),
    );
  });

  it('is limited by a budget that grows with the calls', () => {
    const budget = createRetryBudget();
    let retries = 0;
    for (let call = 0; call < 1_000; call++) {
      budget.deposit();
      while (budget.withdraw()) retries++;
    }
    expect(retries).toBeGreaterThanOrEqual(200);
    expect(retries).toBeLessThanOrEqual(210);
  });

  it('pays double for a retry after a timeout and never owns more than its capacity', () => {
    const budget = createRetryBudget({ capacity: 30, atFirst: 20 });
    expect(budget.withdraw(true)).toBe(true);
    expect(budget.left).toBe(10);
    for (let call = 0; call < 100; call++) budget.deposit();
    expect(budget.left).toBe(30);
    expect([1, 2, 3, 4].map(() => budget.withdraw(true))).toEqual([true, true, true, false]);
  });

  it('spaces calls out and holds them while the server asks for time', async () => {
    let time = 0;
    const limit = createRateLimit({
      perSecond: 10,
      now: () => new Date(time),
      sleep: async (milliseconds) => void (time += milliseconds),
    });
    for (let call = 0; call < 21; call++) await limit.take();
    expect(time).toBe(2_000);
    limit.holdUntil(9_000);
    await limit.take();
    expect(time).toBe(9_000);
  });
});

describe('tokens', () => {
  const now = new Date('2026-11-21T01:00:00Z');

  it('live for what is left by the server’s clock, at most ten minutes', () => {
    const start = now.getTime();
    expect(expiryOf('2026-11-21T01:05:00Z', undefined, now)).toBe(start + 300_000);
    expect(expiryOf('2026-11-21T01:05:00', undefined, now)).toBe(start + 300_000);
    // The server's clock is two hours ahead.
    expect(expiryOf('2026-11-21T03:04:00Z', 'Sat, 21 Nov 2026 03:00:00 GMT', now)).toBe(start + 240_000);
    for (const value of ['2099-01-01T00:00:00Z', '2001-01-01T00:00:00Z', 'soon', 600, null]) {
      expect(expiryOf(value, undefined, now)).toBe(start + tokenLife);
    }
  });

  it('are never shared between facilities or accounts of one cache', () => {
    const cache = createSessionCache();
    const create = () =>
      createSession(
        () => Promise.reject(new Error('unused')),
        () => now,
      );
    const own = cache.open('https://a', '99001', 'u', create);
    expect(cache.open('https://a', '99001', 'u', create)).toBe(own);
    expect(cache.open('https://a', '99002', 'u', create)).not.toBe(own);
    expect(cache.open('https://a', '99001', 'v', create)).not.toBe(own);
    expect(cache.open('https://b', '99001', 'u', create)).not.toBe(own);
  });

  it('are taken with the MD5 of the password in upper case', () => {
    expect(passwordHash('abc')).toBe('900150983CD24FB0D6963F7D28E17F72');
  });
});

describe('redaction', () => {
  it('lets no secret through, however it is embedded', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        const redactor = createRedactor();
        redactor.hide(secret);
        fc.pre(!'•••'.includes(secret));
        expect(redactor.text(before + secret + after)).not.toContain(secret);
      }),
    );
  });

  it('hides what looks like an MD5 although nobody said that it is one', () => {
    expect(createRedactor().text(`x ${passwordHash('abc')} y`)).toBe('x ••• y');
  });
});
