import type { CodeListEntry } from '../../specifications/types.ts';
import { partsOf } from './separated.ts';

/** What the printed number of a card says: object `DN`, level digit 4, province 79. */
export interface CardNumber {
  readonly object: string;
  readonly level: number;
  readonly province: string;
}

const shape = /^([A-Z]{2})([1-5])(\d{2})\d{10}$/u;

export function readCard(text: string): CardNumber | undefined {
  const match = shape.exec(text);
  return match === null
    ? undefined
    : { object: match[1] as string, level: Number(match[2]), province: match[3] as string };
}

/** The cards of a `;` list; undefined when one of them has not the shape of a card. */
export function readCards(text: string): readonly CardNumber[] | undefined {
  const cards = partsOf(text).map(readCard);
  return cards.every((card) => card !== undefined) ? cards : undefined;
}

interface LevelFrom {
  readonly from: string | null;
  readonly level: number;
}

/** Levels of an object code over time, oldest first. */
export function levelsOf(entry: CodeListEntry): readonly LevelFrom[] {
  const levels = entry['levels'];
  if (!Array.isArray(levels)) return [];
  return levels.flatMap((item: unknown) => {
    const { from, level } = item as { from?: unknown; level?: unknown };
    return typeof level === 'number'
      ? [{ from: typeof from === 'string' ? from.padEnd(10, '-01').slice(0, 10) : null, level }]
      : [];
  });
}

/** The level of an object code on a day (`yyyy-MM-dd`). */
export function levelOn(entry: CodeListEntry, date: string): LevelFrom | undefined {
  return levelsOf(entry).findLast(({ from }) => from === null || from <= date);
}
