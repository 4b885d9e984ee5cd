import type { Kysely } from 'kysely';
import type { Moment } from './tables.ts';

/** One run that closes a month for every unit. It goes on where its last committed batch ended. */
export interface MonthCloseTable {
  /** `yyyy-MM`. */
  month: string;
  state: 'running' | 'done';
  /** The last unit that was closed; empty before the first. */
  after_unit: string;
  units: number;
  /** Workers the units pay for in the month. */
  workers: number;
  /** Posted for the month itself, whole đồng. */
  principal: number;
  interest: number;
  /** SHA-256 over every unit and its statement so far, in order. */
  digest: string;
  started_at: Moment;
  finished_at: Moment | null;
}

/** A closed month of one unit. */
export interface UnitCloseTable {
  unit: string;
  month: string;
  /** Ledger entries from this place on were posted later and belong to a later month. */
  place: number;
  /** SHA-256 of the statement C12-TS before it is signed. */
  sha256: string;
}

export interface MonthTables {
  month_close: MonthCloseTable;
  unit_close: UnitCloseTable;
}

/** Released: never edited, a change is a migration of its own. */
export async function createMonthTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('month_close')
    .addColumn('month', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('after_unit', 'text', (c) => c.notNull())
    .addColumn('units', 'bigint', (c) => c.notNull())
    .addColumn('workers', 'bigint', (c) => c.notNull())
    .addColumn('principal', 'bigint', (c) => c.notNull())
    .addColumn('interest', 'bigint', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('finished_at', 'bigint')
    .execute();
  await schema
    .createTable('unit_close')
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('month', 'text', (c) => c.notNull())
    .addColumn('place', 'integer', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('unit_close_key', ['unit', 'month'])
    .execute();
}
