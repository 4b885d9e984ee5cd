import { createWorkingDays } from '@bhxh/sdk/code-lists';
import { startOfDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { keepDocument } from '../../payments/act-on-record.ts';
import { balanceOn } from '../../payments/bank-book.ts';
import { businessDay, cutOffData } from '../../payments/business-day.ts';
import { makeMessage } from '../../payments/make-message.ts';
import { ownAccount, requireLive } from '../../payments/parties.ts';
import { readReportRequest } from '../../payments/read-request.ts';
import { keepMessage, receiveEnvelope, newReceipt, findReceipt } from '../../payments/receive-envelope.ts';
import { createRecord, visibleRecord } from '../../payments/records.ts';
import { refusePayment } from '../../payments/refuse.ts';
import { balanceItem, makeStatementPages } from '../../payments/statement-pages.ts';
import { bytesOf } from '../../store/tables.ts';
import { xmlReply } from '../declarations/dossiers.ts';
import type { Handler } from '../rest-call.ts';
import { gatewayReply } from '../reply-shapes.ts';
import { guardedMessage, guardedParty, jsonReply, requireSide } from './guard.ts';

const DAY = 86_400_000;

/** POST /payments/v1/balance-inquiries. */
export function inquireBalanceRoute(server: ServerContext): Handler {
  return guardedMessage(server, 'inquireBalance', async (call, session, bytes) => {
    requireSide(session, 'office');
    const { store, specifications, clock } = server;
    const envelope = await receiveEnvelope(server, session.party, bytes, ['camt.060']);
    const request = readReportRequest(server, envelope.document);
    if (!request.report.startsWith('camt.052')) throw refusePayment('MESSAGE_UNEXPECTED');
    const account = await ownAccount(store.read, session.party, request.account);
    if (account.bank !== envelope.header.to) throw refusePayment('ENVELOPE_RECEIVER');
    requireLive(specifications, account.bank, clock.now());
    const balance = await balanceOn(store.read, account);
    const isBlocked = account.status !== 'open';
    const { businessDate } = businessDay(specifications, clock.now());
    const answer = await makeMessage(server, {
      from: account.bank,
      to: session.party.code,
      kind: 'camt.052',
      businessDate,
      correlationId: envelope.header.messageId,
      ...(call.get('scenario').effect.payment === 'fraction'
        ? { spoil: (text: string) => text.replace(/(<Bal>.*?<Amt[^>]*>\d+)</, '$1.5<') }
        : {}),
      content: (messageId, createdAt) => ({
        GrpHdr: { MsgId: messageId, CreDtTm: createdAt },
        Rpt: [
          {
            Id: messageId,
            CreDtTm: createdAt,
            Acct: { Id: { Othr: { Id: account.number } } },
            Bal: [
              balanceItem('ITBD', balance, businessDate),
              balanceItem('ITAV', isBlocked ? 0 : balance, businessDate),
            ],
          },
        ],
      }),
    });
    await store.write(async (connection) => {
      if ((await findReceipt(connection, envelope)) !== undefined) return;
      await keepMessage(connection, envelope, newReceipt(envelope).id, '{}');
      await keepMessage(connection, answer, answer.id, '{}');
    });
    return xmlReply(answer.bytes);
  });
}

/** POST /payments/v1/statements. */
export function requestStatementRoute(server: ServerContext): Handler {
  return guardedMessage(server, 'requestStatement', async (call, session, bytes) => {
    requireSide(session, 'office');
    const { store, specifications, clock } = server;
    const envelope = await receiveEnvelope(server, session.party, bytes, ['camt.060']);
    const request = readReportRequest(server, envelope.document);
    if (!request.report.startsWith('camt.053')) throw refusePayment('MESSAGE_UNEXPECTED');
    const account = await ownAccount(store.read, session.party, request.account);
    if (account.bank !== envelope.header.to) throw refusePayment('ENVELOPE_RECEIVER');
    requireLive(specifications, account.bank, clock.now());
    const { from, to } = request;
    const span = (startOfDay(to).getTime() - startOfDay(from).getTime()) / DAY;
    if (!(span >= 0 && span < cutOffData(specifications).statement.days))
      throw refusePayment('SPAN_TOO_LONG');
    const { businessDate } = businessDay(specifications, clock.now());
    const { pages, lines } = await makeStatementPages(server, {
      account,
      from,
      to,
      office: session.party.code,
      correlationId: envelope.header.messageId,
      businessDate,
      fault: call.get('scenario').effect.payment,
    });
    const answer = await store.write(async (connection) => {
      const known = await findReceipt(connection, envelope);
      if (known !== undefined) return known;
      const record = await createRecord(server, connection, {
        kind: 'statement',
        office: session.party.code,
        bank: account.bank,
        owner: session.party.code,
        madeBy: session.name,
        businessDate,
        content: { account: account.number, from, to, pages: pages.length, lines },
      });
      for (const [index, page] of pages.entries())
        await keepDocument(connection, record.id, `page-${index + 1}`, page);
      const offer = { id: record.id, account: account.number, from, to, pages: pages.length, lines };
      await keepMessage(connection, envelope, newReceipt(envelope).id, JSON.stringify(offer));
      return JSON.stringify(offer);
    });
    return jsonReply(answer, 201);
  });
}

/** GET /payments/v1/statements/{id}/pages/{page}. */
export function readStatementPageRoute(server: ServerContext): Handler {
  return guardedParty(server, 'readStatementPage', async (call, { party }) => {
    const { read } = server.store;
    const record = await visibleRecord(read, 'statement', call.req.param('id') ?? '', party.code);
    const row = await read
      .selectFrom('payment_document')
      .select('bytes')
      .where('record_id', '=', record.id)
      .where('name', '=', `page-${Number(call.req.param('page'))}`)
      .executeTakeFirst();
    if (row === undefined) throw refusePayment('PAGE_UNKNOWN');
    return xmlReply(bytesOf(row.bytes));
  });
}

/** POST /payments/v1/obligation-inquiries. */
export function inquireObligationRoute(server: ServerContext): Handler {
  return guardedParty(server, 'inquireObligation', async (_call, _session, body) => {
    const { store, specifications, clock } = server;
    const unitCode = String(body['unitCode']);
    const unit = await store.read
      .selectFrom('unit')
      .selectAll()
      .where('code', '=', unitCode)
      .executeTakeFirst();
    const office = body['officeCode'];
    if (unit === undefined || (office !== undefined && office !== unit.agency))
      return gatewayReply({ result: 'NOT_FOUND' });
    const balances = await store.read
      .selectFrom('ledger_balance')
      .select(['account', 'balance'])
      .where('unit', '=', unitCode)
      .where('balance', '<>', 0)
      .orderBy('account')
      .execute();
    const owed = new Map<string, { fund: string; part: string; amount: number }>();
    for (const { account, balance } of balances) {
      const [kind, , fund = '', part = ''] = account.split(':');
      if (kind !== 'due') continue;
      const key = `${fund} ${part}`;
      const line = owed.get(key) ?? { fund, part, amount: 0 };
      line.amount -= balance;
      owed.set(key, line);
    }
    const sumOf = (part: string): number =>
      [...owed.values()].filter((line) => line.part === part).reduce((sum, { amount }) => sum + amount, 0);
    const carried = balances.find(({ account }) => account === `carried:${unitCode}`)?.balance ?? 0;
    const isDue = [...owed.values()].some(({ amount }) => amount > 0);
    const accounts = await store.read
      .selectFrom('bank_account')
      .select(['bank', 'number'])
      .where('purpose', '=', 'collection')
      .where('status', '=', 'open')
      .where('office', '=', unit.agency)
      .orderBy('number')
      .execute();
    const day = businessDay(specifications, clock.now());
    const end = createWorkingDays(specifications.calendar).add(day.businessDate, 0).date;
    return gatewayReply({
      result: unit.status === 'suspended' ? 'CLOSED_UNIT' : isDue ? 'FOUND' : 'NOTHING_DUE',
      unitCode,
      unitName: unit.name,
      principal: String(sumOf('principal')),
      interest: String(sumOf('interest')),
      carried: String(carried),
      funds: [...owed.values()]
        .filter(({ amount }) => amount !== 0)
        .map(({ fund, part, amount }) => ({ fund, part, amount: String(amount) })),
      accounts: accounts.map(({ bank, number }) => ({ bank, account: number })),
      remittanceText: `+BHXH+103+00+${unitCode}+${unit.agency}+dong BHXH+`,
      validUntil: new Date(startOfDay(end).getTime() + DAY).toISOString(),
    });
  });
}
