import { randomInt, randomUUID } from 'node:crypto';
import { compactTime } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import { findAnswer, keepAnswer, type KeyedWrite } from '../idempotency/idempotency-key.ts';
import { sha256Of, type Answer } from '../lifecycle/receive.ts';
import type { Channel, StoredDossier } from '../store/declaration-tables.ts';
import type { Connection } from '../store/store.ts';
import { openLifecycle } from './lifecycle.ts';
import type { EnvelopeFacts } from './read-envelope.ts';

export const DOSSIER_JOB = 'dossier';

export interface DossierArrival {
  readonly facts: EnvelopeFacts;
  /** Agency of the unit as the register has it. */
  readonly agency: string;
  readonly accountId: string;
  readonly bytes: Uint8Array;
  readonly scenario: string | undefined;
  readonly at: Date;
  /** How it came and goes back; electronically when left out. */
  readonly channels?: { readonly intake: Channel; readonly returns: Channel };
  readonly authentication?: StoredDossier['authentication'];
  /** SHA-256 of the key with which an individual follows it. */
  readonly followHash?: string;
  /** Goes into the receipt of the first time. */
  readonly receiptMore?: Readonly<Record<string, string>>;
  /** Runs in the transaction that stores it, and not for what was received before. */
  readonly onStore?: (connection: Connection) => Promise<void>;
}

interface DossierReceipt {
  readonly maGiaoDich: string;
  readonly unitCode: string;
  readonly sha256: string;
  readonly receivedAt: string;
  readonly isReplay: boolean;
}

/**
 * Takes a dossier in: row, bytes, first step, event and job in one transaction. Identical bytes of a unit get the receipt
 * of the first time.
 */
export async function receiveDossier(
  { store, specifications, scenarios }: ServerContext,
  arrival: DossierArrival,
  write: KeyedWrite | undefined,
): Promise<Answer> {
  const lifecycle = openLifecycle(specifications);
  const { facts, at, bytes } = arrival;
  const sha256 = sha256Of(bytes);
  const id = `HS${facts.unit}${compactTime(at)}${String(randomInt(10 ** 8)).padStart(8, '0')}`;
  const { stuckIn } = scenarios.get(arrival.scenario ?? '')?.effect.dossier ?? {};
  const first = stuckIn === lifecycle.start ? undefined : lifecycle.stepFrom(lifecycle.start);
  return await store.write(async (connection): Promise<Answer> => {
    if (write !== undefined) {
      const known = await findAnswer(store, connection, write, at);
      if (known !== undefined) return { body: known, isRepeated: true };
    }
    await store.lock(connection, `dossier ${facts.unit}`);
    const known = await connection
      .selectFrom('dossier')
      .select(['id', 'received_at'])
      .where('unit', '=', facts.unit)
      .where('sha256', '=', sha256)
      .executeTakeFirst();
    const receipt: DossierReceipt = {
      maGiaoDich: known?.id ?? id,
      unitCode: facts.unit,
      sha256,
      receivedAt: new Date(known?.received_at ?? at).toISOString(),
      isReplay: known !== undefined,
      ...(known === undefined ? arrival.receiptMore : {}),
    };
    if (known === undefined) {
      await arrival.onStore?.(connection);
      const earlier = await connection
        .selectFrom('dossier')
        .select((s) => s.fn.max('batch').as('batch'))
        .where('unit', '=', facts.unit)
        .where('period', facts.period === null ? 'is' : '=', facts.period)
        .executeTakeFirst();
      await connection
        .insertInto('dossier')
        .values({
          id,
          unit: facts.unit,
          account_id: arrival.accountId,
          agency: arrival.agency,
          procedure_code: facts.procedure === '' ? null : facts.procedure,
          period: facts.period,
          batch: Number(earlier?.batch ?? 0) + 1,
          sha256,
          size: bytes.length,
          state: lifecycle.start,
          received_at: at.getTime(),
          changed_at: at.getTime(),
          decided_at: null,
          number: null,
          due_day: null,
          is_due_provisional: 0,
          scenario: arrival.scenario ?? null,
          reasons: '[]',
          findings: '[]',
          card_changes: '[]',
          intake: arrival.channels?.intake ?? 'electronic',
          returns: arrival.channels?.returns ?? 'electronic',
          authentication: arrival.authentication ?? 'signature',
          follow_hash: arrival.followHash ?? null,
        })
        .execute();
      await connection.insertInto('dossier_bytes').values({ dossier_id: id, bytes }).execute();
      await connection
        .insertInto('event')
        .values({
          at: at.getTime(),
          type: `dossier.${lifecycle.start}`,
          facility: null,
          subject: id,
          data: JSON.stringify({ unit: facts.unit, procedure: facts.procedure }),
        })
        .execute();
      if (first !== undefined)
        await connection
          .insertInto('job')
          .values({
            id: randomUUID(),
            kind: DOSSIER_JOB,
            subject: id,
            due_at: lifecycle.dueMoment(first, { since: at, dueDay: undefined }).getTime(),
            attempts: 0,
            last_error: null,
          })
          .execute();
    }
    const body = JSON.stringify(receipt);
    if (write !== undefined) await keepAnswer(connection, write, body, at);
    return { body, isRepeated: false };
  });
}
