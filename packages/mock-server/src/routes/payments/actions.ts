import type { ServerContext } from '../../context.ts';
import { applyStep } from '../../payments/act-on-record.ts';
import { takeCallback } from '../../payments/kinds/portal-payment.ts';
import { takeSignedSheet } from '../../payments/kinds/sheet.ts';
import { receiveEnvelope } from '../../payments/receive-envelope.ts';
import { readRecord, showRecord } from '../../payments/records.ts';
import { refusePayment } from '../../payments/refuse.ts';
import { takeResults, takeReturns } from '../../payments/take-bank-answer.ts';
import type { Handler } from '../rest-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { guardedMessage, guardedParty, jsonReply, requireSide } from './guard.ts';

/** POST /payments/v1/portal-callbacks. */
export function callBackRoute(server: ServerContext): Handler {
  return guardedParty(server, 'callBack', async (_call, session, body) => {
    requireSide(session, 'bank');
    const { store } = server;
    const row = await store.read
      .selectFrom('payment_record')
      .select('id')
      .where('kind', '=', 'portal-payment')
      .where('bank', '=', session.party.code)
      .where('own_id', '=', String(body['requestId']))
      .executeTakeFirst();
    const record = row === undefined ? undefined : await readRecord(store.read, row.id);
    if (record === undefined) throw refusePayment('NOT_YOURS');
    const outcome = await takeCallback(server, record, String(body['status']));
    const changed = await store.write((connection) =>
      applyStep(server, connection, record, {
        action: 'callback',
        state: record.state,
        by: session.name,
        note: String(body['callbackId']),
        outcome,
      }),
    );
    return gatewayReply(await showRecord(server, store.read, changed));
  });
}

/** POST /payments/v1/disbursement-results and …-returns. */
export function bankAnswerRoute(server: ServerContext, operation: string): Handler {
  const [definition, take] =
    operation === 'sendReturns' ? (['pacs.004', takeReturns] as const) : (['pain.002', takeResults] as const);
  return guardedMessage(server, operation, async (_call, session, bytes) => {
    requireSide(session, 'bank');
    const envelope = await receiveEnvelope(server, session.party, bytes, [definition]);
    return jsonReply(JSON.stringify(await take(server, session, envelope)), 202);
  });
}

/** POST /payments/v1/sheets/{id}/signatures. */
export function signSheetRoute(server: ServerContext): Handler {
  return guardedMessage(server, 'signSheet', async (call, session, bytes) => {
    const shown = await takeSignedSheet(server, session, {
      id: call.req.param('id') ?? '',
      ifMatch: call.req.header('if-match'),
      bytes,
    });
    return jsonReply(JSON.stringify(shown), 200, { ETag: `"${String(shown['version'])}"` });
  });
}
