import { expect, it } from 'vitest';
import { createVirtualClock } from './clock.ts';

const at = (text: string): { now: () => Date } => ({ now: () => new Date(text) });

it('runs with its source until it is frozen or advanced', () => {
  let source = new Date('2026-11-21T00:00:00Z');
  const clock = createVirtualClock({ now: () => source });
  clock.advance(60_000);
  source = new Date('2026-11-21T01:00:00Z');
  expect(clock.now().toISOString()).toBe('2026-11-21T01:01:00.000Z');
  clock.freeze();
  source = new Date('2026-11-21T02:00:00Z');
  expect(clock.now().toISOString()).toBe('2026-11-21T01:01:00.000Z');
  expect(clock.state().frozen).toBe(true);
});

it('goes on from where it was frozen', () => {
  let source = new Date('2026-11-21T00:00:00Z');
  const clock = createVirtualClock({ now: () => source }, { frozenAt: new Date('2027-01-01T00:00:00Z') });
  clock.resume();
  source = new Date('2026-11-21T00:00:10Z');
  expect(clock.now().toISOString()).toBe('2027-01-01T00:00:10.000Z');
});

it('never goes back', () => {
  const clock = createVirtualClock(at('2026-11-21T00:00:00Z'));
  expect(() => clock.advance(-1)).toThrow(RangeError);
  expect(() => clock.advanceTo(new Date('2026-11-20T00:00:00Z'))).toThrow(RangeError);
  expect(() => clock.freeze(new Date('2026-11-20T00:00:00Z'))).toThrow(RangeError);
});

it('tells who waits that it moved', () => {
  const clock = createVirtualClock(at('2026-11-21T00:00:00Z'));
  let moves = 0;
  const stop = clock.onMove(() => (moves += 1));
  clock.advance(1);
  stop();
  clock.advance(1);
  expect(moves).toBe(1);
});
