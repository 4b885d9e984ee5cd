import type { ServerContext } from '../../context.ts';
import { reconciliationKind, receiveListingPage } from '../../payments/kinds/reconciliation.ts';
import { receiveEnvelope } from '../../payments/receive-envelope.ts';
import { pageOfRecords, showRecord, visibleRecord } from '../../payments/records.ts';
import { refusePayment } from '../../payments/refuse.ts';
import { bytesOf } from '../../store/tables.ts';
import { xmlReply } from '../declarations/dossiers.ts';
import type { Handler } from '../rest-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { guardedMessage, guardedParty, jsonReply, requireSide } from './guard.ts';

const PAGE = 100;

/** POST /payments/v1/reconciliations/pages. */
export function sendListingPageRoute(server: ServerContext): Handler {
  return guardedMessage(server, 'sendListingPage', async (_call, session, bytes) => {
    requireSide(session, 'bank');
    const envelope = await receiveEnvelope(server, session.party, bytes, ['camt.053']);
    const shown = await receiveListingPage(server, session.party, session.name, envelope);
    return jsonReply(JSON.stringify(shown), 202);
  });
}

/** GET /payments/v1/reconciliations. */
export function findReconciliationsRoute(server: ServerContext): Handler {
  return guardedParty(server, 'findReconciliations', async (call, { party }) => {
    const { read } = server.store;
    const { records, next } = await pageOfRecords(read, reconciliationKind.kind, party.code, {
      state: call.req.query('state'),
      after: call.req.query('after'),
      limit: Number(call.req.query('limit') ?? PAGE),
      account: call.req.query('account'),
      businessDate: call.req.query('businessDate'),
    });
    return gatewayReply({
      records: await Promise.all(records.map((record) => showRecord(server, read, record))),
      next,
    });
  });
}

/** A document that belongs to a record both sides see. */
export function recordDocumentRoute(
  server: ServerContext,
  operation: string,
  kind: string,
  name: string,
): Handler {
  return guardedParty(server, operation, async (call, { party }) => {
    const { read } = server.store;
    const record = await visibleRecord(read, kind, call.req.param('id') ?? '', party.code);
    const row = await read
      .selectFrom('payment_document')
      .select('bytes')
      .where('record_id', '=', record.id)
      .where('name', '=', name)
      .executeTakeFirst();
    if (row === undefined) throw refusePayment('NOT_YOURS');
    return xmlReply(bytesOf(row.bytes));
  });
}
