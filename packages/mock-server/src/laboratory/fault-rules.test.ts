import { expect, it } from 'vitest';
import { createFaultRules } from './fault-rules.ts';

it('meets the same faults for the same seed, about as often as asked', () => {
  const drawn = (seed: number): (string | undefined)[] => {
    const faults = createFaultRules();
    faults.set([{ scenario: 'service-unavailable', probability: 0.1 }], seed);
    return Array.from({ length: 5_000 }, () => faults.draw('/api/token/take'));
  };
  const first = drawn(7);
  expect(drawn(7)).toEqual(first);
  expect(drawn(8)).not.toEqual(first);
  const met = first.filter((scenario) => scenario !== undefined).length;
  expect(met).toBeGreaterThan(400);
  expect(met).toBeLessThan(600);
});

it('concerns the paths it names and ends after so many', () => {
  const faults = createFaultRules();
  faults.set(
    [
      { scenario: 'html-page', probability: 1, path: '/api/egw', times: 2 },
      { scenario: 'locked', probability: 1, path: '/api/qd130' },
    ],
    1,
  );
  const paths = ['/api/egw/a', '/bhxh/v1', '/api/egw/b', '/api/egw/c', '/api/qd130/d'];
  expect(paths.map((path) => faults.draw(path))).toEqual([
    'html-page',
    undefined,
    'html-page',
    undefined,
    'locked',
  ]);
  expect(faults.rules.map(({ met }) => met)).toEqual([2, 1]);
});
