import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allBut, readExceptions, settleFund, writeExceptions } from './exceptions.ts';
import {
  addWage,
  changeFund,
  cutStretches,
  monthAfter,
  putStretch,
  stretchIn,
  type Stretch,
} from './stretches.ts';

const START = '2024-11';
const month = fc.integer({ min: 0, max: 40 }).map((by) => monthAfter(START, by));
const span = fc
  .tuple(month, fc.integer({ min: 0, max: 12 }), fc.boolean())
  .map(([from, length, isOpen]) => ({ from, to: isOpen ? null : monthAfter(from, length) }));
const fund = fc.constantFrom(...(['retirement-death', 'occupational', 'unemployment'] as const));
const without = fc
  .array(fund, { maxLength: 2 })
  .map((left) => left.reduce((all, one) => settleFund(all, one, false), readExceptions(null)));
const stretch = fc
  .record({ span, wage: fc.integer({ min: 1, max: 100 }), without })
  .map(({ span: { from, to }, wage, without: exceptions }): Stretch => ({
    from,
    to,
    wage,
    absence: null,
    without: exceptions,
    position: '',
    dossier: '',
  }));
const stretches = fc.array(stretch, { maxLength: 8 }).map((all) => all.reduce(putStretch, [] as Stretch[]));
const months = Array.from({ length: 60 }, (_, by) => monthAfter(START, by));
const wages = (all: readonly Stretch[]): (number | undefined)[] =>
  months.map((one) => stretchIn(all, one)?.wage);

it('steps over the end of a year, both ways', () => {
  expect([monthAfter('2026-12'), monthAfter('2027-01', -1), monthAfter('2026-01', 25)]).toEqual([
    '2027-01',
    '2026-12',
    '2028-02',
  ]);
});

it('never lets two stretches hold one month', () => {
  fc.assert(
    fc.property(stretches, (all) => {
      for (const one of months)
        expect(all.filter(({ from, to }) => from <= one && (to === null || one <= to)).length).toBeLessThan(
          2,
        );
    }),
  );
});

it('changes the months that are named and no other', () => {
  fc.assert(
    fc.property(stretches, stretch, (all, one) => {
      const named = (at: string): boolean => one.from <= at && (one.to === null || at <= one.to);
      const before = wages(all);
      expect(wages(cutStretches(all, one.from, one.to))).toEqual(
        before.map((wage, at) => (named(months[at] as string) ? undefined : wage)),
      );
      expect(wages(putStretch(all, one))).toEqual(
        before.map((wage, at) => (named(months[at] as string) ? one.wage : wage)),
      );
    }),
  );
});

it('takes back exactly what it added', () => {
  fc.assert(
    fc.property(stretches, month, fc.integer({ min: 0, max: 6 }), (all, from, length) => {
      const change = { from, to: monthAfter(from, length), wage: 7, position: '', dossier: '' };
      expect(wages(addWage(addWage(all, change), { ...change, wage: -7 }))).toEqual(wages(all));
    }),
  );
});

it('changes one fund of the months that are named, and neither wages nor other funds', () => {
  fc.assert(
    fc.property(stretches, span, fund, fc.boolean(), (all, { from, to }, one, isPaid) => {
      const changed = changeFund(all, { from, to, fund: one, isPaid, dossier: 'D' });
      expect(wages(changed)).toEqual(wages(all));
      for (const at of months) {
        const isNamed = from <= at && (to === null || at <= to);
        const was = stretchIn(all, at);
        if (was === undefined) continue;
        const expected = isNamed ? settleFund(was.without, one, isPaid) : was.without;
        expect([at, stretchIn(changed, at)?.without]).toEqual([at, expected]);
      }
    }),
  );
});

it('lets go of whoever pays no fund any more', () => {
  const lone: Stretch = {
    from: '2026-01',
    to: null,
    wage: 1,
    absence: null,
    without: allBut('occupational'),
    position: '',
    dossier: 'A',
  };
  const left = changeFund([lone], {
    from: '2026-03',
    to: null,
    fund: 'occupational',
    isPaid: false,
    dossier: 'B',
  });
  expect(left).toEqual([{ ...lone, to: '2026-02' }]);
});

it('collects wages of earlier months for the funds of the participation that follows', () => {
  const lone: Stretch = {
    from: '2026-03',
    to: null,
    wage: 5,
    absence: null,
    without: allBut('occupational'),
    position: '',
    dossier: 'A',
  };
  const collected = addWage([lone], { from: '2026-01', to: '2026-02', wage: 5, position: '', dossier: 'A' });
  expect(collected.map((one) => one.without)).toEqual([lone.without, lone.without, lone.without]);
});

it('keeps exceptions in one way, whatever order they came in', () => {
  expect(writeExceptions(readExceptions('unemployment retirement-death'))).toBe(
    'retirement-death unemployment',
  );
  expect([readExceptions(null), writeExceptions(null), readExceptions('constructor')]).toEqual([
    null,
    null,
    null,
  ]);
});
