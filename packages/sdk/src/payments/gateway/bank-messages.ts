import type { MessageProfile } from '../message-profile.ts';
import { controlFigures, writeMessage, type OutgoingObject } from '../write-message.ts';

/** One credit, or its undoing, as a bank tells it. */
export interface CreditNotice {
  /** The bank's number of the movement; what makes it the same one when it is told again. */
  readonly reference: string;
  /** Whole đồng. */
  readonly amount: number;
  /** `yyyy-MM-dd`. */
  readonly bookingDate: string;
  readonly valueDate?: string;
  /** Remittance text as the payer wrote it. */
  readonly text?: string;
  readonly payerName?: string;
  readonly payerAccount?: string;
  readonly endToEndId?: string;
  /** The bank's number of the credit that this undoes. */
  readonly reverses?: string;
}

/** A movement of either side in a listing. */
export interface ListedMovement extends CreditNotice {
  readonly direction?: 'credit' | 'debit';
}

export interface CreditNotification {
  /** Unique for the bank; the same id with the same content is the same message. */
  readonly messageId: string;
  readonly account: string;
  /** ISO 8601 with an offset. */
  readonly createdAt: string;
  readonly credits: readonly CreditNotice[];
}

const account = (number: string): OutgoingObject => ({ Id: { Othr: { Id: number } } });
const sideOf = ({ direction, reverses }: ListedMovement): 'CRDT' | 'DBIT' =>
  direction === 'debit' || reverses !== undefined ? 'DBIT' : 'CRDT';

function entryOf(movement: ListedMovement): OutgoingObject {
  const { reference, amount, bookingDate, text, payerName, payerAccount, endToEndId, reverses } = movement;
  const side = sideOf(movement);
  const related: OutgoingObject = {
    ...(payerName === undefined ? {} : { Dbtr: { Pty: { Nm: payerName } } }),
    ...(payerAccount === undefined ? {} : { DbtrAcct: account(payerAccount) }),
  };
  return {
    Amt: amount,
    CdtDbtInd: side,
    ...(reverses === undefined ? {} : { RvslInd: true }),
    Sts: { Cd: 'BOOK' },
    BookgDt: { Dt: bookingDate },
    ValDt: { Dt: movement.valueDate ?? bookingDate },
    AcctSvcrRef: reference,
    BkTxCd: { Domn: { Cd: 'PMNT', Fmly: { Cd: 'RCDT', SubFmlyCd: 'DMCT' } } },
    NtryDtls: [
      {
        TxDtls: [
          {
            Refs: {
              EndToEndId: endToEndId ?? 'NOTPROVIDED',
              ...(reverses === undefined ? {} : { TxId: reverses }),
            },
            Amt: amount,
            CdtDbtInd: side,
            ...(Object.keys(related).length === 0 ? {} : { RltdPties: related }),
            ...(text === undefined ? {} : { RmtInf: { Ustrd: [text] } }),
          },
        ],
      },
    ],
  };
}

const header = (messageId: string, createdAt: string): OutgoingObject => ({
  MsgId: messageId,
  CreDtTm: createdAt,
});

/** A camt.054 of one account. Throws ERR_MESSAGE_FIELD and ERR_AMOUNT_NOT_WHOLE. */
export function creditNotification(profile: MessageProfile, notification: CreditNotification): Uint8Array {
  const { messageId, createdAt, credits } = notification;
  return writeMessage(profile, {
    GrpHdr: header(messageId, createdAt),
    Ntfctn: [
      {
        Id: messageId,
        CreDtTm: createdAt,
        Acct: account(notification.account),
        Ntry: credits.map(entryOf),
      },
    ],
  });
}

export interface ListingPage {
  readonly messageId: string;
  readonly account: string;
  readonly createdAt: string;
  readonly businessDate: string;
  readonly page: number;
  readonly isLast: boolean;
  /** Of the day, told on the first page. */
  readonly opening: number;
  /** Of the day, told on the last page. */
  readonly closing: number;
  readonly movements: readonly ListedMovement[];
}

/** One camt.053 page of an end-of-day listing, with the control figures of the page. */
export function listingPage(profile: MessageProfile, listing: ListingPage): Uint8Array {
  const { messageId, createdAt, movements, businessDate, page, isLast } = listing;
  const figures = (side: 'CRDT' | 'DBIT'): OutgoingObject => {
    const { count, sum } = controlFigures(
      movements.filter((movement) => sideOf(movement) === side).map(({ amount }) => amount),
    );
    return { NbOfNtries: count, Sum: sum };
  };
  const balance = (code: string, amount: number): OutgoingObject => ({
    Tp: { CdOrPrtry: { Cd: code } },
    Amt: Math.abs(amount),
    CdtDbtInd: amount < 0 ? 'DBIT' : 'CRDT',
    Dt: { Dt: businessDate },
  });
  const balances = [
    ...(page === 1 ? [balance('OPBD', listing.opening)] : []),
    ...(isLast ? [balance('CLBD', listing.closing)] : []),
  ];
  return writeMessage(profile, {
    GrpHdr: header(messageId, createdAt),
    Stmt: [
      {
        Id: messageId,
        StmtPgntn: { PgNb: page, LastPgInd: isLast },
        ElctrncSeqNb: Number(businessDate.replaceAll('-', '')),
        CreDtTm: createdAt,
        Acct: account(listing.account),
        Bal: balances.length > 0 ? balances : [balance('ITBD', 0)],
        TxsSummry: { TtlCdtNtries: figures('CRDT'), TtlDbtNtries: figures('DBIT') },
        Ntry: movements.map(entryOf),
      },
    ],
  });
}

export interface ReportRequest {
  readonly messageId: string;
  readonly createdAt: string;
  readonly account: string;
  /** `camt.052` for a balance, `camt.053` for a statement. */
  readonly report: 'camt.052' | 'camt.053';
  readonly from: string;
  readonly to: string;
  /** Name of the account's owner. */
  readonly owner: string;
}

/** A camt.060: asks a bank for a balance or a statement. */
export function reportRequest(profile: MessageProfile, request: ReportRequest): Uint8Array {
  const { messageId, createdAt, report, from, to, owner } = request;
  return writeMessage(profile, {
    GrpHdr: header(messageId, createdAt),
    RptgReq: [
      {
        Id: messageId,
        ReqdMsgNmId: report,
        Acct: account(request.account),
        AcctOwnr: { Pty: { Nm: owner } },
        RptgPrd: { FrToDt: { FrDt: from, ToDt: to }, FrToTm: { FrTm: '00:00:00' }, Tp: 'ALLL' },
      },
    ],
  });
}
