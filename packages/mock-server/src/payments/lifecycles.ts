import type { Specifications } from '@bhxh/sdk/specifications';

export type Duty = 'maker' | 'checker' | 'approver';

export interface RecordAction {
  readonly id: string;
  readonly from: readonly string[];
  readonly to: string;
  /** A duty of the owner's side, the other side, either, or nobody who calls. */
  readonly by: Duty | 'other' | 'either' | 'server';
  /** Longest note; a note is then required. */
  readonly note?: number;
}

/** The life cycle of one kind of record (specs/payments/lifecycles.yaml). */
export interface RecordLifecycle {
  readonly id: string;
  readonly prefix: string;
  readonly creates: readonly ('office' | 'bank')[];
  readonly start: string;
  readonly states: readonly string[];
  readonly final: readonly string[];
  readonly actions: readonly RecordAction[];
  readonly expiry?: number;
  readonly silence?: number;
  readonly runs?: number;
  readonly workingDays?: number;
}

/** Throws `RangeError` for a kind without a life cycle. */
export function recordLifecycle(specifications: Specifications, kind: string): RecordLifecycle {
  const { kinds } = specifications.payments('lifecycles') as { readonly kinds: readonly RecordLifecycle[] };
  const found = kinds.find(({ id }) => id === kind);
  if (found === undefined) throw new RangeError(`no life cycle ${kind}`);
  return found;
}
