import { afterEach, expect, it } from 'vitest';
import { silent } from '../log/request-log.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { createVirtualClock, type VirtualClock } from './clock.ts';
import { openStoredClock } from './stored-clock.ts';

const HOUR = 3_600_000;
const hours = (clock: VirtualClock): number => clock.state().offset / HOUR;
const hour = (clock: VirtualClock): void => clock.advance(HOUR);

let store: Store | undefined;
afterEach(() => store?.close());

it('goes on where the store was left', async () => {
  store = await openStore('memory');
  const first = await openStoredClock(store, silent);
  await first.move(hour);
  await first.stop();
  const second = await openStoredClock(store, silent);
  expect(hours(second.clock)).toBe(1);
  await second.move(hour);
  expect(hours(second.clock)).toBe(2);
  await second.stop();
});

it('of one process is never taken back to what stands in the store', async () => {
  store = await openStore('memory');
  const stored = await openStoredClock(store, silent);
  await stored.move(hour);
  // As a program that embeds the server does, and as a snapshot that is restored does to the store.
  hour(stored.clock);
  await store.write((connection) => connection.deleteFrom('setting').where('name', '=', 'clock').execute());
  await stored.move(hour);
  expect(hours(stored.clock)).toBe(3);
  await stored.stop();
});

it('stores nothing when the move is refused', async () => {
  store = await openStore('memory');
  const stored = await openStoredClock(store, silent);
  await expect(stored.move((clock) => clock.advance(-HOUR))).rejects.toThrow(RangeError);
  await stored.stop();
  expect(await store.read.selectFrom('setting').select('name').where('name', '=', 'clock').execute()).toEqual(
    [],
  );
});

it('leaves a clock that its host moves to the host', async () => {
  store = await openStore('memory');
  const earlier = await openStoredClock(store, silent);
  await earlier.move(hour);
  const given = createVirtualClock();
  const stored = await openStoredClock(store, silent, given);
  expect(hours(given)).toBe(0);
  await stored.move(hour);
  expect(hours(given)).toBe(1);
});
