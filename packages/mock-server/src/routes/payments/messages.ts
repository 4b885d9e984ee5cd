import { startOfDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { explainAccount, showEntry } from '../../payments/explain.ts';
import { refusePayment } from '../../payments/refuse.ts';
import type { PaymentMessageTable } from '../../store/payment-tables.ts';
import { bytesOf } from '../../store/tables.ts';
import type { Handler } from '../rest-call.ts';
import { xmlReply } from '../declarations/dossiers.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { guardedParty, requireSide } from './guard.ts';
import { pageOf, pageStart } from '../../payments/newest-first.ts';

const PAGE = 100;
const DAY = 86_400_000;
const NAMED = [
  'id',
  'sender',
  'receiver',
  'message_id',
  'definition',
  'service',
  'correlation_id',
  'sha256',
  'business_date',
  'received_at',
] as const;

export function messageName(
  row: Pick<PaymentMessageTable, (typeof NAMED)[number]>,
): Readonly<Record<string, unknown>> {
  return {
    id: row.id,
    from: row.sender,
    to: row.receiver,
    messageId: row.message_id,
    definition: row.definition,
    service: row.service,
    correlationId: row.correlation_id,
    sha256: row.sha256,
    businessDate: row.business_date,
    receivedAt: new Date(row.received_at).toISOString(),
  };
}

/** GET /payments/v1/messages. */
export function findMessagesRoute(server: ServerContext): Handler {
  return guardedParty(server, 'findMessages', async (call, { party }) => {
    const query = (name: string): string | undefined => call.req.query(name);
    const limit = Number(query('limit') ?? PAGE);
    const direction = query('direction');
    let rows = server.store.read.selectFrom('payment_message').select(NAMED);
    if (direction === 'in') rows = rows.where('receiver', '=', party.code);
    else if (direction === 'out') rows = rows.where('sender', '=', party.code);
    else rows = rows.where((s) => s.or([s('sender', '=', party.code), s('receiver', '=', party.code)]));
    const [definition, messageId, sha256] = ['definition', 'messageId', 'sha256'].map(query);
    if (definition !== undefined)
      rows = rows.where('definition', 'like', `${definition.replaceAll(/[%_]/g, '')}%`);
    if (messageId !== undefined) rows = rows.where('message_id', '=', messageId);
    if (sha256 !== undefined) rows = rows.where('sha256', '=', sha256);
    const [from, to] = [query('from'), query('to')];
    if (from !== undefined) rows = rows.where('received_at', '>=', startOfDay(from).getTime());
    if (to !== undefined) rows = rows.where('received_at', '<', startOfDay(to).getTime() + DAY);
    const start = pageStart(query('after'));
    if (start !== undefined)
      rows = rows.where(({ or, and, eb }) =>
        or([
          eb('received_at', '<', start.moment),
          and([eb('received_at', '=', start.moment), eb('id', '<', start.id)]),
        ]),
      );
    const found = await rows
      .orderBy('received_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const { page, next } = pageOf(found, limit, (row) => row.received_at);
    return gatewayReply({
      messages: page.map(messageName),
      next,
    });
  });
}

/** GET /payments/v1/messages/{id}. */
export function readMessageRoute(server: ServerContext): Handler {
  return guardedParty(server, 'readMessage', async (call, { party }) => {
    const row = await server.store.read
      .selectFrom('payment_message')
      .select(['bytes', 'sender', 'receiver'])
      .where('id', '=', call.req.param('id') ?? '')
      .executeTakeFirst();
    if (row === undefined || (row.sender !== party.code && row.receiver !== party.code))
      throw refusePayment('NOT_YOURS');
    return xmlReply(bytesOf(row.bytes));
  });
}

/** GET /payments/v1/ledger/{account}. */
export function explainAccountRoute(server: ServerContext): Handler {
  return guardedParty(server, 'explainAccount', async (call, session) => {
    requireSide(session, 'office');
    const account = call.req.param('account') ?? '';
    const limit = Number(call.req.query('limit') ?? PAGE);
    const { balance, entries, hasMore } = await explainAccount(server.store.read, account, limit);
    return gatewayReply({ account, balance: String(balance), entries: entries.map(showEntry), hasMore });
  });
}
