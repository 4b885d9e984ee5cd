import { expect, it } from 'vitest';
import { beginInTurns } from './begin-in-turns.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('begins each in a turn of its own and waits for all', async () => {
  const ended: number[] = [];
  let othersTurns = 0;
  const count = beginInTurns(
    [1, 2, 3],
    async (item) => {
      for (let left = 4 - item; left > 0; left -= 1) await turn();
      ended.push(item);
    },
    () => false,
  );
  while (ended.length < 3) {
    await turn();
    othersTurns += 1;
  }
  expect(await count).toBe(3);
  expect(othersTurns).toBeGreaterThan(1);
});

it('begins no more after a stop, and says how many were begun', async () => {
  let isStopped = false;
  const begun: number[] = [];
  const count = await beginInTurns(
    [1, 2, 3],
    async (item) => {
      begun.push(item);
      isStopped = item === 2;
    },
    () => isStopped,
  );
  expect(count).toBe(2);
  expect(begun).toEqual([1, 2]);
});

it('rejects with the first failure when all have ended, and no rejection goes unheard before', async () => {
  const unheard: unknown[] = [];
  const listen = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', listen);
  const ended: number[] = [];
  await expect(
    beginInTurns(
      [1, 2, 3, 4],
      async (item) => {
        if (item < 3) throw new Error(`cut off ${item}`);
        for (let left = 5; left > 0; left -= 1) await turn();
        ended.push(item);
      },
      () => false,
    ),
  ).rejects.toThrow('cut off 1');
  process.off('unhandledRejection', listen);
  expect(ended).toEqual([3, 4]);
  expect(unheard).toEqual([]);
});
