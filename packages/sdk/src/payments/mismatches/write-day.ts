import { batchMessage } from '../disbursement/batch.ts';
import type { DisbursementData } from '../disbursement/disbursement-data.ts';
import { messageProfile, type MessageProfile } from '../message-profile.ts';
import { writeMessage, type OutgoingObject } from '../write-message.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import type { AccountDay, OrderedBatch, StatementRow } from './day-draft.ts';
import type { MismatchDay } from './mismatch-day.ts';

/** The statements of the day and of the days that follow it, as one camt.053 message with pages for each account and day. */
export function statementOfDay(day: MismatchDay, profile: MessageProfile, pageSize = 5000): Uint8Array {
  const rows = new Map<string, StatementRow[]>(day.accounts.map((one) => [one.account, []]));
  for (const row of day.statement) rows.get(row.account)?.push(row);
  const first = day.statement[0]?.day ?? '2026-02-02';
  const statements = day.accounts.flatMap((held) =>
    pagesOf(held, rows.get(held.account) ?? [], first, pageSize),
  );
  const bytes = writeMessage(profile, {
    GrpHdr: { MsgId: 'LAB', CreDtTm: `${first}T18:00:00+07:00` },
    Stmt: statements,
  });
  if (!day.statement.some(({ isForeign }) => isForeign)) return bytes;
  // The writer knows whole đồng only, so amounts of another currency are put in afterwards.
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text.replaceAll(`Ccy="VND">${foreignMark}<`, 'Ccy="USD">100.50<'));
}

function pagesOf(
  held: AccountDay,
  rows: readonly StatementRow[],
  first: string,
  pageSize: number,
): OutgoingObject[] {
  const byDay = new Map<string, StatementRow[]>([[first, []]]);
  for (const row of rows) {
    const own = byDay.get(row.day);
    if (own === undefined) byDay.set(row.day, [row]);
    else own.push(row);
  }
  let balance = held.opening;
  return [...byDay]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([day, own], index) => {
      const pages = held.isPaged
        ? faultyPages(held, own)
        : Array.from({ length: Math.max(1, Math.ceil(own.length / pageSize)) }, (_, at) => ({
            number: at + 1,
            rows: own.slice(at * pageSize, (at + 1) * pageSize),
            isLast: (at + 1) * pageSize >= own.length,
          }));
      const opening = balance;
      const closing = held.closing ?? opening + netOf(own);
      balance = closing;
      let between = opening;
      return pages.map((page): OutgoingObject => {
        const before = between;
        between += netOf(page.rows);
        return {
          Id: `S-${held.account}-${index + 1}-${page.number}`,
          StmtPgntn: { PgNb: page.number, LastPgInd: page.isLast },
          ElctrncSeqNb: 33 + index,
          Acct: { Id: { Othr: { Id: held.account } } },
          Bal: [
            balanceOf(page.number === 1 ? 'OPBD' : 'ITBD', page.number === 1 ? opening : before, day),
            ...(page.isLast ? [balanceOf('CLBD', closing, day)] : []),
          ],
          Ntry: page.rows.map(entryOf),
        };
      });
    });
}

interface Page {
  readonly number: number;
  readonly rows: readonly StatementRow[];
  readonly isLast: boolean;
}

/** One row a page; a fault is told by the order of the rows that are there. */
function faultyPages(held: AccountDay, rows: readonly StatementRow[]): readonly Page[] {
  const numbers = {
    none: [1, 2, 3],
    'page-missing': [1, 3],
    'last-page-missing': [1, 2],
    'page-order': [1, 3, 2],
    'page-doubled': [1, 2, 2, 3],
  }[held.fault];
  return numbers.map((number, index) => ({
    number,
    rows: rows.slice(index, index + 1),
    isLast: number === 3,
  }));
}

function netOf(rows: readonly StatementRow[]): number {
  let net = 0;
  for (const { direction, amount, isForeign } of rows)
    if (!isForeign) net += direction === 'credit' ? amount : -amount;
  return net;
}

const foreignMark = 777_777_777_777_777;

function balanceOf(code: string, amount: number, day: string): OutgoingObject {
  return {
    Tp: { CdOrPrtry: { Cd: code } },
    Amt: Math.abs(amount),
    CdtDbtInd: amount < 0 ? 'DBIT' : 'CRDT',
    Dt: { Dt: day },
  };
}

function entryOf(row: StatementRow): OutgoingObject {
  const amount = row.isForeign ? foreignMark : row.amount;
  const side = row.direction === 'credit' ? 'CRDT' : 'DBIT';
  return {
    Amt: amount,
    CdtDbtInd: side,
    ...(row.isReversal ? { RvslInd: true } : {}),
    Sts: { Cd: 'BOOK' },
    BookgDt: { Dt: row.day },
    ValDt: { Dt: row.valueDay },
    AcctSvcrRef: row.reference,
    BkTxCd: { Domn: { Cd: 'PMNT', Fmly: { Cd: 'RCDT', SubFmlyCd: 'DMCT' } } },
    NtryDtls: [
      {
        TxDtls: [
          {
            Refs: { EndToEndId: row.order === '' ? 'NOTPROVIDED' : row.order },
            Amt: amount,
            CdtDbtInd: side,
            ...(row.text === '' ? {} : { RmtInf: { Ustrd: [row.text] } }),
          },
        ],
      },
    ],
  };
}

/** The messages of a batch: the order as it is sent, the bank's answer, and what comes back later. */
export function messagesOfBatch(
  ordered: OrderedBatch,
  data: DisbursementData,
  specifications: Specifications,
): { readonly order: Uint8Array; readonly answer: Uint8Array; readonly returns: readonly Uint8Array[] } {
  const { batch, answer } = ordered;
  const at = `${batch.on}T09:00:00+07:00`;
  const content = batchMessage(batch, data, at);
  const order = writeMessage(messageProfile(specifications, 'pain.001'), {
    ...content,
    GrpHdr: { ...(content['GrpHdr'] as OutgoingObject), CtrlSum: ordered.controlSum },
  });
  const reason = (code: string): OutgoingObject =>
    code === '' ? {} : { StsRsnInf: [{ Rsn: { Cd: code } }] };
  return {
    order,
    answer: writeMessage(messageProfile(specifications, 'pain.002'), {
      GrpHdr: { MsgId: `A${batch.id}`, CreDtTm: at },
      OrgnlGrpInfAndSts: {
        OrgnlMsgId: batch.id,
        OrgnlMsgNmId: 'pain.001.001.09',
        GrpSts: answer.status,
        ...reason(answer.reason),
      },
      OrgnlPmtInfAndSts: [
        {
          OrgnlPmtInfId: batch.id,
          TxInfAndSts: answer.lines.map((line) => ({
            OrgnlEndToEndId: line.line,
            TxSts: line.status,
            ...reason(line.reason),
            ...(line.bankReference === '' ? {} : { AcctSvcrRef: line.bankReference }),
          })),
        },
      ],
    }),
    returns: ordered.returns.map((one) =>
      writeMessage(messageProfile(specifications, 'pacs.004'), {
        GrpHdr: {
          MsgId: one.id,
          CreDtTm: `${one.on}T09:00:00+07:00`,
          NbOfTxs: 1,
          IntrBkSttlmDt: one.on,
          SttlmInf: { SttlmMtd: 'CLRG' },
        },
        TxInf: [
          {
            RtrId: one.id,
            OrgnlEndToEndId: one.line,
            RtrdIntrBkSttlmAmt: one.amount ?? 0,
            RtrRsnInf: [{ Rsn: { Cd: one.reason } }],
          },
        ],
      }),
    ),
  };
}
