import { createHash } from 'node:crypto';
import { readAmount, type AmountProblem, type AmountVnd } from './amount.ts';
import {
  listAt,
  textAt,
  valueAt,
  type MessageAmount,
  type MessageObject,
  type MessageValue,
} from './message-profile.ts';

export type Direction = 'credit' | 'debit';

/** One movement of an account, as a statement, report or notification tells it. */
export interface StatementLine {
  /** What makes the movement the same one when it is told again. */
  readonly key: string;
  readonly account: string;
  /** Which side of the account moved. */
  readonly direction: Direction;
  /** True for the undoing of an earlier movement, which stood on the other side. */
  readonly isReversal: boolean;
  /** Null when the amount is not whole đồng. */
  readonly amount: AmountVnd | null;
  readonly currency: string;
  /** `yyyy-MM-dd`. */
  readonly bookingDate: string;
  readonly valueDate: string;
  /** `booked`, `pending` or `info`; only booked lines are money. */
  readonly status: 'booked' | 'pending' | 'info';
  /** The bank's number of the movement (AcctSvcrRef), empty without one. */
  readonly bankReference: string;
  readonly endToEndId: string;
  readonly transactionId: string;
  readonly text: string;
  readonly counterpartyName: string;
  readonly counterpartyAccount: string;
  readonly returnReason: string;
  readonly problems: readonly LineProblem[];
}

export type LineProblem =
  AmountProblem | 'CURRENCY_NOT_VND' | 'DETAIL_SUM' | 'DETAIL_AMOUNT_MISSING' | 'DATE_MISSING';

export interface Balance {
  /** OPBD, PRCD, CLBD, CLAV, ITBD, ITAV … */
  readonly code: string;
  /** Signed whole đồng; null when it is none. */
  readonly amount: number | null;
  readonly date: string;
}

/** One page of a statement, without its lines. */
export interface StatementPage {
  readonly id: string;
  readonly account: string;
  readonly sequence: number | null;
  readonly page: number;
  readonly isLast: boolean;
  readonly balances: readonly Balance[];
  /** Control figures as the bank wrote them. */
  readonly credits: { readonly count: number | null; readonly sum: number | null };
  readonly debits: { readonly count: number | null; readonly sum: number | null };
}

const notProvided = 'NOTPROVIDED';
const given = (text: string | undefined): string => (text === undefined || text === notProvided ? '' : text);
const dayOf = (value: MessageValue | undefined): string =>
  (textAt(value, 'Dt') ?? textAt(value, 'DtTm') ?? '').slice(0, 10);

export function accountOf(owner: MessageObject): string {
  return textAt(owner, 'Acct', 'Id', 'Othr', 'Id') ?? '';
}

/** Counts what has no number of its own, so that two equal payments of a day stay two. */
export class OccurrenceCounter {
  readonly #seen = new Map<string, number>();

  next(parts: readonly string[]): string {
    const print = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
    const number = (this.#seen.get(print) ?? 0) + 1;
    this.#seen.set(print, number);
    return `${print}.${number}`;
  }
}

/**
 * The lines of an `Ntry`: one for each transaction it details, or one for itself. Each detail counts with its own
 * amount, never with the total of the batch.
 */
export function linesOfEntry(
  entry: MessageObject,
  account: string,
  occurrences: OccurrenceCounter,
): StatementLine[] {
  const details = listAt(entry, 'NtryDtls').flatMap((group) => listAt(group, 'TxDtls'));
  const total = amountOf(valueAt(entry, 'Amt'));
  const amounts = details.map((detail) =>
    amountOf(valueAt(detail, 'Amt') ?? valueAt(detail, 'AmtDtls', 'TxAmt', 'Amt')),
  );
  const problems: LineProblem[] = total.problem === undefined ? [] : [total.problem];
  if (details.length > 1) {
    if (amounts.some(({ currency }) => currency === '')) problems.push('DETAIL_AMOUNT_MISSING');
    else {
      const charged = details.reduce<number>(
        (sum, detail) => sum + (amountOf(valueAt(detail, 'Chrgs', 'TtlChrgsAndTaxAmt')).amount ?? 0),
        0,
      );
      const sum = amounts.reduce((all, { amount }) => all + (amount ?? 0), 0);
      if (total.amount !== null && sum !== total.amount && sum - charged !== total.amount)
        problems.push('DETAIL_SUM');
    }
  }
  const isSplit = details.length > 1 && !problems.includes('DETAIL_AMOUNT_MISSING');
  const parts: readonly (MessageValue | undefined)[] = isSplit ? details : [details[0]];
  const bookingDate = dayOf(valueAt(entry, 'BookgDt'));
  const valueDate = dayOf(valueAt(entry, 'ValDt')) || bookingDate;
  if (bookingDate === '') problems.push('DATE_MISSING');
  const direction: Direction = textAt(entry, 'CdtDbtInd') === 'DBIT' ? 'debit' : 'credit';
  const reversal = textAt(entry, 'RvslInd');
  const entryReference = given(textAt(entry, 'AcctSvcrRef'));
  const status = { BOOK: 'booked', PDNG: 'pending' }[textAt(entry, 'Sts', 'Cd') ?? ''] ?? 'info';

  return parts.map((detail, index) => {
    const own = isSplit ? (amounts[index] ?? total) : total;
    const side = direction === 'credit' ? 'Dbtr' : 'Cdtr';
    const ownReference = given(textAt(detail, 'Refs', 'AcctSvcrRef'));
    const transactionId = given(textAt(detail, 'Refs', 'TxId'));
    const texts = listAt(valueAt(detail, 'RmtInf'), 'Ustrd').filter((text) => typeof text === 'string');
    // Text of the entry describes the batch, so it stands for a line only where the line is the entry.
    const text = texts.length > 0 ? texts.join('') : isSplit ? '' : (textAt(entry, 'AddtlNtryInf') ?? '');
    const isReversal = reversal === 'true' || reversal === '1';
    const told =
      ownReference !== ''
        ? `ref:${account}:${ownReference}`
        : entryReference !== ''
          ? `ref:${account}:${entryReference}${isSplit ? `#${index + 1}` : ''}`
          : transactionId !== ''
            ? `tx:${account}:${transactionId}`
            : `print:${occurrences.next([account, bookingDate, String(own.amount), direction, text])}`;
    // The undoing of a movement may carry its number; it is still another movement.
    const key = isReversal ? `${told}:reversal` : told;
    const ownDirection = isSplit ? textAt(detail, 'CdtDbtInd') : undefined;
    return {
      key,
      account,
      direction: ownDirection === 'DBIT' ? 'debit' : ownDirection === 'CRDT' ? 'credit' : direction,
      isReversal,
      amount: own.amount,
      currency: own.currency,
      bookingDate,
      valueDate,
      status: status as StatementLine['status'],
      bankReference: ownReference !== '' ? ownReference : entryReference,
      endToEndId: given(textAt(detail, 'Refs', 'EndToEndId')),
      transactionId,
      text,
      counterpartyName:
        textAt(detail, 'RltdPties', side, 'Pty', 'Nm') ?? textAt(detail, 'RltdPties', side, 'Nm') ?? '',
      counterpartyAccount: textAt(detail, 'RltdPties', `${side}Acct`, 'Id', 'Othr', 'Id') ?? '',
      returnReason: textAt(detail, 'RtrInf', 'Rsn', 'Cd') ?? '',
      problems:
        own.problem === undefined || problems.includes(own.problem) ? problems : [...problems, own.problem],
    };
  });
}

/** The page that owns the lines: `Stmt`, `Rpt` or `Ntfctn`, with the paging of its header when it has none itself. */
export function pageOf(owner: MessageObject, message: MessageObject): StatementPage {
  const paging =
    ['StmtPgntn', 'RptPgntn', 'NtfctnPgntn']
      .map((name) => valueAt(owner, name))
      .find((found) => found !== undefined) ?? valueAt(message, 'GrpHdr', 'MsgPgntn');
  const last = textAt(paging, 'LastPgInd');
  const totals = (name: string): StatementPage['credits'] => ({
    count: numberOf(textAt(owner, 'TxsSummry', name, 'NbOfNtries')),
    sum: numberOf(textAt(owner, 'TxsSummry', name, 'Sum')),
  });
  return {
    id: textAt(owner, 'Id') ?? '',
    account: accountOf(owner),
    sequence: numberOf(textAt(owner, 'ElctrncSeqNb')),
    page: numberOf(textAt(paging, 'PgNb')) ?? 1,
    isLast: last === undefined || last === 'true' || last === '1',
    balances: listAt(owner, 'Bal').map((balance) => {
      const { amount } = amountOf(valueAt(balance, 'Amt'));
      const sign = textAt(balance, 'CdtDbtInd') === 'DBIT' ? -1 : 1;
      return {
        code: textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') ?? '',
        amount: amount === null ? null : amount === 0 ? 0 : sign * amount,
        date: dayOf(valueAt(balance, 'Dt')),
      };
    }),
    credits: totals('TtlCdtNtries'),
    debits: totals('TtlDbtNtries'),
  };
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = readAmount(text);
  return typeof value === 'number' ? value : null;
}

function amountOf(value: MessageValue | undefined): {
  readonly amount: AmountVnd | null;
  readonly currency: string;
  readonly problem?: LineProblem;
} {
  if (value === undefined || typeof value === 'string') return { amount: null, currency: '' };
  const { currency, text } = value as MessageAmount;
  if (currency !== 'VND') return { amount: null, currency, problem: 'CURRENCY_NOT_VND' };
  const read = readAmount(text);
  return typeof read === 'number' ? { amount: read, currency } : { amount: null, currency, problem: read };
}
