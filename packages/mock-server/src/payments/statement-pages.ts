import { controlFigures, type OutgoingObject } from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../context.ts';
import type { PaymentFault } from '../scenarios/scenario.ts';
import type { BankAccountTable, BankMovementTable } from '../store/payment-tables.ts';
import { balanceOn, movementsBetween } from './bank-book.ts';
import { cutOffData } from './business-day.ts';
import { makeMessage } from './make-message.ts';

const account = (number: string): OutgoingObject => ({ Id: { Othr: { Id: number } } });

export function balanceItem(code: string, amount: number, day: string): OutgoingObject {
  return {
    Tp: { CdOrPrtry: { Cd: code } },
    Amt: Math.abs(amount),
    CdtDbtInd: amount < 0 ? 'DBIT' : 'CRDT',
    Dt: { Dt: day },
  };
}

export function entryOf(movement: BankMovementTable): OutgoingObject {
  const side = movement.direction === 'credit' ? 'CRDT' : 'DBIT';
  return {
    Amt: movement.amount,
    CdtDbtInd: side,
    ...(movement.is_reversal === 1 ? { RvslInd: true } : {}),
    Sts: { Cd: 'BOOK' },
    BookgDt: { Dt: movement.booking_date },
    ValDt: { Dt: movement.value_date },
    AcctSvcrRef: movement.reference,
    BkTxCd: {
      Domn: {
        Cd: 'PMNT',
        Fmly: { Cd: side === 'CRDT' ? 'RCDT' : 'ICDT', SubFmlyCd: 'DMCT' },
      },
    },
    NtryDtls: [
      {
        TxDtls: [
          {
            Refs: { EndToEndId: movement.end_to_end === '' ? 'NOTPROVIDED' : movement.end_to_end },
            Amt: movement.amount,
            CdtDbtInd: side,
            ...(movement.counterparty === ''
              ? {}
              : {
                  RltdPties: {
                    [side === 'CRDT' ? 'Dbtr' : 'Cdtr']: { Pty: { Nm: movement.counterparty } },
                  },
                }),
            ...(movement.text === '' ? {} : { RmtInf: { Ustrd: [movement.text] } }),
          },
        ],
      },
    ],
  };
}

export interface StatementChoice {
  readonly account: BankAccountTable;
  readonly from: string;
  readonly to: string;
  readonly office: string;
  readonly correlationId: string;
  readonly businessDate: string;
  readonly fault?: PaymentFault | undefined;
}

/** A statement from the reference bank's own book, page by page, each signed; a scenario spoils it before it is signed. */
export async function makeStatementPages(
  server: ServerContext,
  choice: StatementChoice,
): Promise<{ readonly pages: readonly Uint8Array[]; readonly lines: number }> {
  const { read } = server.store;
  const { from, to, fault } = choice;
  const movements = await movementsBetween(read, choice.account.number, from, to);
  const inSpan = movements.reduce(
    (sum, { direction, amount }) => sum + (direction === 'credit' ? amount : -amount),
    0,
  );
  const closing = await balanceOn(read, choice.account, to);
  // A shift of both balances breaks the chain of days and nothing within the statement.
  const shift = fault === 'opening-broken' ? 1_000 : 0;
  const { pageLines } = cutOffData(server.specifications).statement;
  const count = Math.max(1, Math.ceil(movements.length / pageLines));
  const sequence = Number(from.replaceAll('-', ''));
  const pages: Uint8Array[] = [];
  for (let page = 1; page <= count; page += 1) {
    const own = movements.slice((page - 1) * pageLines, page * pageLines);
    const shown = fault === 'line-doubled' && page === 1 ? [...own.slice(0, 1), ...own] : own;
    const figures = (direction: 'credit' | 'debit'): OutgoingObject => {
      const { count: lines, sum } = controlFigures(
        shown.filter((one) => one.direction === direction).map(({ amount }) => amount),
      );
      return { NbOfNtries: lines, Sum: sum };
    };
    const isLast = page === count;
    const balances = [
      ...(page === 1 ? [balanceItem('OPBD', closing - inSpan + shift, from)] : []),
      ...(isLast ? [balanceItem('CLBD', closing + shift + (fault === 'balance-broken' ? 1 : 0), to)] : []),
    ];
    const message = await makeMessage(server, {
      from: choice.account.bank,
      to: choice.office,
      kind: 'camt.053',
      businessDate: choice.businessDate,
      correlationId: choice.correlationId,
      content: (messageId, createdAt) => ({
        GrpHdr: { MsgId: messageId, CreDtTm: createdAt },
        Stmt: [
          {
            Id: messageId,
            StmtPgntn: { PgNb: page, LastPgInd: isLast },
            ElctrncSeqNb: sequence,
            CreDtTm: createdAt,
            Acct: account(choice.account.number),
            Bal: balances.length > 0 ? balances : [balanceItem('ITBD', 0, from)],
            TxsSummry: { TtlCdtNtries: figures('credit'), TtlDbtNtries: figures('debit') },
            Ntry: shown.map(entryOf),
          },
        ],
      }),
      ...(fault === 'fraction' && page === 1
        ? { spoil: (text: string) => text.replace(/(<Ntry><Amt[^>]*>\d+)</, '$1.5<') }
        : {}),
    });
    pages.push(message.bytes);
  }
  return { pages: spoilPages(pages, fault), lines: movements.length };
}

function spoilPages(pages: readonly Uint8Array[], fault: PaymentFault | undefined): readonly Uint8Array[] {
  const [first, second, ...rest] = pages;
  if (first === undefined || second === undefined) return pages;
  if (fault === 'page-missing') return [first, ...rest];
  if (fault === 'page-doubled') return [first, second, second, ...rest];
  if (fault === 'page-order') return [first, ...rest.slice(0, 1), second, ...rest.slice(1)];
  if (fault === 'last-page-missing') return pages.slice(0, -1);
  return pages;
}
