import { readAmount } from './amount.ts';
import { paymentError } from './payment-error.ts';
import type { StatementEvent } from './read-statement.ts';
import { OccurrenceCounter, type Balance, type LineProblem, type StatementLine } from './statement.ts';

/** True when the first bytes look like a SWIFT statement: an envelope or a first tag. */
export function isMt940(bytes: Uint8Array): boolean {
  return /^\s*(?:\{1:|:20:)/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));
}

interface Field {
  readonly tag: string;
  readonly text: string;
}

const movement =
  /^(\d{6})(\d{4})?(RC|RD|C|D)([A-Z])?(\d[\d,]*)([NSF][A-Z0-9]{3})([^/\n]*(?:\/[^/\n]+)*)(?:\/\/([^\n]*))?(?:\n([\s\S]*))?$/;

/**
 * Reads an MT940 text, for banks that have no camt.053. Amounts with a fraction, other currencies and unreadable
 * movements are problems of their lines.
 *
 * @throws BhxhError ERR_MT940 when a statement has no account or balance.
 */
export function* readMt940(text: string): Generator<StatementEvent> {
  const occurrences = new OccurrenceCounter();
  let account = '';
  let reference = '';
  let page = 1;
  let sequence: number | null = null;
  let currency = '';
  let balances: Balance[] = [];
  let isOpen = false;
  let line: StatementLine | undefined;
  for (const field of fieldsOf(text)) {
    if (line !== undefined) {
      const said = field.tag === '86' ? field.text.replaceAll('\n', '') : '';
      yield { kind: 'line', line: withKey({ ...line, text: said }, occurrences) };
      line = undefined;
      if (field.tag === '86') continue;
    }
    switch (field.tag) {
      case '20':
        reference = field.text.trim();
        balances = [];
        isOpen = true;
        break;
      case '25':
        account = field.text.trim();
        break;
      case '28':
      case '28C': {
        const [statement = '', sheet] = field.text.trim().split('/');
        sequence = /^\d+$/.test(statement) ? Number(statement) : null;
        page = sheet !== undefined && /^\d+$/.test(sheet) ? Number(sheet) : 1;
        break;
      }
      case '60F':
      case '60M':
      case '62F':
      case '62M': {
        const match = /^([CD])(\d{6})([A-Z]{3})(\d[\d,]*)/.exec(field.text);
        if (match === null || account === '') throw paymentError('ERR_MT940', 'input', { tag: field.tag });
        currency = match[3] ?? '';
        const amount = readAmount((match[4] ?? '').replace(/,$/, '').replace(',', '.'));
        const isGood = typeof amount === 'number' && currency === 'VND';
        balances.push({
          code: { '60F': 'OPBD', '60M': 'PRCD', '62F': 'CLBD', '62M': 'ITBD' }[field.tag],
          amount: isGood ? (match[1] === 'D' && amount > 0 ? -amount : amount) : null,
          date: dateOf(match[2] ?? ''),
        });
        if (field.tag.startsWith('62')) {
          const none = { count: null, sum: null };
          yield {
            kind: 'page',
            page: {
              id: reference,
              account,
              sequence,
              page,
              isLast: field.tag === '62F',
              balances,
              credits: none,
              debits: none,
            },
          };
          isOpen = false;
        }
        break;
      }
      case '61':
        line = lineOf(field.text, account, currency);
        break;
      default:
    }
  }
  if (isOpen || account === '') throw paymentError('ERR_MT940', 'input', { tag: '62F' });
}

function lineOf(text: string, account: string, currency: string): StatementLine {
  const match = movement.exec(text);
  if (match === null) throw paymentError('ERR_MT940', 'input', { tag: '61' });
  const [, value = '', booked, mark = '', , sum = '', , customer = '', bank = ''] = match;
  const amount = readAmount(sum.replace(/,$/, '').replace(',', '.'));
  const problems: LineProblem[] = [];
  if (currency !== 'VND') problems.push('CURRENCY_NOT_VND');
  else if (typeof amount === 'string') problems.push(amount);
  const valueDate = dateOf(value);
  const bookingDate = booked === undefined ? valueDate : bookingDay(valueDate, booked);
  const isReversal = mark.startsWith('R');
  const isCredit = mark === 'C' || mark === 'RD';
  return {
    key: '',
    account,
    direction: isCredit ? 'credit' : 'debit',
    isReversal,
    amount: problems.length === 0 ? (amount as number) : null,
    currency,
    bookingDate,
    valueDate,
    status: 'booked',
    bankReference: bank.trim(),
    endToEndId: customer === 'NONREF' ? '' : customer.trim(),
    transactionId: '',
    text: '',
    counterpartyName: '',
    counterpartyAccount: '',
    returnReason: '',
    problems,
  };
}

function withKey(line: StatementLine, occurrences: OccurrenceCounter): StatementLine {
  const { account, bankReference, bookingDate, amount, direction, text } = line;
  const key =
    bankReference === ''
      ? `print:${occurrences.next([account, bookingDate, String(amount), direction, text])}`
      : `ref:${account}:${bankReference}`;
  return { ...line, key };
}

function dateOf(digits: string): string {
  const year = Number(digits.slice(0, 2));
  return `${year < 80 ? '20' : '19'}${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4, 6)}`;
}

/** The booking day has no year: near a turn of the year it lies in the neighbouring one. */
function bookingDay(valueDate: string, monthDay: string): string {
  const month = Number(monthDay.slice(0, 2));
  const valueMonth = Number(valueDate.slice(5, 7));
  const year = Number(valueDate.slice(0, 4));
  const turned = month === 1 && valueMonth === 12 ? 1 : month === 12 && valueMonth === 1 ? -1 : 0;
  return `${year + turned}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`;
}

function* fieldsOf(text: string): Generator<Field> {
  let tag = '';
  let lines: string[] = [];
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const match = /^(?:\{.*\{4:)?:(\d{2}[A-Z]?):(.*)$/.exec(line);
    if (match === null) {
      if (line === '-}' || line === '-' || line.startsWith('{')) continue;
      lines.push(line);
      continue;
    }
    if (tag !== '') yield { tag, text: lines.join('\n') };
    [, tag = ''] = match;
    lines = [match[2] ?? ''];
  }
  if (tag !== '') yield { tag, text: lines.join('\n').replace(/\n+$/, '') };
}
