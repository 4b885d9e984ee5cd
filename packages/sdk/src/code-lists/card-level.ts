import type { CodeLists } from './lookup.ts';

export interface CardLevel {
  /** 1 to 5: what is paid on that date. */
  readonly level: number;
  /** Percent of the cost within scope, on the right route. */
  readonly rate: number;
  /** False when the object code is not in the list: the printed digit is believed then. */
  readonly known: boolean;
  /** True when the plastic shows another level than the one in force (CN3 and LH4 since 2026-01-01). */
  readonly differsFromPrint: boolean;
}

interface LevelSince {
  readonly from: string | null;
  readonly level: number;
}

/** Benefit level of a card as a function of object code, printed digit and date (`yyyy-MM-dd`). */
export function cardLevel(
  lists: CodeLists,
  objectCode: string,
  printedLevel: number,
  date: string,
): CardLevel {
  const [entry] = lists.entries('card-object-codes', objectCode);
  const levels = (entry?.['levels'] ?? []) as readonly LevelSince[];
  const current = levels.findLast(({ from }) => from === null || from <= date) ?? levels[0];
  const level = current?.level ?? printedLevel;
  const rate = lists.entries('card-benefit-levels', String(level))[0]?.['rate'];
  return {
    level,
    rate: typeof rate === 'number' ? rate : 0,
    known: current !== undefined,
    differsFromPrint: current !== undefined && level !== printedLevel,
  };
}
