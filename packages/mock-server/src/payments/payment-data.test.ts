import { messageProfiles } from '@bhxh/sdk/payments/read';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { expect, it } from 'vitest';
import { openContract } from '../contract/contract.ts';
import { readSpecFolder } from '../contract/specs-folder.ts';
import { businessDay } from './business-day.ts';
import { allKinds } from './kinds/all-kinds.ts';
import { nextSweep } from './kinds/sweep.ts';
import type { RecordLifecycle } from './lifecycles.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const contract = openContract('bank-gateway.yaml');

interface BankFunction {
  readonly number?: number;
  readonly operations: readonly string[];
  readonly messages: readonly string[];
}

it('has the ten functions in their order, each with operations that are described and messages that have a profile', () => {
  const { functions, beside } = specifications.payments('functions') as {
    readonly functions: readonly BankFunction[];
    readonly beside: readonly BankFunction[];
  };
  expect(functions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const profiles = messageProfiles(specifications).map(({ id }) => id);
  for (const { operations, messages } of [...functions, ...beside]) {
    for (const operation of operations) expect(contract.has(operation), operation).toBe(true);
    for (const message of messages) expect(profiles).toContain(message);
  }
});

it('has life cycles whose steps lead from known states to known states, and none out of a final one', () => {
  const { kinds } = specifications.payments('lifecycles') as { readonly kinds: readonly RecordLifecycle[] };
  for (const { id, states, final, start, actions } of kinds) {
    expect(states, id).toEqual(expect.arrayContaining([start, ...final]));
    for (const { from, to, by } of actions) {
      expect(states, id).toEqual(expect.arrayContaining([...from, to]));
      expect(from.filter((state) => final.includes(state) && by !== 'server')).toEqual([]);
    }
  }
  expect(kinds.map(({ id }) => id).filter((id) => id !== 'statement')).toEqual(
    expect.arrayContaining([...allKinds.keys()]),
  );
});

it('books after the cut-off, at weekends and on holidays on the next working day', () => {
  const dateOf = (moment: string, extended?: string): string =>
    businessDay(specifications, new Date(`${moment}+07:00`), extended).businessDate;
  expect(dateOf('2026-10-12T15:59:59')).toBe('2026-10-12');
  expect(dateOf('2026-10-12T16:00:00')).toBe('2026-10-13');
  expect(dateOf('2026-10-12T16:00:00', '18:00')).toBe('2026-10-12');
  expect(dateOf('2026-10-16T17:00:00')).toBe('2026-10-19');
  expect(dateOf('2026-10-17T09:00:00')).toBe('2026-10-19');
  // The Friday after New Year is off for a Saturday that is worked.
  expect(dateOf('2025-12-31T23:59:00')).toBe('2026-01-05');
  expect(dateOf('2026-01-10T09:00:00')).toBe('2026-01-10');
});

it('sweeps on its days of the month and at the end of it, a day off moving it to the next working day', () => {
  const after = (moment: string): string =>
    nextSweep(specifications, new Date(`${moment}+07:00`)).toISOString();
  expect(after('2026-10-12T09:00:00')).toBe('2026-10-20T10:00:00.000Z');
  expect(after('2026-10-20T17:00:00')).toBe('2026-11-02T10:00:00.000Z');
  expect(after('2026-11-02T17:00:01')).toBe('2026-11-10T10:00:00.000Z');
});

it('tells every scenario of the bank side in both languages', () => {
  const scenarios = (
    readSpecFolder('scenarios') as { id: string; story: { vi: string; en: string } }[]
  ).filter(({ id }) => id.startsWith('bank-'));
  expect(scenarios.length).toBeGreaterThan(10);
  for (const { story } of scenarios)
    expect([story.vi, story.en].every((text) => text.length > 10)).toBe(true);
});
