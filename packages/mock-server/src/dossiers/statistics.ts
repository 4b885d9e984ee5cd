import { isoDay } from '../clock/vietnam-time.ts';
import type { Connection } from '../store/store.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Dossiers of one agency received in one month. Late are those decided after their day, or open beyond it. */
export interface DossierCount {
  readonly agency: string;
  /** `yyyy-MM`. */
  readonly month: string;
  readonly received: number;
  readonly completed: number;
  readonly onTime: number;
  readonly late: number;
  readonly open: number;
  readonly rejected: number;
}

type Counted = Exclude<keyof DossierCount, 'agency' | 'month'>;

export async function countDossiers(
  connection: Connection,
  lifecycle: Lifecycle,
  choice: {
    readonly agencies: readonly string[];
    readonly now: Date;
    readonly from?: Date;
    readonly to?: Date;
  },
): Promise<readonly DossierCount[]> {
  const { agencies, now, from, to } = choice;
  if (agencies.length === 0) return [];
  let query = connection
    .selectFrom('dossier')
    .select(['agency', 'state', 'received_at', 'decided_at', 'due_day'])
    .where('agency', 'in', [...agencies]);
  if (from !== undefined) query = query.where('received_at', '>=', from.getTime());
  if (to !== undefined) query = query.where('received_at', '<', to.getTime());
  const lines = new Map<string, { agency: string; month: string } & Record<Counted, number>>();
  for (const row of await query.execute()) {
    const month = isoDay(new Date(row.received_at)).slice(0, 7);
    const key = `${row.agency} ${month}`;
    const line = lines.get(key) ?? {
      agency: row.agency,
      month,
      received: 0,
      completed: 0,
      onTime: 0,
      late: 0,
      open: 0,
      rejected: 0,
    };
    lines.set(key, line);
    const counts = lifecycle.state(row.state).counts;
    const day = isoDay(row.decided_at === null ? now : new Date(row.decided_at));
    const isLate = row.due_day !== null && day > row.due_day;
    line.received += 1;
    line[counts] += 1;
    if (counts !== 'rejected' && isLate) line.late += 1;
    else if (counts === 'completed') line.onTime += 1;
  }
  return [...lines.values()].toSorted((a, b) =>
    `${a.agency} ${a.month}` < `${b.agency} ${b.month}` ? -1 : 1,
  );
}
