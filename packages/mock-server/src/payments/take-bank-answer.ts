import { listAt, textAt } from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../context.ts';
import { applyStep } from './act-on-record.ts';
import { bookResults, bookReturns } from './book-disbursement.ts';
import type { LineResult } from './disbursement-lines.ts';
import { stateOfResults } from './kinds/disbursement.ts';
import type { ActingParty } from './parties.ts';
import { readRecords } from './read-request.ts';
import { findReceipt, keepMessage, newReceipt, type ReceivedEnvelope } from './receive-envelope.ts';
import { readRecord, showRecord, type Content, type PaymentRecord } from './records.ts';
import type { StepOutcome } from './record-kind.ts';
import { refusePayment } from './refuse.ts';

interface Actor {
  readonly party: ActingParty;
  readonly name: string;
}

/** The batch that a bank's message answers: by the id of the order, or of the batch. */
async function batchOf(server: ServerContext, bank: string, ids: readonly string[]): Promise<PaymentRecord> {
  for (const id of ids) {
    const direct = await readRecord(server.store.read, id);
    if (direct?.kind === 'disbursement' && direct.bank === bank) return direct;
    const message = await server.store.read
      .selectFrom('payment_document')
      .innerJoin('payment_record', 'payment_record.id', 'payment_document.record_id')
      .select('payment_record.id')
      .where('payment_record.kind', '=', 'disbursement')
      .where('payment_record.bank', '=', bank)
      .where('payment_document.name', '=', 'order')
      .where('payment_record.content', 'like', `%"messageId":${JSON.stringify(id)}%`)
      .executeTakeFirst();
    const found = message === undefined ? undefined : await readRecord(server.store.read, message.id);
    if (found !== undefined) return found;
  }
  throw refusePayment('NOT_YOURS');
}

async function store(
  server: ServerContext,
  actor: Actor,
  envelope: ReceivedEnvelope,
  record: PaymentRecord,
  action: string,
  outcome: StepOutcome,
): Promise<Content> {
  const changed = await server.store.write(async (connection) => {
    if ((await findReceipt(connection, envelope)) !== undefined) return undefined;
    await keepMessage(connection, envelope, newReceipt(envelope).id, '{}');
    return await applyStep(server, connection, record, {
      action,
      state: record.state,
      by: actor.name,
      note: null,
      outcome,
    });
  });
  const shown = changed ?? (await readRecord(server.store.read, record.id)) ?? record;
  return await showRecord(server, server.store.read, shown);
}

/** pain.002 of a bank's own software: results line by line. A batch that has its results keeps them. */
export async function takeResults(
  server: ServerContext,
  actor: Actor,
  envelope: ReceivedEnvelope,
): Promise<Content> {
  const { records, message } = readRecords(server, 'pain.002', envelope.document);
  const original = textAt(message, 'OrgnlGrpInfAndSts', 'OrgnlMsgId') ?? '';
  const record = await batchOf(server, actor.party.code, [
    envelope.header.correlationId ?? original,
    original,
  ]);
  const known = await server.store.read
    .selectFrom('payment_message')
    .select('id')
    .where('sender', '=', envelope.header.from)
    .where('message_id', '=', envelope.header.messageId)
    .executeTakeFirst();
  if (known !== undefined) return await store(server, actor, envelope, record, 'results', {});
  if (record.state !== 'RECEIVED' && record.state !== 'VALIDATED')
    throw refusePayment('STATE_WRONG', { detail: record.state });
  const { batchStatuses, lineStatuses } = server.specifications.payments('disbursement') as {
    readonly batchStatuses: Readonly<Record<string, string>>;
    readonly lineStatuses: Readonly<Record<string, string>>;
  };
  const group = textAt(message, 'OrgnlGrpInfAndSts', 'GrpSts') ?? '';
  const whole = Object.hasOwn(batchStatuses, group) ? batchStatuses[group] : undefined;
  const results = records.flatMap((line): LineResult[] => {
    const status = textAt(line, 'TxSts') ?? '';
    const state = Object.hasOwn(lineStatuses, status) ? lineStatuses[status] : undefined;
    if (state !== 'PAID' && state !== 'REJECTED') return [];
    const [why] = listAt(line, 'StsRsnInf');
    return [
      {
        lineId: textAt(line, 'OrgnlInstrId') ?? '',
        state,
        reason: textAt(why, 'Rsn', 'Cd') ?? null,
        reference: textAt(line, 'AcctSvcrRef') ?? null,
        on: null,
      },
    ];
  });
  if (results.length === 0)
    return await store(server, actor, envelope, record, 'status', {
      state: whole === 'VALIDATED' || whole === 'REJECTED' ? whole : record.state,
    });
  const all = record.content['count'];
  if (results.length !== all)
    throw refusePayment('MESSAGE_REFUSED', { findings: [{ code: 'LINES_MISSING' }] });
  return await store(server, actor, envelope, record, 'results', {
    state: stateOfResults(results),
    ...bookResults(server, record, results, { isOwnBook: true }),
  });
}

/** pacs.004 of a bank's own software: lines that came back. */
export async function takeReturns(
  server: ServerContext,
  actor: Actor,
  envelope: ReceivedEnvelope,
): Promise<Content> {
  const { records } = readRecords(server, 'pacs.004', envelope.document);
  const [first] = records;
  const record = await batchOf(server, actor.party.code, [
    envelope.header.correlationId ?? '',
    textAt(first, 'OrgnlGrpInf', 'OrgnlMsgId') ?? '',
  ]);
  const back = records.map((line) => {
    const [why] = listAt(line, 'RtrRsnInf');
    const reference = textAt(line, 'RtrId');
    return {
      lineId: textAt(line, 'OrgnlInstrId') ?? textAt(line, 'OrgnlTxId') ?? '',
      reason: textAt(why, 'Rsn', 'Cd') ?? 'NARR',
      ...(reference === undefined ? {} : { reference }),
    };
  });
  return await store(
    server,
    actor,
    envelope,
    record,
    'returns',
    bookReturns(server, record, back, { isOwnBook: true }),
  );
}
