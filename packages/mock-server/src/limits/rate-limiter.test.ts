import { describe, expect, it } from 'vitest';
import { createRateLimiter } from './rate-limiter.ts';

describe('a token bucket', () => {
  const rates = { facility: { perSecond: 20, burst: 100 }, address: { perSecond: 0.5, burst: 1 } };

  it('lets a burst through, then as many a second as it gains', () => {
    let now = 0;
    const limiter = createRateLimiter(rates, () => now);
    const allowed = (calls: number): number =>
      Array.from({ length: calls }, () => limiter.take('facility', '99001')).filter((s) => s.isAllowed)
        .length;
    expect(allowed(150)).toBe(100);
    now = 1;
    expect(allowed(150)).toBe(20);
    now = 3_600;
    expect(allowed(150)).toBe(100);
  });

  it('says how long to wait, and that is long enough', () => {
    let now = 0;
    const limiter = createRateLimiter(rates, () => now);
    limiter.take('address', 'a');
    const { wait, isAllowed } = limiter.take('address', 'a');
    expect([wait, isAllowed]).toEqual([2, false]);
    now += wait;
    expect(limiter.take('address', 'a').isAllowed).toBe(true);
  });

  it('is each caller’s own, and of ten thousand callers the one longest away is forgotten', () => {
    const limiter = createRateLimiter(rates, () => 0);
    limiter.take('address', 'first');
    expect(limiter.take('address', 'first').isAllowed).toBe(false);
    expect(limiter.take('address', 'second').isAllowed).toBe(true);
    for (let number = 0; number < 10_000; number += 1) limiter.take('address', `x${number}`);
    expect(limiter.take('address', 'first').isAllowed).toBe(true);
    expect(limiter.take('address', 'x9999').isAllowed).toBe(false);
  });
});
