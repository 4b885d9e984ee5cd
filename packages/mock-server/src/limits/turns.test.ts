import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

/** Counts the turns of the event loop until it is stopped; `each` is called in every one. */
function countLoops(each: (loops: number) => void = () => {}): { loops: number; stop: () => void } {
  let running = true;
  const counter = { loops: 0, stop: () => (running = false) };
  const count = (): void => {
    counter.loops += 1;
    each(counter.loops);
    if (running) setImmediate(count);
  };
  setImmediate(count);
  return counter;
}

describe('turns', () => {
  it('come one by one, in order, with the event loop in between', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    const counter = countLoops();
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        await turns.next();
        seen.push(`${name} ${counter.loops}`);
      }),
    );
    counter.stop();
    expect(seen.map((text) => text[0])).toEqual(['a', 'b', 'c']);
    expect(new Set(seen.map((text) => text.slice(2))).size).toBe(3);
  });

  it('let those who connect go first', async () => {
    const turns = createTurns();
    const counter = countLoops((loops) => {
      if (loops <= 20) turns.connected();
    });
    await turns.next();
    counter.stop();
    expect(counter.loops).toBeGreaterThanOrEqual(20);
    expect(counter.loops).toBeLessThan(25);
  });

  it('come in the end, however many connect', async () => {
    const turns = createTurns();
    const counter = countLoops(() => turns.connected());
    await turns.next();
    counter.stop();
    expect(counter.loops).toBeLessThan(100);
  });
});
