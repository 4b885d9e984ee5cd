import type { OutgoingObject } from '@bhxh/sdk/payments/read';
import type { Bilingual } from '@bhxh/sdk/errors';
import type { ServerContext } from '../../context.ts';
import { cutOffData } from '../business-day.ts';
import { makeMessage, newMessageId, vietnamMoment } from '../make-message.ts';
import { findParty, requireLive } from '../parties.ts';
import type { Content, PaymentRecord } from '../records.ts';
import type { RecordKind, StepOutcome } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';

const KIND = 'trace';
const SECOND = 1_000;

interface TraceReason {
  readonly code: string;
  readonly iso: string;
  /** The message that carries it. */
  readonly message: 'camt.026' | 'camt.056' | 'camt.087';
  readonly label: Bilingual;
}

function reasonOf(server: ServerContext, code: string): TraceReason {
  const { reasons } = server.specifications.payments('trace-inquiry') as {
    readonly reasons: readonly TraceReason[];
  };
  const reason = reasons.find((one) => one.code === code);
  if (reason === undefined) throw refusePayment('REASON_UNKNOWN');
  return reason;
}

const text = (content: Content, name: string): string => String(content[name] ?? '');
const party = (name: string): OutgoingObject => ({ Pty: { Nm: name } });

/** The message that a trace inquiry is sent as; its profile follows from the reason. */
function inquiry(record: PaymentRecord, reason: TraceReason, at: Date): OutgoingObject {
  const { content, id, owner, office, bank } = record;
  const other = owner === office ? bank : office;
  const assignment = {
    Id: id,
    Assgnr: party(owner),
    Assgne: party(other),
    CreDtTm: vietnamMoment(at),
  };
  const original = text(content, 'originalReference');
  const about = {
    ...(original === '' ? {} : { OrgnlTxId: original }),
    OrgnlIntrBkSttlmAmt: Number(content['originalAmount'] ?? 0),
    OrgnlIntrBkSttlmDt: text(content, 'originalDate') || record.business_date,
  };
  const said = text(content, 'content').slice(0, 105);
  if (reason.message === 'camt.056')
    return {
      Assgnmt: assignment,
      Undrlyg: [
        {
          TxInf: [
            {
              CxlId: id,
              ...about,
              CxlRsnInf: [{ Rsn: { Cd: reason.iso }, AddtlInf: [said] }],
            },
          ],
        },
      ],
    };
  const common = {
    Assgnmt: assignment,
    Case: { Id: id, Cretr: party(owner) },
    Undrlyg: { IntrBk: about },
  };
  return reason.message === 'camt.087'
    ? { ...common, Mod: { IntrBkSttlmAmt: about.OrgnlIntrBkSttlmAmt } }
    : {
        ...common,
        Justfn: { MssngOrIncrrctInf: { MssngInf: [{ Cd: 'MS01', AddtlMssngInf: said }] } },
      };
}

/** Status of the answer (camt.029), as the reference bank gives it without looking far. */
const OUTCOME: Readonly<Record<TraceReason['message'], string>> = {
  'camt.026': 'INFO',
  'camt.056': 'CNCL',
  'camt.087': 'MODI',
};

async function answerOf(
  server: ServerContext,
  record: PaymentRecord,
  outcome: string,
): Promise<NonNullable<StepOutcome['messages']>> {
  const from = record.owner === record.office ? record.bank : record.office;
  return [
    await makeMessage(server, {
      from,
      to: record.owner,
      kind: 'camt.029',
      businessDate: record.business_date,
      correlationId: text(record.content, 'messageId'),
      content: (messageId, createdAt) => ({
        Assgnmt: {
          Id: messageId,
          Assgnr: party(from),
          Assgne: party(record.owner),
          CreDtTm: createdAt,
        },
        RslvdCase: { Id: record.id, Cretr: party(record.owner) },
        Sts: { Conf: outcome },
      }),
    }),
  ];
}

export const traceKind: RecordKind = {
  kind: KIND,
  async open(server, { party: own, name }, body) {
    reasonOf(server, text(body, 'reason'));
    const bank = own.side === 'bank' ? own.code : text(body, 'bank');
    requireLive(server.specifications, bank, server.clock.now());
    const office = own.side === 'office' ? own.code : text(body, 'office');
    if ((await findParty(server.store.read, office))?.side !== 'office')
      throw refusePayment('ENVELOPE_RECEIVER');
    return {
      kind: KIND,
      office,
      bank,
      owner: own.code,
      madeBy: name,
      content: { ...body, bank, office, messageId: null, answer: null, outcome: null },
    };
  },
  async act(server, record, { action, note }) {
    const { clock, specifications } = server;
    const reason = reasonOf(server, text(record.content, 'reason'));
    if (action === 'approve') {
      const messageId = newMessageId();
      const other = record.owner === record.office ? record.bank : record.office;
      const message = await makeMessage(server, {
        from: record.owner,
        to: other,
        kind: reason.message,
        businessDate: record.business_date,
        messageId,
        content: () => inquiry(record, reason, clock.now()),
      });
      const isSilent = server.scenarios.get(record.scenario ?? '')?.effect.payment === 'no-answer';
      const { answer } = cutOffData(specifications).referenceBank;
      return {
        messages: [message],
        content: { ...record.content, messageId },
        later: isSilent ? [] : [{ step: 'answer', at: new Date(clock.now().getTime() + answer * SECOND) }],
      };
    }
    if (action === 'answer') {
      const outcome = OUTCOME[reason.message];
      return {
        messages: await answerOf(server, record, outcome),
        content: { ...record.content, answer: note, outcome },
      };
    }
    return {};
  },
  async run(server, record, step) {
    if (step !== 'answer' || record.state !== 'SENT') return undefined;
    const outcome = OUTCOME[reasonOf(server, text(record.content, 'reason')).message];
    return {
      state: 'ANSWERED',
      messages: await answerOf(server, record, outcome),
      content: { ...record.content, answer: outcome, outcome },
    };
  },
};
