import type { ServerContext } from '../context.ts';
import type { Connection } from '../store/store.ts';
import { recordLifecycle, type RecordAction } from './lifecycles.ts';
import { keepMessage } from './receive-envelope.ts';
import type { Actor, RecordKind, StepInput, StepOutcome } from './record-kind.ts';
import {
  changeRecord,
  PAYMENT_JOB,
  planStep,
  readRecord,
  showRecord,
  visibleRecord,
  type Content,
  type PaymentRecord,
} from './records.ts';
import { refusePayment } from './refuse.ts';

/** The version a caller read, from If-Match. Throws 428 without one. */
function versionOf(ifMatch: string | undefined): number {
  if (ifMatch === undefined || ifMatch === '') throw refusePayment('VERSION_MISSING');
  return Number(/^"(\d{1,9})"$/.exec(ifMatch)?.[1] ?? Number.NaN);
}

/** Whoever made a record never checks or approves it, and each duty is its own. */
function checkActor(record: PaymentRecord, action: RecordAction, actor: Actor): void {
  const isOwner = record.owner === actor.party.code;
  switch (action.by) {
    case 'server':
      throw refusePayment('STATE_WRONG');
    case 'other':
      if (isOwner) throw refusePayment('SIDE_WRONG');
      return;
    case 'either':
      return;
    case 'maker':
    case 'checker':
    case 'approver':
      if (!isOwner && !isAnsweredBy(record, actor)) throw refusePayment('SIDE_WRONG');
      break;
    default:
      action.by satisfies never;
  }
  if (action.id === 'cancel' && ![record.made_by, record.checked_by].includes(actor.name))
    throw refusePayment('DUTY_MISSING');
  if (!actor.party.duties.includes(action.by)) throw refusePayment('DUTY_MISSING');
  if (action.by === 'maker') return;
  const before = [record.made_by, ...(action.by === 'approver' ? [record.checked_by] : [])];
  if (before.includes(actor.name)) throw refusePayment('MAKER_IS_CHECKER');
}

/** A bank's listing is answered by the office, which has a maker and a checker of its own for that. */
const isAnsweredBy = (record: PaymentRecord, actor: Actor): boolean =>
  record.kind === 'reconciliation' && actor.party.code === record.office;

/**
 * Takes a step of a record's life cycle on the version that was read.
 *
 * @throws Refused 428 without a version, 412 when somebody was faster, 409 for a state that does not allow the step,
 * 403 for a duty that the caller does not have
 */
export async function actOnRecord(
  server: ServerContext,
  kind: RecordKind,
  id: string,
  ifMatch: string | undefined,
  input: StepInput,
  actor: Actor,
): Promise<Content> {
  const { store, specifications } = server;
  const record = await visibleRecord(store.read, kind.kind, id, actor.party.code);
  if (versionOf(ifMatch) !== record.version) throw refusePayment('VERSION_CHANGED');
  const action = recordLifecycle(specifications, kind.kind).actions.find((one) => one.id === input.action);
  if (action === undefined || !action.from.includes(record.state))
    throw refusePayment('STATE_WRONG', { detail: `${record.state}` });
  checkActor(record, action, actor);
  if (action.note !== undefined && input.note === null) throw refusePayment('NOTE_MISSING');
  if (action.note !== undefined && (input.note ?? '').length > action.note)
    throw refusePayment('NOTE_TOO_LONG');
  const outcome = (await kind.act?.(server, record, input, actor)) ?? {};
  const isCheck = action.by === 'checker' && action.to !== 'RETURNED_TO_MAKER';
  const changed = await store.write((connection) =>
    applyStep(server, connection, record, {
      action: input.action,
      state: action.to,
      by: actor.name,
      note: input.note,
      outcome,
      ...(isCheck ? { checkedBy: actor.name } : {}),
    }),
  );
  server.jobs.wake();
  return await showRecord(server, store.read, changed);
}

/** Stores a step with all it made. */
export async function applyStep(
  server: ServerContext,
  connection: Connection,
  record: PaymentRecord,
  step: {
    readonly action: string;
    readonly state: string;
    readonly by: string;
    readonly note: string | null;
    readonly outcome: StepOutcome;
    readonly checkedBy?: string;
  },
): Promise<PaymentRecord> {
  const { outcome } = step;
  const more = await outcome.within?.(connection, record);
  const changed = await changeRecord(server, connection, record, {
    action: outcome.action ?? step.action,
    state: outcome.state ?? step.state,
    by: step.by,
    note: outcome.note ?? step.note,
    content: { ...(outcome.content ?? record.content), ...more },
    ...(step.checkedBy === undefined ? {} : { checkedBy: step.checkedBy }),
  });
  for (const { name, bytes } of outcome.documents ?? [])
    await keepDocument(connection, record.id, name, bytes);
  for (const message of outcome.messages ?? []) await keepMessage(connection, message, message.id, '{}');
  for (const { step: next, at } of outcome.later ?? []) await planStep(connection, record, next, at);
  return changed;
}

export async function keepDocument(
  connection: Connection,
  recordId: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  await connection
    .insertInto('payment_document')
    .values({ record_id: recordId, name, bytes })
    .onConflict((conflict) => conflict.columns(['record_id', 'name']).doUpdateSet({ bytes }))
    .execute();
}

interface PlannedJob {
  readonly id: string;
  readonly subject: string;
}

const lines = new Map<string, Promise<void>>();

/**
 * Steps of the server whose moments have come, in the order of their moments: a clock that jumps gives the same life as
 * one that walks. Steps of one record follow each other.
 */
export async function runPlannedStep(
  server: ServerContext,
  kinds: ReadonlyMap<string, RecordKind>,
  job: PlannedJob,
): Promise<void> {
  const [id = ''] = job.subject.split(' ');
  const before = lines.get(id) ?? Promise.resolve();
  const own = before.catch(() => undefined).then(() => runUpTo(server, kinds, job, id));
  lines.set(id, own);
  try {
    await own;
  } finally {
    if (lines.get(id) === own) lines.delete(id);
  }
}

async function runUpTo(
  server: ServerContext,
  kinds: ReadonlyMap<string, RecordKind>,
  last: PlannedJob,
  recordId: string,
): Promise<void> {
  for (;;) {
    const [next] = await server.store.read
      .selectFrom('job')
      .select(['id', 'subject'])
      .where('kind', '=', PAYMENT_JOB)
      .where('subject', 'like', `${recordId} %`)
      .where('due_at', '<=', server.clock.now().getTime())
      .orderBy('due_at')
      .orderBy('id')
      .limit(1)
      .execute();
    if (next === undefined) return;
    await runOne(server, kinds, next);
    if (next.id === last.id) return;
  }
}

/** The job goes with the outcome; whoever finds it gone does nothing. */
async function runOne(
  server: ServerContext,
  kinds: ReadonlyMap<string, RecordKind>,
  job: PlannedJob,
): Promise<void> {
  const { store } = server;
  const [id = '', step = ''] = job.subject.split(' ');
  const record = await readRecord(store.read, id);
  const kind = record === undefined ? undefined : kinds.get(record.kind);
  const outcome = record === undefined ? undefined : await kind?.run?.(server, record, step);
  await store.write(async (connection) => {
    const own = await connection
      .deleteFrom('job')
      .where('id', '=', job.id)
      .returning('id')
      .executeTakeFirst();
    if (own === undefined || record === undefined || outcome === undefined) return;
    await applyStep(server, connection, record, {
      action: step,
      state: record.state,
      by: 'server',
      note: null,
      outcome,
    });
  });
}
