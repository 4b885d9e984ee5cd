import type { ServerContext } from '../../context.ts';
import { actOnRecord, keepDocument } from '../../payments/act-on-record.ts';
import type { RecordKind } from '../../payments/record-kind.ts';
import {
  createRecord,
  pageOfRecords,
  planStep,
  recordByOwnId,
  showRecord,
  visibleRecord,
  type Content,
} from '../../payments/records.ts';
import { recordLifecycle } from '../../payments/lifecycles.ts';
import { refusePayment } from '../../payments/refuse.ts';
import type { Handler } from '../rest-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { guardedParty, jsonReply, requireSide, writeOnce } from './guard.ts';

const PAGE = 100;

/** POST of a kind: makes a record, once under a key or the caller's own id. */
export function openRecordRoute(server: ServerContext, operation: string, kind: RecordKind): Handler {
  return guardedParty(server, operation, async (call, session, body) => {
    const { creates } = recordLifecycle(server.specifications, kind.kind);
    if (!creates.includes(session.party.side)) requireSide(session, creates[0] ?? 'office');
    const { effect, id: scenario } = call.get('scenario');
    const { later, documents, within, ...fresh } = await kind.open(server, session, body);
    const { body: answer, isRepeated } = await writeOnce(
      server,
      call,
      session,
      { operation, content: body },
      async (connection) => {
        if (fresh.ownId !== undefined) {
          await server.store.lock(connection, `${kind.kind} ${fresh.owner} ${fresh.ownId}`);
          const known = await recordByOwnId(connection, kind.kind, fresh.owner, fresh.ownId);
          if (known !== undefined) {
            if (!holds(known.content, body)) throw refusePayment('OWN_ID_REUSED');
            return await showRecord(server, connection, known);
          }
        }
        let record = await createRecord(server, connection, {
          ...fresh,
          scenario: effect.payment === undefined ? undefined : scenario,
        });
        const more = await within?.(connection, record);
        if (more !== undefined) {
          record = { ...record, content: { ...record.content, ...more } };
          await connection
            .updateTable('payment_record')
            .set({ content: JSON.stringify(record.content) })
            .where('id', '=', record.id)
            .execute();
        }
        for (const { name, bytes } of documents ?? []) await keepDocument(connection, record.id, name, bytes);
        for (const { step, at } of later ?? []) await planStep(connection, record, step, at);
        return await showRecord(server, connection, record);
      },
    );
    server.jobs.wake();
    return jsonReply(answer, 201, isRepeated ? { 'Idempotency-Replayed': 'true' } : {});
  });
}

/** What was asked for the first time is asked for again. */
function holds(content: Content, body: Content): boolean {
  return Object.entries(body).every(
    ([name, value]) => JSON.stringify(content[name]) === JSON.stringify(value),
  );
}

/** GET of a kind. */
export function findRecordsRoute(server: ServerContext, operation: string, kind: string): Handler {
  return guardedParty(server, operation, async (call, { party }) => {
    const { read } = server.store;
    const { records, next } = await pageOfRecords(read, kind, party.code, {
      state: call.req.query('state'),
      after: call.req.query('after'),
      limit: Number(call.req.query('limit') ?? PAGE),
    });
    return gatewayReply({
      records: await Promise.all(records.map((record) => showRecord(server, read, record))),
      next,
    });
  });
}

/** GET of one record. */
export function readRecordRoute(server: ServerContext, operation: string, kind: string): Handler {
  return guardedParty(server, operation, async (call, { party }) => {
    const { read } = server.store;
    const record = await visibleRecord(read, kind, call.req.param('id') ?? '', party.code);
    return jsonReply(JSON.stringify(await showRecord(server, read, record)), 200, {
      ETag: `"${record.version}"`,
    });
  });
}

/** POST of a step. */
export function actOnRecordRoute(server: ServerContext, operation: string, kind: RecordKind): Handler {
  return guardedParty(server, operation, async (call, session, body) => {
    const text = (name: string): string | null => (typeof body[name] === 'string' ? body[name] : null);
    const input = { action: text('action') ?? '', note: text('note'), code: text('code') };
    const shown = await actOnRecord(
      server,
      kind,
      call.req.param('id') ?? '',
      call.req.header('if-match'),
      input,
      session,
    );
    return jsonReply(JSON.stringify(shown), 200, { ETag: `"${String(shown['version'])}"` });
  });
}
