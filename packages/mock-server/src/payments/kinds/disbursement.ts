import type { OutgoingObject } from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../../context.ts';
import { cutOffData } from '../business-day.ts';
import { payeeRules, type DisbursementLine, type LineResult } from '../disbursement-lines.ts';
import { bookResults, bookReturns } from '../book-disbursement.ts';
import { makeMessage, newMessageId } from '../make-message.ts';
import { ownAccount, requireLive } from '../parties.ts';
import type { Content, PaymentRecord } from '../records.ts';
import type { RecordKind, StepOutcome } from '../record-kind.ts';
import { refusePayment } from '../refuse.ts';

const KIND = 'disbursement';
const SECOND = 1_000;

interface Purpose {
  readonly code: string;
  readonly category: string;
}

function purposeOf(server: ServerContext, code: string): Purpose {
  const { purposes } = server.specifications.payments('disbursement') as {
    readonly purposes: readonly Purpose[];
  };
  const purpose = purposes.find((one) => one.code === code);
  if (purpose === undefined) throw refusePayment('REASON_UNKNOWN', { detail: 'purpose' });
  return purpose;
}

export const linesOf = (content: Content): readonly DisbursementLine[] =>
  content['lines'] as readonly DisbursementLine[];

const account = (number: string): OutgoingObject => ({ Id: { Othr: { Id: number } } });
const agent = (code: string): OutgoingObject => ({ FinInstnId: { ClrSysMmbId: { MmbId: code } } });

/** The order as pain.001, one transaction a line, its control figures in both headers. */
function order(
  record: PaymentRecord,
  purpose: Purpose,
  messageId: string,
  createdAt: string,
): OutgoingObject {
  const { content } = record;
  const lines = linesOf(content);
  const figures = { NbOfTxs: lines.length, CtrlSum: Number(content['total']) };
  return {
    GrpHdr: {
      MsgId: messageId,
      CreDtTm: createdAt,
      ...figures,
      InitgPty: { Nm: `BHXH ${record.office}` },
    },
    PmtInf: [
      {
        PmtInfId: record.id,
        PmtMtd: 'TRF',
        BtchBookg: true,
        ...figures,
        PmtTpInf: { CtgyPurp: { Cd: purpose.category } },
        ReqdExctnDt: { Dt: String(content['requestedOn']) },
        Dbtr: { Nm: `BHXH ${record.office}` },
        DbtrAcct: account(String(content['debitAccount'])),
        DbtrAgt: agent(record.bank),
        CdtTrfTxInf: lines.map((line) => ({
          PmtId: { InstrId: line.lineId, EndToEndId: line.voucher?.slice(0, 35) ?? line.lineId },
          Amt: { InstdAmt: Number(line.amount) },
          CdtrAgt: agent(line.bankCode ?? 'BUUDIEN'),
          Cdtr: { Nm: line.payeeName },
          ...(line.account === undefined ? {} : { CdtrAcct: account(line.account) }),
          ...(line.text === undefined ? {} : { RmtInf: { Ustrd: [line.text] } }),
        })),
      },
    ],
  };
}

/** What the reference bank does with each line: paid, or refused for what the payee's account is. */
function resultsOf(server: ServerContext, record: PaymentRecord): readonly LineResult[] {
  const rules = payeeRules();
  const isRefused = server.scenarios.get(record.scenario ?? '')?.effect.payment === 'batch-refused';
  return linesOf(record.content).map(({ lineId, account: payee }, index) => {
    const rejected = isRefused
      ? 'AM10'
      : rules.accounts.find((rule) => payee?.startsWith(rule.begins) === true)?.rejected;
    return rejected === undefined
      ? { lineId, state: 'PAID', reason: null, reference: `LC${record.id.slice(-12)}${index + 1}`, on: null }
      : { lineId, state: 'REJECTED', reason: rejected, reference: null, on: null };
  });
}

/** pain.002 of the reference bank. */
async function statusReport(
  server: ServerContext,
  record: PaymentRecord,
  results: readonly LineResult[],
  state: string,
): Promise<NonNullable<StepOutcome['messages']>> {
  const group = { DONE: 'ACSC', PARTIAL: 'PART', REJECTED: 'RJCT' }[state] ?? 'ACTC';
  return [
    await makeMessage(server, {
      from: record.bank,
      to: record.office,
      kind: 'pain.002',
      businessDate: record.business_date,
      correlationId: String(record.content['messageId']),
      content: (messageId, createdAt) => ({
        GrpHdr: { MsgId: messageId, CreDtTm: createdAt },
        OrgnlGrpInfAndSts: {
          OrgnlMsgId: String(record.content['messageId']),
          OrgnlMsgNmId: 'pain.001.001.09',
          GrpSts: group,
        },
        OrgnlPmtInfAndSts: [
          {
            OrgnlPmtInfId: record.id,
            PmtInfSts: group,
            TxInfAndSts: results.map(({ lineId, state: line, reason, reference }) => ({
              OrgnlInstrId: lineId,
              OrgnlEndToEndId: lineId,
              TxSts: line === 'PAID' ? 'ACSC' : 'RJCT',
              ...(reason === null ? {} : { StsRsnInf: [{ Rsn: { Cd: reason } }] }),
              ...(reference === null ? {} : { AcctSvcrRef: reference }),
            })),
          },
        ],
      }),
    }),
  ];
}

export const stateOfResults = (results: readonly LineResult[]): 'DONE' | 'PARTIAL' | 'REJECTED' => {
  const paid = results.filter(({ state }) => state !== 'REJECTED').length;
  return paid === results.length ? 'DONE' : paid === 0 ? 'REJECTED' : 'PARTIAL';
};

export const disbursementKind: RecordKind = {
  kind: KIND,
  async open(server, { party, name }, body) {
    purposeOf(server, String(body['purpose']));
    const debit = await ownAccount(server.store.read, party, String(body['debitAccount']));
    if (debit.status !== 'open') throw refusePayment('ACCOUNT_CLOSED');
    requireLive(server.specifications, debit.bank, server.clock.now());
    const lines = linesOf(body);
    const isIncomplete = lines.some(
      ({ method, account: payee, bankCode }) =>
        method === 'account' && (payee === undefined || bankCode === undefined),
    );
    if (isIncomplete || new Set(lines.map(({ lineId }) => lineId)).size !== lines.length)
      throw refusePayment('LINE_FIELDS');
    const total = lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    return {
      kind: KIND,
      office: party.code,
      bank: debit.bank,
      owner: party.code,
      madeBy: name,
      content: {
        ...body,
        count: lines.length,
        total: String(total),
        paid: '0',
        returned: '0',
        messageId: null,
        results: [],
      },
    };
  },
  async act(server, record, { action }) {
    if (action !== 'approve') return {};
    const purpose = purposeOf(server, String(record.content['purpose']));
    const messageId = newMessageId();
    const message = await makeMessage(server, {
      from: record.office,
      to: record.bank,
      kind: 'pain.001',
      businessDate: record.business_date,
      messageId,
      content: (id, createdAt) => order(record, purpose, id, createdAt),
    });
    const now = server.clock.now().getTime();
    const { validate, execute } = cutOffData(server.specifications).referenceBank;
    return {
      messages: [message],
      documents: [{ name: 'order', bytes: message.bytes }],
      content: { ...record.content, messageId },
      later: [
        { step: 'validate', at: new Date(now + validate * SECOND) },
        { step: 'execute', at: new Date(now + execute * SECOND) },
      ],
    };
  },
  async run(server, record, step): Promise<StepOutcome | undefined> {
    if (step === 'validate') return record.state === 'RECEIVED' ? { state: 'VALIDATED' } : undefined;
    if (step === 'execute') {
      // A bank that answered by itself needs nobody to play it.
      if (record.state !== 'RECEIVED' && record.state !== 'VALIDATED') return undefined;
      const results = resultsOf(server, record);
      const state = stateOfResults(results);
      const after = cutOffData(server.specifications).referenceBank.return * SECOND;
      const isAnyBack = comingBack(record, results).length > 0;
      return {
        state,
        ...bookResults(server, record, results, { isOwnBook: true }),
        messages: await statusReport(server, record, results, state),
        later: isAnyBack ? [{ step: 'return', at: new Date(server.clock.now().getTime() + after) }] : [],
      };
    }
    if (step !== 'return') return undefined;
    const back = comingBack(record, record.content['results'] as readonly LineResult[]);
    return bookReturns(server, record, back, { isOwnBook: true });
  },
};

/** Lines that were paid and come back by the rules of reserved payees. */
function comingBack(
  { content }: PaymentRecord,
  results: readonly LineResult[],
): readonly { readonly lineId: string; readonly reason: string }[] {
  const { accounts, uncollected } = payeeRules();
  const paid = new Set(results.filter(({ state }) => state === 'PAID').map(({ lineId }) => lineId));
  return linesOf(content).flatMap(({ lineId, account: payee, payeeName, method }) => {
    const reason =
      method === 'post-office'
        ? payeeName === uncollected.payee
          ? uncollected.returned
          : undefined
        : accounts.find((rule) => payee?.startsWith(rule.begins) === true)?.returned;
    return reason === undefined || !paid.has(lineId) ? [] : [{ lineId, reason }];
  });
}
