import { createHash, randomInt, randomUUID } from 'node:crypto';
import { compactTime } from '../clock/vietnam-time.ts';
import { findAnswer, keepAnswer, type KeyedWrite } from '../idempotency/idempotency-key.ts';
import { Refused } from '../problem.ts';
import type { Insertable } from 'kysely';
import type { Connection, Store } from '../store/store.ts';
import type { EventTable, JobTable, SubmissionBytesTable, SubmissionTable } from '../store/tables.ts';
import type { ShownSignature } from './outcome.ts';

/** Everything one facility sends that is stored. */
export type SubmissionKind =
  | 'claim'
  | 'check-in'
  | 'medical-assessment'
  | 'certificates'
  | 'death-or-birth-paper'
  | 'driver-certificate'
  | 'catalogue'
  | 'monthly-summary'
  | 'adjustment-list';

export interface Arrival {
  readonly kind: SubmissionKind;
  readonly form: string;
  readonly facility: string;
  readonly accountId: string;
  readonly bytes: Uint8Array;
  readonly businessKey: string | undefined;
  /** Whether other bytes of a known MA_LK are its next revision; they are refused otherwise. */
  readonly mayCorrect: boolean;
  readonly scenario: string | undefined;
  readonly signature: ShownSignature | undefined;
  readonly at: Date;
  /** Milliseconds of the server's clock until the check is due. */
  readonly checkAfter: number;
}

export interface Receipt {
  readonly id: string;
  readonly receivedAt: string;
  /** These very bytes were received before; the receipt is the one of then. */
  readonly isReplay: boolean;
}

/** What the sender is told: a new answer, or the stored one of an earlier request under the same key. */
export interface Answer {
  readonly body: string;
  readonly isRepeated: boolean;
}

interface StoredReply {
  readonly id: string;
  readonly receivedAt: string;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Facility, time and ten random digits: unique without asking another node. */
function newTransactionId(facility: string, at: Date): string {
  return `${facility}${compactTime(at)}${String(randomInt(10 ** 10)).padStart(10, '0')}`;
}

/**
 * Takes a document in: row, bytes, reply, event and check job in one transaction, so that what was answered is what is
 * kept. Identical bytes of a facility get the receipt of the first time; other bytes for a known MA_LK are its next
 * revision. Under a key, the answer itself is kept with them.
 *
 * @throws Refused 409 DUPLICATE_DIFFERENT for other bytes where the arrival may not correct what is known
 */
export async function receive(
  store: Store,
  arrival: Arrival,
  answer: (receipt: Receipt) => unknown,
  write?: KeyedWrite,
): Promise<Answer> {
  const sha256 = sha256Of(arrival.bytes);
  const id = newTransactionId(arrival.facility, arrival.at);
  const storeIt = (connection: Connection): Promise<Receipt> =>
    storeDocument(store.dialect, connection, arrival, id, sha256);
  const storeInTurn = async (connection: Connection): Promise<Receipt> => {
    await store.lock(connection, [arrival.facility, arrival.kind, arrival.businessKey ?? sha256].join(' '));
    return await storeIt(connection);
  };
  if (write === undefined) {
    const receipt = (await store.writeAtOnce(storeIt)) ?? (await store.write(storeInTurn));
    return { body: JSON.stringify(answer(receipt)), isRepeated: false };
  }
  return await store.write(async (connection): Promise<Answer> => {
    const known = await findAnswer(store, connection, write, arrival.at);
    if (known !== undefined) return { body: known, isRepeated: true };
    const body = JSON.stringify(answer(await storeInTurn(connection)));
    await keepAnswer(connection, write, body, arrival.at);
    return { body, isRepeated: false };
  });
}

async function storeDocument(
  dialect: Store['dialect'],
  connection: Connection,
  arrival: Arrival,
  id: string,
  sha256: string,
): Promise<Receipt> {
  const moment = arrival.at.getTime();
  const reply: StoredReply = { id, receivedAt: compactTime(arrival.at) };
  const latest = await latestOf(connection, arrival, sha256);
  const known =
    latest === undefined || isSame(latest, arrival, sha256)
      ? latest
      : await sameBytes(connection, arrival, sha256);
  if (known !== undefined) return { ...(JSON.parse(known.reply) as StoredReply), isReplay: true };
  if (latest !== undefined && latest.sha256 !== sha256 && !arrival.mayCorrect) {
    throw new Refused({
      status: 409,
      code: 'DUPLICATE_DIFFERENT',
      title: 'Other bytes were received under this MA_LK',
      more: { stored: latest.sha256, sent: sha256 },
    });
  }
  const revision = (latest?.revision ?? 0) + 1;
  await insertDocument(dialect, connection, {
    submission: {
      id,
      kind: arrival.kind,
      form: arrival.form,
      facility: arrival.facility,
      account_id: arrival.accountId,
      business_key: arrival.businessKey ?? null,
      sha256,
      size: arrival.bytes.length,
      revision,
      state: 'received',
      received_at: moment,
      decided_at: null,
      scenario: arrival.scenario ?? null,
      ruleset: null,
      reply: JSON.stringify(reply),
      result: null,
      signature: arrival.signature === undefined ? null : JSON.stringify(arrival.signature),
    },
    bytes: { submission_id: id, bytes: arrival.bytes },
    event: {
      at: moment,
      type: `${arrival.kind}.received`,
      facility: arrival.facility,
      subject: id,
      data: JSON.stringify({ sha256, revision }),
    },
    job: {
      id: randomUUID(),
      kind: 'check',
      subject: id,
      due_at: moment + arrival.checkAfter,
      attempts: 0,
      last_error: null,
    },
  });
  return { ...reply, isReplay: false };
}

interface DocumentRows {
  readonly submission: Insertable<SubmissionTable>;
  readonly bytes: Insertable<SubmissionBytesTable>;
  readonly event: Insertable<EventTable>;
  readonly job: Insertable<JobTable>;
}

/** On PostgreSQL one statement, and so one way to the database and back. */
async function insertDocument(
  dialect: Store['dialect'],
  connection: Connection,
  { submission, bytes, event, job }: DocumentRows,
): Promise<void> {
  if (dialect === 'postgres') {
    await connection
      .with('document', (query) => query.insertInto('submission').values(submission))
      .with('content', (query) => query.insertInto('submission_bytes').values(bytes))
      .with('told', (query) => query.insertInto('event').values(event))
      .insertInto('job')
      .values(job)
      .execute();
    return;
  }
  await connection.insertInto('submission').values(submission).execute();
  await connection.insertInto('submission_bytes').values(bytes).execute();
  await connection.insertInto('event').values(event).execute();
  await connection.insertInto('job').values(job).execute();
}

interface Known {
  readonly form: string;
  readonly sha256: string;
  readonly revision: number;
  readonly reply: string;
}

const isSame = (known: Known, arrival: Arrival, sha256: string): boolean =>
  known.sha256 === sha256 && known.form === arrival.form;

/** What is newest under the MA_LK, which equal bytes share; without one, only equal bytes are looked for. */
async function latestOf(
  connection: Connection,
  arrival: Arrival,
  sha256: string,
): Promise<Known | undefined> {
  if (arrival.businessKey === undefined) return await sameBytes(connection, arrival, sha256);
  return await connection
    .selectFrom('submission')
    .select(['form', 'sha256', 'revision', 'reply'])
    .where('facility', '=', arrival.facility)
    .where('kind', '=', arrival.kind)
    .where('business_key', '=', arrival.businessKey)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function sameBytes(
  connection: Connection,
  arrival: Arrival,
  sha256: string,
): Promise<Known | undefined> {
  return await connection
    .selectFrom('submission')
    .select(['form', 'sha256', 'revision', 'reply'])
    .where('facility', '=', arrival.facility)
    .where('kind', '=', arrival.kind)
    .where('form', '=', arrival.form)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
}
