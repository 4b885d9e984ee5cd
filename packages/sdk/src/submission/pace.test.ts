import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

/** A server that answers in `base` ms up to `capacity` uploads at a time, and slower in proportion beyond. */
function simulate(
  rounds: number,
  most: number,
  answer: (inFlight: number, round: number) => number | 'busy',
) {
  let time = 0;
  const pace = createPace({ most, elapsed: () => time });
  const limits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { limit } = pace;
    limits.push(limit);
    const begun = time;
    const took = answer(limit, round);
    time += took === 'busy' ? 20 : took;
    for (let upload = 0; upload < limit; upload++) {
      if (took === 'busy') pace.pushedBack(begun + 1e-6);
      else pace.answered(begun + 1e-6, 30_000);
    }
  }
  return limits;
}

describe('the pace of a sender', () => {
  it('reaches the limit within a few rounds when the server keeps up, and never goes above it', () => {
    const limits = simulate(50, 8, () => 20);
    expect(limits.slice(0, 4)).toEqual([2, 4, 8, 8]);
    expect(Math.max(...limits)).toBe(8);
  });

  it('halves once for a round of refusals, not once for each of them, and grows back by one a round', () => {
    const limits = simulate(40, 16, (_, round) => (round === 6 ? 'busy' : 20));
    expect(limits[6]).toBe(16);
    expect(limits.slice(7, 11)).toEqual([8, 9, 10, 11]);
    expect(limits.at(-1)).toBe(16);
  });

  it('finds the place where the server still answers quickly', () => {
    const limits = simulate(400, 64, (inFlight) => 100 * Math.max(1, inFlight / 6));
    const settled = limits.slice(100);
    const average = settled.reduce((sum, limit) => sum + limit, 0) / settled.length;
    expect(average).toBeGreaterThan(4);
    expect(average).toBeLessThan(30);
  });

  it('does not take a long upload of a large file for a slow server', () => {
    let time = 0;
    const pace = createPace({ most: 8, elapsed: () => time });
    for (let upload = 0; upload < 20; upload++) {
      const begun = time;
      time += upload % 2 === 0 ? 20 : 60_000;
      pace.answered(begun, upload % 2 === 0 ? 30_000 : 15_000_000);
    }
    expect(pace.limit).toBe(8);
  });

  it('stays between one and the limit whatever happens', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.array(fc.tuple(fc.constantFrom('good', 'busy'), fc.integer({ min: 0, max: 90_000 }))),
        (most, answers) => {
          let time = 0;
          const pace = createPace({ most, elapsed: () => time });
          for (const [kind, took] of answers) {
            const begun = time;
            time += took;
            if (kind === 'good') pace.answered(begun, 1000);
            else pace.pushedBack(begun);
            expect(pace.limit).toBeGreaterThanOrEqual(1);
            expect(pace.limit).toBeLessThanOrEqual(most);
          }
        },
      ),
    );
  });
});
