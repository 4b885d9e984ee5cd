import { createHash, randomInt, randomUUID } from 'node:crypto';
import { compactTime } from '../clock/vietnam-time.ts';
import { findAnswer, keepAnswer, type KeyedWrite } from '../idempotency/idempotency-key.ts';
import { Refused } from '../problem.ts';
import type { Connection, Store } from '../store/store.ts';
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
  return await store.write(async (connection): Promise<Answer> => {
    if (write !== undefined) {
      const known = await findAnswer(store, connection, write, arrival.at);
      if (known !== undefined) return { body: known, isRepeated: true };
    }
    const contended = [arrival.facility, arrival.kind, arrival.businessKey ?? sha256].join(' ');
    await store.lock(connection, contended);
    const body = JSON.stringify(answer(await storeDocument(connection, arrival, id, sha256)));
    if (write !== undefined) await keepAnswer(connection, write, body, arrival.at);
    return { body, isRepeated: false };
  });
}

async function storeDocument(
  connection: Connection,
  arrival: Arrival,
  id: string,
  sha256: string,
): Promise<Receipt> {
  const moment = arrival.at.getTime();
  const reply: StoredReply = { id, receivedAt: compactTime(arrival.at) };
  const known = await connection
    .selectFrom('submission')
    .select('reply')
    .where('facility', '=', arrival.facility)
    .where('kind', '=', arrival.kind)
    .where('form', '=', arrival.form)
    .where('sha256', '=', sha256)
    .executeTakeFirst();
  if (known !== undefined) return { ...(JSON.parse(known.reply) as StoredReply), isReplay: true };

  let revision = 1;
  if (arrival.businessKey !== undefined) {
    const latest = await connection
      .selectFrom('submission')
      .select(['revision', 'sha256'])
      .where('facility', '=', arrival.facility)
      .where('kind', '=', arrival.kind)
      .where('business_key', '=', arrival.businessKey)
      .orderBy('revision', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (latest !== undefined && latest.sha256 !== sha256 && !arrival.mayCorrect) {
      throw new Refused({
        status: 409,
        code: 'DUPLICATE_DIFFERENT',
        title: 'Other bytes were received under this MA_LK',
        more: { stored: latest.sha256, sent: sha256 },
      });
    }
    revision = Number(latest?.revision ?? 0) + 1;
  }
  await connection
    .insertInto('submission')
    .values({
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
    })
    .execute();
  await connection
    .insertInto('submission_bytes')
    .values({ submission_id: id, bytes: arrival.bytes })
    .execute();
  await connection
    .insertInto('event')
    .values({
      at: moment,
      type: `${arrival.kind}.received`,
      facility: arrival.facility,
      subject: id,
      data: JSON.stringify({ sha256, revision }),
    })
    .execute();
  await connection
    .insertInto('job')
    .values({
      id: randomUUID(),
      kind: 'check',
      subject: id,
      due_at: moment + arrival.checkAfter,
      attempts: 0,
      last_error: null,
    })
    .execute();
  return { ...reply, isReplay: false };
}
