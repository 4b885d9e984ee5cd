import { randomInt, randomUUID } from 'node:crypto';
import { compactDay, isoDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import type { PaymentRecordTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';
import { businessDay } from './business-day.ts';
import { recordLifecycle } from './lifecycles.ts';
import { refusePayment } from './refuse.ts';
import { pageOf, pageStart } from './newest-first.ts';

export type Content = Readonly<Record<string, unknown>>;

/** A row with its content read. */
export type PaymentRecord = Omit<PaymentRecordTable, 'content'> & { readonly content: Content };

export const PAYMENT_JOB = 'payment';

const toRecord = (row: PaymentRecordTable): PaymentRecord => ({
  ...row,
  content: JSON.parse(row.content) as Content,
});

export interface NewRecord {
  readonly kind: string;
  readonly office: string;
  readonly bank: string;
  /** Party that makes it. */
  readonly owner: string;
  readonly madeBy: string;
  readonly content: Content;
  /** The caller's own id: the same one is the same record. */
  readonly ownId?: string;
  readonly state?: string;
  readonly businessDate?: string;
  readonly scenario?: string | undefined;
}

export async function createRecord(
  { specifications, clock }: ServerContext,
  connection: Connection,
  choice: NewRecord,
): Promise<PaymentRecord> {
  const now = clock.now();
  const lifecycle = recordLifecycle(specifications, choice.kind);
  const state = choice.state ?? lifecycle.start;
  const row: PaymentRecordTable = {
    id: `${lifecycle.prefix}${compactDay(now)}${String(randomInt(10 ** 10)).padStart(10, '0')}`,
    kind: choice.kind,
    office: choice.office,
    bank: choice.bank,
    owner: choice.owner,
    state,
    version: 1,
    made_by: choice.madeBy,
    checked_by: null,
    business_date: choice.businessDate ?? businessDay(specifications, now).businessDate,
    own_id: choice.ownId ?? null,
    scenario: choice.scenario ?? null,
    content: JSON.stringify(choice.content),
    created_at: now.getTime(),
    changed_at: now.getTime(),
  };
  await connection.insertInto('payment_record').values(row).execute();
  await addStep(connection, row, { action: 'make', by: choice.madeBy, note: null }, 0);
  return toRecord(row);
}

export interface RecordChange {
  readonly action: string;
  readonly state: string;
  readonly by: string;
  readonly note: string | null;
  readonly content?: Content;
  readonly checkedBy?: string;
}

/**
 * Takes a record one version on, in the caller's transaction.
 *
 * @throws Refused 412 when it is no longer the version that was read
 */
export async function changeRecord(
  { clock }: ServerContext,
  connection: Connection,
  record: PaymentRecord,
  change: RecordChange,
): Promise<PaymentRecord> {
  const next: PaymentRecord = {
    ...record,
    state: change.state,
    version: record.version + 1,
    content: change.content ?? record.content,
    checked_by: change.checkedBy ?? record.checked_by,
    changed_at: clock.now().getTime(),
  };
  const changed = await connection
    .updateTable('payment_record')
    .set({
      state: next.state,
      version: next.version,
      content: JSON.stringify(next.content),
      checked_by: next.checked_by,
      changed_at: next.changed_at,
    })
    .where('id', '=', record.id)
    .where('version', '=', record.version)
    .returning('id')
    .executeTakeFirst();
  if (changed === undefined) throw refusePayment('VERSION_CHANGED');
  await addStep(connection, next, change, record.version);
  return next;
}

async function addStep(
  connection: Connection,
  record: Pick<PaymentRecordTable, 'id' | 'kind' | 'state' | 'changed_at' | 'office' | 'bank'>,
  { action, by, note }: Pick<RecordChange, 'action' | 'by' | 'note'>,
  place: number,
): Promise<void> {
  const { id, kind, state, changed_at, office, bank } = record;
  await connection
    .insertInto('payment_record_step')
    .values({ record_id: id, place, action, state, at: changed_at, by_whom: by, note })
    .execute();
  await connection
    .insertInto('event')
    .values({
      at: changed_at,
      type: `payment.${kind}`,
      facility: null,
      subject: id,
      data: JSON.stringify({ action, state, office, bank }),
    })
    .execute();
}

/** Something the server does to a record at a later moment. */
export async function planStep(
  connection: Connection,
  record: Pick<PaymentRecord, 'id'>,
  step: string,
  dueAt: Date,
): Promise<void> {
  await connection
    .insertInto('job')
    .values({
      id: randomUUID(),
      kind: PAYMENT_JOB,
      subject: `${record.id} ${step}`,
      due_at: dueAt.getTime(),
      attempts: 0,
      last_error: null,
    })
    .execute();
}

export async function readRecord(connection: Connection, id: string): Promise<PaymentRecord | undefined> {
  const row = await connection
    .selectFrom('payment_record')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined ? undefined : toRecord(row);
}

/** The record of this kind, where the party is one of its two sides. */
export async function visibleRecord(
  connection: Connection,
  kind: string,
  id: string,
  party: string,
): Promise<PaymentRecord> {
  const record = await readRecord(connection, id);
  if (record === undefined || record.kind !== kind || (record.office !== party && record.bank !== party))
    throw refusePayment('NOT_YOURS');
  return record;
}

export async function recordsOf(
  connection: Connection,
  kind: string,
  states: readonly string[],
): Promise<readonly PaymentRecord[]> {
  const rows = await connection
    .selectFrom('payment_record')
    .selectAll()
    .where('kind', '=', kind)
    .where('state', 'in', [...states])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toRecord);
}

export async function recordByOwnId(
  connection: Connection,
  kind: string,
  owner: string,
  ownId: string,
): Promise<PaymentRecord | undefined> {
  const row = await connection
    .selectFrom('payment_record')
    .selectAll()
    .where('kind', '=', kind)
    .where('owner', '=', owner)
    .where('own_id', '=', ownId)
    .executeTakeFirst();
  return row === undefined ? undefined : toRecord(row);
}

export interface RecordPage {
  readonly records: readonly PaymentRecord[];
  readonly next: string | null;
}

/** A page of the records that a party sees, newest first. */
export async function pageOfRecords(
  connection: Connection,
  kind: string,
  party: string,
  query: {
    readonly state?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
    readonly account?: string | undefined;
    readonly businessDate?: string | undefined;
  },
): Promise<RecordPage> {
  let rows = connection
    .selectFrom('payment_record')
    .selectAll()
    .where('kind', '=', kind)
    .where((s) => s.or([s('office', '=', party), s('bank', '=', party)]));
  if (query.state !== undefined) rows = rows.where('state', '=', query.state);
  if (query.businessDate !== undefined) rows = rows.where('business_date', '=', query.businessDate);
  // Own ids of listings begin with the account.
  if (query.account !== undefined) rows = rows.where('own_id', 'like', `${query.account} %`);
  const start = pageStart(query.after);
  if (start !== undefined)
    rows = rows.where(({ or, and, eb }) =>
      or([
        eb('created_at', '<', start.moment),
        and([eb('created_at', '=', start.moment), eb('id', '<', start.id)]),
      ]),
    );
  const found = await rows
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
  const { page, next } = pageOf(found, query.limit, (row) => row.created_at);
  return { records: page.map(toRecord), next };
}

export async function showRecord(
  { specifications }: ServerContext,
  connection: Connection,
  record: PaymentRecord,
): Promise<Content> {
  const steps = await connection
    .selectFrom('payment_record_step')
    .selectAll()
    .where('record_id', '=', record.id)
    .orderBy('place')
    .execute();
  const iso = (moment: number): string => new Date(moment).toISOString();
  return {
    ...record.content,
    id: record.id,
    state: record.state,
    isFinal: recordLifecycle(specifications, record.kind).final.includes(record.state),
    version: record.version,
    office: record.office,
    bank: record.bank,
    madeBy: record.made_by,
    checkedBy: record.checked_by,
    businessDate: record.business_date,
    createdAt: iso(record.created_at),
    changedAt: iso(record.changed_at),
    steps: steps.map(({ action, state, at, by_whom, note }) => ({
      action,
      state,
      at: iso(at),
      by: by_whom,
      note,
    })),
  };
}

/** The agreed later cut-off of a bank on the day of a moment. */
export async function extendedCutOff(
  connection: Connection,
  bank: string,
  moment: Date,
): Promise<string | undefined> {
  const day = isoDay(moment);
  const agreed = await connection
    .selectFrom('payment_record')
    .select('content')
    .where('kind', '=', 'cut-off-extension')
    .where('state', '=', 'APPROVED')
    .where('bank', '=', bank)
    .execute();
  const times = agreed
    .map(({ content }) => JSON.parse(content) as Content)
    .filter((content) => content['businessDate'] === day)
    .map((content) => String(content['newTime']));
  return times.toSorted().at(-1);
}
