import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClockSkew } from './clock-skew.ts';

const start = Date.parse('2026-11-22T01:00:00Z');

describe('the difference of the clocks', () => {
  it('is unknown before an answer and without a readable Date', () => {
    const skew = createClockSkew();
    expect(skew.milliseconds).toBeUndefined();
    skew.learn(undefined, start, start);
    skew.learn('soon', start, start);
    expect(skew.milliseconds).toBeUndefined();
  });

  it('is told with its sign, and the latest answer decides', () => {
    const skew = createClockSkew();
    skew.learn(new Date(start + 300_000).toUTCString(), start, start);
    expect(skew.milliseconds).toBe(300_000);
    skew.learn(new Date(start - 90_000).toUTCString(), start, start + 20);
    expect(skew.milliseconds).toBe(-89_000);
    skew.learn(new Date(start).toUTCString(), start, start + 20);
    expect(skew.milliseconds).toBe(0);
  });

  it('is never larger than it is, however long the answer was on the way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -86_400_000, max: 86_400_000 }),
        fc.integer({ min: 0, max: 120_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ahead, underWay, share) => {
          const skew = createClockSkew();
          const stamped = start + underWay * share + ahead;
          skew.learn(new Date(stamped).toUTCString(), start, start + underWay);
          const told = skew.milliseconds!;
          expect(Math.abs(told)).toBeLessThanOrEqual(Math.abs(ahead));
          expect(Math.abs(ahead - told)).toBeLessThanOrEqual(underWay + 1_000);
        },
      ),
    );
  });
});
