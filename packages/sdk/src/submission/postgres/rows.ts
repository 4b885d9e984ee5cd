import type { ItemState } from '../item.ts';
import type { ItemFields } from '../journal-tables.ts';

/** A line of the items' table. */
export interface PostgresItemRow extends ItemFields {
  readonly version: number;
}

/** A line of the events' table. */
export interface EventRow {
  readonly item: number;
  readonly version: number;
  readonly block: number;
  readonly position: number;
  readonly state: ItemState;
  readonly at: string;
  readonly data: string;
}

export const itemColumns: string = [
  'id, sender, kind, route, key, sha256, size, path, due, state, attempts',
  'receipt, problem, changed_at, version',
].join(', ');
