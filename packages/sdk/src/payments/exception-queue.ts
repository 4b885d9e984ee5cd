import type { Difference } from './reconciliation-rules.ts';

/** A run of a day. */
export interface RunOfDay {
  /** Business day, `yyyy-MM-dd`; empty when nothing tells it. */
  readonly day: string;
  readonly run: number;
}

/** A difference that somebody has to settle, under a name that it keeps from run to run. */
export interface OpenException extends Difference {
  readonly id: string;
  /** When it was first told; it keeps that business day until it is settled. */
  readonly first: RunOfDay;
}

/** What was open in the run before and is not any more. */
export interface SettledException extends OpenException {
  readonly settled: RunOfDay;
}

export interface ExceptionQueue {
  readonly open: readonly OpenException[];
  readonly settled: readonly SettledException[];
}

/** Names the differences of a run, and compares them with those that the run before left open. */
export function exceptionQueue(
  differences: readonly Difference[],
  now: RunOfDay,
  before: readonly OpenException[] = [],
): ExceptionQueue {
  const known = new Map(before.map((one) => [one.id, one]));
  const times = new Map<string, number>();
  const open = differences.map((difference): OpenException => {
    const name = nameOf(difference);
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    const id = time === 1 ? name : `${name}~${time}`;
    return { ...difference, id, first: known.get(id)?.first ?? now };
  });
  const still = new Set(open.map(({ id }) => id));
  const settled = before.filter(({ id }) => !still.has(id)).map((one) => ({ ...one, settled: now }));
  return { open, settled };
}

/** Line numbers of a statement change when it is sent again; the bank's own number does not. */
function nameOf({ class: kind, account, bankIds, bookIds }: Difference): string {
  const bank = bankIds.map((id) => (id.startsWith('line@') ? id : id.replace(/@\d+$/, '')));
  return [kind, account, bank.join('+'), bookIds.join('+')].join(':');
}
