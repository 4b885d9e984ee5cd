import { isoDay } from '../../clock/vietnam-time.ts';
import type { ServerContext } from '../../context.ts';
import { readPartyRegister } from '../../seed/parties.ts';
import type { PaymentFault } from '../../scenarios/scenario.ts';
import type { Connection } from '../../store/store.ts';
import { keepMovements } from '../bank-book.ts';
import { businessDay, cutOffData } from '../business-day.ts';
import { creditDesk } from '../credit-desk.ts';
import { recordLifecycle } from '../lifecycles.ts';
import { makeMessage } from '../make-message.ts';
import { requireLive } from '../parties.ts';
import { readCredits } from '../read-credits.ts';
import { readEnvelope } from '@bhxh/sdk/payments/read';
import { extendedCutOff, type Content, type PaymentRecord } from '../records.ts';
import type { RecordKind, StepOutcome } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';

const KIND = 'portal-payment';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** How long the code of a payer is; it is the end of his account number at the reference bank. */
const CODE = 6;
/** A late callback comes after the silence has made the outcome unknown. */
const LATE = 60 * MINUTE;

const faultOf = (server: ServerContext, record: PaymentRecord): PaymentFault | undefined =>
  server.scenarios.get(record.scenario ?? '')?.effect.payment;

const referenceOf = (record: PaymentRecord): string => `FT${record.id}`;

const text = (content: Content, name: string): string => String(content[name] ?? '');

async function collectionAccount(server: ServerContext, record: PaymentRecord): Promise<string> {
  const { number } = await server.store.read
    .selectFrom('bank_account')
    .select('number')
    .where('bank', '=', record.bank)
    .where('office', '=', record.office)
    .where('purpose', '=', 'collection')
    .executeTakeFirstOrThrow();
  return number;
}

/** The movement at the bank, once the payer was debited. */
async function movementOf(
  server: ServerContext,
  record: PaymentRecord,
): Promise<{ readonly booking_date: string; readonly text: string } | undefined> {
  return await server.store.read
    .selectFrom('bank_movement')
    .select(['booking_date', 'text'])
    .where('account', '=', await collectionAccount(server, record))
    .where('reference', '=', referenceOf(record))
    .executeTakeFirst();
}

/** Debits the payer and books the credit in the bank's own book; VSS is told later, or never. */
async function debit(server: ServerContext, record: PaymentRecord): Promise<StepOutcome> {
  const { specifications, clock, store } = server;
  const { content } = record;
  if (faultOf(server, record) === 'debit-refused') return { state: 'FAILED', note: 'AM04' };
  const now = clock.now();
  const extended = await extendedCutOff(store.read, record.bank, now);
  const { businessDate } = businessDay(specifications, now, extended);
  const account = await collectionAccount(server, record);
  const payer = await payerUnit(server, record);
  const book = async (connection: Connection): Promise<undefined> => {
    await keepMovements(
      connection,
      [
        {
          account,
          reference: referenceOf(record),
          bookingDate: businessDate,
          valueDate: isoDay(now),
          direction: 'credit',
          isReversal: false,
          amount: Number(content['amount']),
          text: `+BHXH+103+00+${payer.code}+${payer.agency}+${text(content, 'bhxhNumber') || 'dong BHXH'}+`,
          counterparty: text(content, 'fullName'),
          endToEndId: text(content, 'requestId'),
        },
      ],
      now,
    );
  };
  // The bank has the money and VSS does not know: the next state is found by asking, never by sending again.
  if (faultOf(server, record) === 'timeout-after-debit') return { within: book };
  const { credit } = cutOffData(specifications).referenceBank;
  const fault = faultOf(server, record);
  const at = new Date(now.getTime() + (fault === 'callback-late' ? LATE : credit * SECOND));
  const steps =
    fault === 'callback-lost' ? [] : ['notify', ...(fault === 'callback-doubled' ? ['notify-again'] : [])];
  return { state: 'DEBITED', within: book, later: steps.map((step) => ({ step, at })) };
}

/** Persons pay through the unit that collects for them. */
async function payerUnit(
  server: ServerContext,
  record: PaymentRecord,
): Promise<{ readonly code: string; readonly agency: string }> {
  const code = text(record.content, 'unitCode') || readPartyRegister().collectsForPersons;
  const unit = await server.store.read
    .selectFrom('unit')
    .select(['code', 'agency'])
    .where('code', '=', code)
    .executeTakeFirst();
  if (unit === undefined) throw refusePayment('UNIT_UNKNOWN');
  return unit;
}

/**
 * Posts the bank's credit, as a notification would; the bank's number makes it the same credit however often it is
 * told. Gives the state and what is known afterwards.
 */
async function settleCredit(server: ServerContext, record: PaymentRecord): Promise<StepOutcome | undefined> {
  const movement = await movementOf(server, record);
  if (movement === undefined) return undefined;
  const { content } = record;
  const reference = referenceOf(record);
  const account = await collectionAccount(server, record);
  const message = await makeMessage(server, {
    from: record.bank,
    to: record.office,
    kind: 'camt.054',
    businessDate: movement.booking_date,
    messageId: reference,
    content: (messageId, createdAt) => ({
      GrpHdr: { MsgId: messageId, CreDtTm: createdAt },
      Ntfctn: [
        {
          Id: messageId,
          CreDtTm: createdAt,
          Acct: { Id: { Othr: { Id: account } } },
          Ntry: [
            {
              Amt: Number(content['amount']),
              CdtDbtInd: 'CRDT',
              Sts: { Cd: 'BOOK' },
              BookgDt: { Dt: movement.booking_date },
              ValDt: { Dt: movement.booking_date },
              AcctSvcrRef: reference,
              BkTxCd: { Domn: { Cd: 'PMNT', Fmly: { Cd: 'RCDT', SubFmlyCd: 'DMCT' } } },
              NtryDtls: [
                {
                  TxDtls: [
                    {
                      Refs: { EndToEndId: text(content, 'requestId') },
                      Amt: Number(content['amount']),
                      CdtDbtInd: 'CRDT',
                      RmtInf: { Ustrd: [movement.text] },
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
  });
  const { document } = readEnvelope(message.bytes);
  const { lines } = await readCredits(server.specifications, document);
  const known = await server.store.read
    .selectFrom('bank_credit')
    .select('id')
    .where('account', '=', account)
    .where('reference', '=', reference)
    .executeTakeFirst();
  if (known === undefined) await creditDesk(server).take({ envelope: { ...message, document }, lines });
  const credit = await server.store.read
    .selectFrom('bank_credit')
    .select('id')
    .where('account', '=', account)
    .where('reference', '=', reference)
    .executeTakeFirstOrThrow();
  const settled = { ...content, reference, creditId: credit.id, receiptNumber: `BL${record.id.slice(-10)}` };
  return text(content, 'purpose') === 'card-extension'
    ? { state: 'ISSUED', content: settled, within: (connection) => extendCard(server, connection, record) }
    : { state: 'CREDITED', content: settled };
}

/** The person's card is valid so many months longer, from its end or from today where it has ended. */
async function extendCard(
  server: ServerContext,
  connection: Connection,
  { content }: PaymentRecord,
): Promise<Content> {
  const card = await connection
    .selectFrom('card')
    .select(['number', 'valid_to'])
    .where('bhxh_number', '=', text(content, 'bhxhNumber'))
    .orderBy('valid_to', 'desc')
    .executeTakeFirst();
  const today = isoDay(server.clock.now()).replaceAll('-', '');
  const from = card === undefined || card.valid_to < today ? today : card.valid_to;
  const months = Number(from.slice(0, 4)) * 12 + Number(from.slice(4, 6)) - 1 + Number(content['months']);
  const [year, month] = [Math.floor(months / 12), (months % 12) + 1];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const day = Math.min(Number(from.slice(6, 8)), lastDay);
  const until = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (card !== undefined)
    await connection
      .updateTable('card')
      .set({ valid_to: until.replaceAll('-', '') })
      .where('number', '=', card.number)
      .execute();
  return { issuedUntil: until };
}

const isOver = (state: string): boolean => state === 'CREDITED' || state === 'ISSUED';

/** What a callback of the payment channel makes of a payment; the same one again changes nothing but its count. */
export async function takeCallback(
  server: ServerContext,
  record: PaymentRecord,
  status: string,
): Promise<StepOutcome> {
  const callbacks = Number(record.content['callbacks'] ?? 0) + 1;
  const counted = { ...record.content, callbacks };
  if (isOver(record.state)) return { content: counted };
  if (status === 'FAILED') {
    // The bank's own book decides: a failure that is told of money that moved is not believed.
    const moved = await movementOf(server, record);
    return { content: counted, state: moved === undefined ? 'FAILED' : 'UNKNOWN' };
  }
  const settled = await settleCredit(server, { ...record, content: counted });
  return settled ?? { content: counted };
}

export const portalPaymentKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    const { specifications, clock, store } = server;
    const bank = text(body, 'bank');
    requireLive(specifications, bank, clock.now());
    const isPerson = body['purpose'] !== 'contribution';
    const needed = isPerson ? ['bhxhNumber', 'fullName', 'months'] : ['unitCode'];
    if (needed.some((field) => body[field] === undefined)) throw refusePayment('PURPOSE_FIELDS');
    const unit = isPerson ? readPartyRegister().collectsForPersons : text(body, 'unitCode');
    const known = await store.read
      .selectFrom('unit')
      .select('code')
      .where('code', '=', unit)
      .executeTakeFirst();
    if (known === undefined) throw refusePayment('UNIT_UNKNOWN');
    const { expiry = 15 } = recordLifecycle(specifications, KIND);
    return {
      kind: KIND,
      office: party.code,
      bank,
      owner: party.code,
      madeBy: name,
      ownId: text(body, 'requestId'),
      content: {
        ...body,
        reference: null,
        creditId: null,
        receiptNumber: null,
        issuedUntil: null,
        callbacks: 0,
      },
      later: [{ step: 'expire', at: new Date(clock.now().getTime() + expiry * MINUTE) }],
    };
  },
  async act(server, record, { action, code }) {
    const { specifications, clock } = server;
    const now = clock.now().getTime();
    if (action === 'authorize') {
      if (code !== text(record.content, 'debitAccount').slice(-CODE)) throw refusePayment('CODE_WRONG');
      const { silence = 10 } = recordLifecycle(specifications, KIND);
      const { debit: after } = cutOffData(specifications).referenceBank;
      return {
        later: [
          { step: 'debit', at: new Date(now + after * SECOND) },
          { step: 'silence', at: new Date(now + silence * MINUTE) },
        ],
      };
    }
    // Asking the bank is the only way out of an unknown outcome.
    const settled = await settleCredit(server, record);
    return settled ?? { state: 'FAILED', note: 'the bank has no such debit' };
  },
  async run(server, record, step) {
    switch (step) {
      case 'expire':
        return record.state === 'PENDING_AUTH' ? { state: 'EXPIRED' } : undefined;
      case 'debit':
        return record.state === 'ACCEPTED' ? await debit(server, record) : undefined;
      case 'silence':
        return record.state === 'ACCEPTED' || record.state === 'DEBITED' ? { state: 'UNKNOWN' } : undefined;
      case 'notify':
      case 'notify-again':
        return await takeCallback(server, record, 'CREDITED');
      default:
        return undefined;
    }
  },
};
