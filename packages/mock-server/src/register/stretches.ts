import { monthsBetween, type Fund } from '@bhxh/sdk/contributions';
import { paysNothing, settleFund, type Exceptions } from './exceptions.ts';

/** Months in which a person participates at one wage; both ends are included, `to` null goes on. Months are `yyyy-MM`. */
export interface WageStretch {
  readonly from: string;
  readonly to: string | null;
  /** Whole đồng. */
  readonly wage: number;
  readonly absence: 'unpaid' | 'sickness' | 'maternity' | null;
  /** Funds that the person does not pay through the unit; left out where he pays all. */
  readonly without?: Exceptions;
}

/** The same with what the dossier said beside the wage. */
export interface Stretch extends WageStretch {
  readonly without: Exceptions;
  readonly position: string;
  /** The dossier that said so. */
  readonly dossier: string;
}

export function monthAfter(month: string, by: number = 1): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`;
}

export function stretchIn<S extends WageStretch>(stretches: readonly S[], month: string): S | undefined {
  return stretches.find(({ from, to }) => from <= month && (to === null || month <= to));
}

/** Takes the months `from` to `to` (null: all that follow) out. */
export function cutStretches(stretches: readonly Stretch[], from: string, to: string | null): Stretch[] {
  return stretches.flatMap((stretch) => {
    const isApart = (to !== null && to < stretch.from) || (stretch.to !== null && stretch.to < from);
    if (isApart) return [stretch];
    const parts: Stretch[] = [];
    if (stretch.from < from) parts.push({ ...stretch, to: monthAfter(from, -1) });
    if (to !== null && (stretch.to === null || to < stretch.to))
      parts.push({ ...stretch, from: monthAfter(to) });
    return parts;
  });
}

const inOrder = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.toSorted((a, b) => (a.from < b.from ? -1 : 1));

/** Puts a stretch in, over whatever was there. */
export function putStretch(stretches: readonly Stretch[], stretch: Stretch): Stretch[] {
  return inOrder([...cutStretches(stretches, stretch.from, stretch.to), stretch]);
}

/** Lets the person join or leave one fund in the months `from` to `to` (null: all that follow); who pays nothing any more is gone. */
export function changeFund(
  stretches: readonly Stretch[],
  change: {
    readonly from: string;
    readonly to: string | null;
    readonly fund: Fund;
    readonly isPaid: boolean;
    readonly dossier: string;
  },
): Stretch[] {
  const { from, to, fund, isPaid, dossier } = change;
  const changed = stretches.flatMap((stretch): Stretch[] => {
    const first = stretch.from < from ? from : stretch.from;
    const last = to === null || (stretch.to !== null && stretch.to < to) ? stretch.to : to;
    const isTouched = last === null || first <= last;
    if (!isTouched || (stretch.without?.includes(fund) ?? false) === !isPaid) return [stretch];
    const without = settleFund(stretch.without, fund, isPaid);
    const rest = cutStretches([stretch], from, to);
    return paysNothing(without) ? rest : [...rest, { ...stretch, from: first, to: last, without, dossier }];
  });
  return inOrder(changed);
}

/** Adds to the wage of every month from the first to the last; a wage of nothing or less leaves the month empty. */
export function addWage(
  stretches: readonly Stretch[],
  change: {
    readonly from: string;
    readonly to: string;
    readonly wage: number;
    readonly position: string;
    readonly dossier: string;
  },
): Stretch[] {
  let result = [...stretches];
  // Months in which nothing was known belong to the participation that they come before.
  const following = stretchIn(stretches, monthAfter(change.to))?.without ?? null;
  for (const month of monthsBetween(change.from, change.to)) {
    const known = stretchIn(stretches, month);
    const wage = (known?.absence === null ? known.wage : 0) + change.wage;
    result =
      wage > 0
        ? putStretch(result, {
            from: month,
            to: month,
            wage,
            absence: null,
            without: known === undefined ? following : known.without,
            position: known?.position ?? change.position,
            dossier: change.dossier,
          })
        : cutStretches(result, month, month);
  }
  return result;
}
