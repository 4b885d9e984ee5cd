import type { CodeListEntry } from '../specifications/types.ts';
import type { Card } from './people.ts';
import type { Setting } from './setting.ts';

/** What the fund pays of the insured amount. */
export interface Entitlement {
  /** MUC_HUONG as text. */
  readonly percent: string;
  /** Levels 3 and 4 are paid in full when the visit costs less than 15 % of the base salary. */
  readonly fullWhenLowCost: boolean;
}

interface Pay {
  readonly rate: number;
  readonly from?: string;
  readonly to?: string;
  readonly fixed?: boolean;
  readonly visit?: string;
}

interface LevelStretch {
  readonly from: string | null;
  readonly level: number;
}

const percentOfLevel: Readonly<Record<number, number>> = { 1: 100, 2: 100, 3: 95, 4: 80, 5: 100 };
const inpatientVisits = new Set(['03', '04', '06', '09']);

function entryOn(entries: readonly CodeListEntry[], code: string, date: string): CodeListEntry | undefined {
  return entries.find(
    (entry) =>
      entry.code === code &&
      (entry.from === null || entry.from <= date) &&
      (entry.to === null || date <= entry.to),
  );
}

/** The level a card counts as on a day, which is not always the digit printed on it. */
function levelOn(setting: Setting, card: Card): number {
  const entry = entryOn(
    setting.specifications.codeList('card-object-codes').entries,
    card.object,
    setting.date,
  );
  const stretches = (entry?.['levels'] ?? []) as readonly LevelStretch[];
  const inForce = stretches.filter((stretch) => stretch.from === null || stretch.from <= setting.date);
  return inForce.at(-1)?.level ?? card.level;
}

/** The benefit level of a card for a patient category, as the laws of the setting's day have it. */
export function entitlement(
  setting: Setting,
  card: Card | undefined,
  category: string,
  visit: string,
): Entitlement {
  if (card === undefined) return { percent: '0', fullWhenLowCost: false };
  const entry = entryOn(setting.specifications.codeList('MA_DOITUONG_KCB').entries, category, setting.date);
  const isInpatient = inpatientVisits.has(visit);
  const pays = ((entry?.['pay'] ?? []) as readonly Pay[]).filter(
    (pay) =>
      (pay.from === undefined || pay.from <= setting.date) &&
      (pay.to === undefined || setting.date <= pay.to) &&
      (pay.visit === undefined || (pay.visit === 'inpatient') === isInpatient),
  );
  const pay = pays[0] ?? { rate: 100 };
  if (pay.fixed === true) return { percent: String(pay.rate), fullWhenLowCost: false };
  const level = levelOn(setting, card);
  return {
    percent: String(((percentOfLevel[level] ?? 0) * pay.rate) / 100),
    fullWhenLowCost: (level === 3 || level === 4) && pay.rate === 100,
  };
}
