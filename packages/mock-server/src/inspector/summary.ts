import type { Store } from '../store/store.ts';
import { outcomeOf } from './arrivals.ts';

export interface Summary {
  readonly states: readonly {
    readonly gateway: 'claims' | 'declarations';
    readonly kind: string;
    readonly state: string;
    readonly count: number;
  }[];
  readonly hours: readonly { readonly at: number; readonly count: number }[];
  readonly rules: readonly { readonly ruleId: string; readonly count: number }[];
  readonly waiting: number;
  readonly nextDue: number | null;
}

const HOUR = 3_600_000;
const HOURS = 24;
/** Decided documents whose findings are counted: enough for a picture, few enough to be drawn every few seconds. */
const SAMPLE = 500;

/** Counts over what arrived, for the page's charts. */
export async function summarise(store: Store, now: Date): Promise<Summary> {
  const count = store.read.fn.countAll<number>().as('count');
  const submissions = await store.read
    .selectFrom('submission')
    .select(['kind', 'state', count])
    .groupBy(['kind', 'state'])
    .orderBy('kind')
    .orderBy('state')
    .execute();
  const dossiers = await store.read
    .selectFrom('dossier')
    .select(['procedure_code', 'state', count])
    .groupBy(['procedure_code', 'state'])
    .orderBy('procedure_code')
    .orderBy('state')
    .execute();
  const since = Math.floor(now.getTime() / HOUR) * HOUR - (HOURS - 1) * HOUR;
  const hours = new Map<number, number>();
  for (const table of ['submission', 'dossier'] as const) {
    const rows = await store.read
      .selectFrom(table)
      .select('received_at')
      .where('received_at', '>=', since)
      .execute();
    for (const { received_at: at } of rows) {
      const hour = Math.floor(at / HOUR) * HOUR;
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
  }
  const decided = await store.read
    .selectFrom('submission')
    .select('result')
    .where('result', 'is not', null)
    .orderBy('received_at', 'desc')
    .limit(SAMPLE)
    .execute();
  const rules = new Map<string, number>();
  for (const row of decided)
    for (const { ruleId } of outcomeOf(row)?.findings ?? []) rules.set(ruleId, (rules.get(ruleId) ?? 0) + 1);
  const jobs = await store.read
    .selectFrom('job')
    .select(({ fn }) => [count, fn.min('due_at').as('first')])
    .executeTakeFirstOrThrow();
  return {
    states: [
      ...submissions.map((row) => ({ gateway: 'claims' as const, ...row, count: Number(row.count) })),
      ...dossiers.map(({ procedure_code: kind, state, count: n }) => ({
        gateway: 'declarations' as const,
        kind: kind ?? '',
        state,
        count: Number(n),
      })),
    ],
    hours: [...hours].map(([at, n]) => ({ at, count: n })).toSorted((a, b) => a.at - b.at),
    rules: [...rules]
      .map(([ruleId, n]) => ({ ruleId, count: n }))
      .toSorted((a, b) => b.count - a.count || a.ruleId.localeCompare(b.ruleId))
      .slice(0, 12),
    waiting: Number(jobs.count),
    nextDue: jobs.first ?? null,
  };
}
