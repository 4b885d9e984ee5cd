import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addWage, cutStretches, monthAfter, putStretch, stretchIn, type Stretch } from './stretches.ts';

const START = '2024-11';
const month = fc.integer({ min: 0, max: 40 }).map((by) => monthAfter(START, by));
const span = fc
  .tuple(month, fc.integer({ min: 0, max: 12 }), fc.boolean())
  .map(([from, length, isOpen]) => ({ from, to: isOpen ? null : monthAfter(from, length) }));
const stretch = fc
  .record({ span, wage: fc.integer({ min: 1, max: 100 }) })
  .map(({ span: { from, to }, wage }): Stretch => ({
    from,
    to,
    wage,
    absence: null,
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
