// everybody logs in and sends at the same hour, and one facility calls ten times as often as it may.
import { expect, it } from 'vitest';
import { defaultRateLimits } from '../src/limits/rate-limiter.ts';
import { quantile } from './constant-rate.ts';
import { holdManyFacilities, type ManyFacilitiesRun } from './hold-many-facilities.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const run: ManyFacilitiesRun = long
  ? {
      facilities: 2_600,
      seconds: 120,
      claims: 3,
      turns: 6,
      secondsOfTurn: 10,
      perSecond: 60,
      noise: 200,
    }
  : { facilities: 60, seconds: 6, claims: 2, turns: 1, secondsOfTurn: 3, perSecond: 20, noise: 200 };

it(
  'serves every facility and refuses only the one that calls too often',
  { timeout: long ? 900_000 : 120_000 },
  async () => {
    const report = await holdManyFacilities(run);
    process.stdout.write(`${report.lines.join('\n')}\n`);
    expect([...report.failed]).toEqual([]);
    expect(report.journeys.length).toBe(run.facilities);
    expect([...report.failedOthers]).toEqual([]);
    expect([...report.refused.keys()]).toEqual(['429 RATE_LIMITED']);
    expect(report.taken + (report.refused.get('429 RATE_LIMITED') ?? 0)).toBe(
      run.noise * report.secondsOfNoise,
    );
    // A turn that takes longer than planned brings the bucket more; it never brings more than was sent.
    const { burst } = defaultRateLimits.facility;
    expect(report.taken).toBeGreaterThanOrEqual(Math.min(burst, defaultRateLimits.address.burst));
    expect(report.taken).toBeLessThan((run.noise * report.secondsOfNoise) / 2);
    if (!long) return;
    expect(quantile(report.journeys, 0.99) / quantile(report.journeys, 0.5)).toBeLessThanOrEqual(2);
    expect(quantile(report.beside, 0.5) / quantile(report.quiet, 0.5)).toBeLessThanOrEqual(1.1);
  },
);
