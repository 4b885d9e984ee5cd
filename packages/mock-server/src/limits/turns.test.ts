import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

describe('turns', () => {
  it('come one by one, in order, with the event loop in between', async () => {
    const turn = createTurns();
    const seen: string[] = [];
    let loops = 0;
    let running = true;
    const count = (): void => {
      loops += 1;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        await turn();
        seen.push(`${name} ${loops}`);
      }),
    );
    running = false;
    expect(seen.map((text) => text[0])).toEqual(['a', 'b', 'c']);
    expect(new Set(seen.map((text) => text.slice(2))).size).toBe(3);
  });
});
