import { isoDay, startOfDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { creditDesk } from '../../payments/credit-desk.ts';
import { entriesAbout, showEntry } from '../../payments/explain.ts';
import { readCredits } from '../../payments/read-credits.ts';
import { receiveEnvelope } from '../../payments/receive-envelope.ts';
import { refusePayment } from '../../payments/refuse.ts';
import type { BankCreditTable } from '../../store/payment-tables.ts';
import type { Handler } from '../rest-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { guardedMessage, guardedParty, jsonReply, requireSide } from './guard.ts';
import { messageName } from './messages.ts';
import { pageOf, pageStart } from '../../payments/newest-first.ts';

const PAGE = 100;
const DAY = 86_400_000;

/** POST /payments/v1/credits. */
export function notifyCreditsRoute(server: ServerContext): Handler {
  return guardedMessage(server, 'notifyCredits', async (_call, session, bytes) => {
    requireSide(session, 'bank');
    const envelope = await receiveEnvelope(server, session.party, bytes, ['camt.054']);
    const { lines, findings } = await readCredits(server.specifications, envelope.document);
    if (findings.length > 0) throw refusePayment('MESSAGE_REFUSED', { findings });
    const own = await server.store.read
      .selectFrom('bank_account')
      .select(['number', 'bank'])
      .where('number', 'in', [...new Set(lines.map(({ account }) => account))])
      .execute();
    if (own.some(({ bank }) => bank !== session.party.code)) throw refusePayment('ACCOUNT_UNKNOWN');
    return jsonReply(await creditDesk(server).take({ envelope, lines }), 202);
  });
}

/** GET /payments/v1/credits. */
export function findCreditsRoute(server: ServerContext): Handler {
  return guardedParty(server, 'findCredits', async (call, { party }) => {
    const query = (name: string): string | undefined => call.req.query(name);
    const limit = Number(query('limit') ?? PAGE);
    let rows = server.store.read.selectFrom('bank_credit').selectAll();
    if (party.side === 'bank') rows = rows.where('bank', '=', party.code);
    const [account, status, unit, reference] = ['account', 'status', 'unitCode', 'reference'].map(query);
    if (account !== undefined) rows = rows.where('account', '=', account);
    if (status !== undefined) rows = rows.where('status', '=', status as BankCreditTable['status']);
    if (unit !== undefined) rows = rows.where('unit', '=', unit);
    if (reference !== undefined) rows = rows.where('reference', '=', reference);
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
      credits: page.map(showCredit),
      next,
    });
  });
}

/** GET /payments/v1/credits/{id}. */
export function readCreditRoute(server: ServerContext): Handler {
  return guardedParty(server, 'readCredit', async (call, { party }) => {
    const { read } = server.store;
    const row = await read
      .selectFrom('bank_credit')
      .selectAll()
      .where('id', '=', call.req.param('id') ?? '')
      .executeTakeFirst();
    if (row === undefined || (party.side === 'bank' && row.bank !== party.code))
      throw refusePayment('NOT_YOURS');
    const undone = await read
      .selectFrom('bank_credit')
      .select(['message', 'key'])
      .where('reverses', '=', row.id)
      .execute();
    const messages = await read
      .selectFrom('payment_message')
      .selectAll()
      .where('id', 'in', [row.message, ...undone.map(({ message }) => message)])
      .orderBy('received_at')
      .execute();
    const entries = await entriesAbout(read, row);
    return gatewayReply({
      ...showCredit(row),
      entries: entries.map(showEntry),
      messages: messages.map(messageName),
    });
  });
}

function showCredit(row: BankCreditTable): Readonly<Record<string, unknown>> {
  return {
    id: row.id,
    bank: row.bank,
    account: row.account,
    direction: row.direction,
    currency: row.currency,
    amount: row.amount === null ? null : String(row.amount),
    bookingDate: row.booking_date,
    valueDate: row.value_date,
    isLatePosting: row.value_date < row.booking_date,
    status: row.status,
    reason: row.reason,
    unitCode: row.unit,
    reference: row.reference,
    endToEndId: row.end_to_end,
    text: row.text,
    messageId: row.message,
    reverses: row.reverses,
    receivedAt: new Date(row.received_at).toISOString(),
  };
}

/** GET /payments/v1/collection-reports, by day of booking. */
export function readCollectionReportRoute(server: ServerContext): Handler {
  return guardedParty(server, 'readCollectionReport', async (call, { party }) => {
    const today = isoDay(server.clock.now());
    const [from, to] = [call.req.query('from') ?? today, call.req.query('to') ?? today];
    let rows = server.store.read
      .selectFrom('bank_credit')
      .select((s) => [
        'bank',
        'account',
        'booking_date',
        'status',
        s.fn.countAll().as('count'),
        s.fn.sum('amount').as('amount'),
      ])
      .where('booking_date', '>=', from)
      .where('booking_date', '<=', to);
    if (party.side === 'bank') rows = rows.where('bank', '=', party.code);
    const lines = await rows
      .groupBy(['bank', 'account', 'booking_date', 'status'])
      .orderBy('bank')
      .orderBy('account')
      .orderBy('booking_date')
      .orderBy('status')
      .execute();
    const held = new Set(['ALLOCATED', 'SUSPENSE', 'REFUND']);
    return gatewayReply({
      lines: lines.map(({ bank, account, booking_date, status, count, amount }) => ({
        bank,
        account,
        day: booking_date,
        status,
        count: Number(count),
        amount: String(Number(amount ?? 0)),
      })),
      total: String(
        lines.reduce((sum, { status, amount }) => sum + (held.has(status) ? Number(amount ?? 0) : 0), 0),
      ),
    });
  });
}
