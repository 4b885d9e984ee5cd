import { expect, it } from 'vitest';
import { createVirtualClock } from '../clock/clock.ts';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { createCardReader, findCard } from '../register/find-card.ts';
import { openStore } from '../store/open-store.ts';
import { personOfPopulation, seedPopulation } from './population.ts';

it('makes people whose cards are found by whoever reckons them, and makes none twice', async () => {
  const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  const store = await openStore('memory');
  await seedPopulation(store, 3_000);
  await seedPopulation(store, 3_000);
  const { length } = await store.read.selectFrom('card').select('number').execute();
  expect(length).toBe(3_000);
  const now = createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') }).now();
  for (const place of [0, 1, 69, 1_234, 2_999]) {
    const { card, bhxhNumber, citizenId, birthDate, fullName } = personOfPopulation(place);
    for (const maThe of [card, bhxhNumber, citizenId]) {
      const answer = await findCard(
        createCardReader(store),
        specifications,
        { maThe, hoTen: fullName, ngaySinh: birthDate },
        now,
      );
      expect([place, answer.code, answer.card?.number]).toEqual([place, '000', card]);
    }
  }
  await expect(seedPopulation(store, 1.5)).rejects.toThrow(RangeError);
  await store.close();
});
