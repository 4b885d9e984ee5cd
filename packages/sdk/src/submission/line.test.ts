import { expect, test } from 'vitest';
import { createLine } from './line.ts';

test('places are given first come, first served, and never more of them than there are', async () => {
  let places = 2;
  const line = createLine(() => places);
  const order: number[] = [];
  const take = (number: number): Promise<void> => line.take().then(() => void order.push(number));
  const all = [1, 2, 3, 4, 5].map(take);
  await Promise.all(all.slice(0, 2));
  expect(order).toEqual([1, 2]);
  line.free();
  await all[2];
  expect(order).toEqual([1, 2, 3]);
  places = 1;
  line.free();
  await Promise.resolve();
  expect(order).toEqual([1, 2, 3]);
  line.free();
  await all[3];
  line.free();
  await all[4];
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test('one place is left even where the pace says none', async () => {
  const line = createLine(() => 0);
  await line.take();
  line.free();
  await line.take();
});
