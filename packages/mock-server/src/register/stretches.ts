import { monthsBetween } from '@bhxh/sdk/contributions';

/** Months in which a person participates at one wage; both ends are included, `to` null goes on. Months are `yyyy-MM`. */
export interface WageStretch {
  readonly from: string;
  readonly to: string | null;
  /** Whole đồng. */
  readonly wage: number;
  readonly absence: 'unpaid' | 'sickness' | 'maternity' | null;
}

/** The same with what the dossier said beside the wage. */
export interface Stretch extends WageStretch {
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

/** Puts a stretch in, over whatever was there. */
export function putStretch(stretches: readonly Stretch[], stretch: Stretch): Stretch[] {
  return [...cutStretches(stretches, stretch.from, stretch.to), stretch].toSorted((a, b) =>
    a.from < b.from ? -1 : 1,
  );
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
            position: known?.position ?? change.position,
            dossier: change.dossier,
          })
        : cutStretches(result, month, month);
  }
  return result;
}
