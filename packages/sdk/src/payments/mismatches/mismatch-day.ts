import type { MessageProfile } from './message-profile.ts';
import type { DifferenceClass, ReconciliationLine } from './reconciliation-rules.ts';
import type { CreditReview } from './review-credit.ts';
import type { UnitEntry } from './unit-register.ts';
import { writeMessage, type OutgoingObject } from './write-message.ts';

/** Numbers of the error cases of a day of traffic, as the domain facts count them. */
export const mismatchCases = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 26, 27, 28] as const;

export interface MismatchDayOptions {
  readonly count: number;
  readonly seed: number;
  /** Share of transactions for each case, 0 to 0.05. */
  readonly rate: number;
  /** Booking day, `yyyy-MM-dd`; the first of a month lets late postings cross it. */
  readonly day?: string;
}

export interface ExpectedDifference {
  readonly class: DifferenceClass;
  /** The bank's numbers. */
  readonly references: readonly string[];
  readonly bookIds: readonly string[];
  readonly bankAmount: number;
  readonly bookAmount: number;
}

export interface MismatchDay {
  readonly account: string;
  readonly opening: number;
  readonly closing: number;
  readonly units: readonly UnitEntry[];
  readonly renamedOffices: ReadonlyMap<string, string>;
  readonly due: ReadonlyMap<string, number>;
  readonly statement: readonly StatementRow[];
  readonly book: readonly ReconciliationLine[];
  readonly expected: {
    readonly differences: readonly ExpectedDifference[];
    /** Decision by the bank's number, for every credit whose text was spoilt. */
    readonly reviews: Readonly<Record<string, Pick<CreditReview, 'decision' | 'reason'>>>;
    readonly cases: Readonly<Record<string, number>>;
  };
}

export interface StatementRow {
  readonly reference: string;
  readonly order: string;
  readonly account: string;
  readonly amount: number;
  readonly direction: 'credit' | 'debit';
  readonly isReversal: boolean;
  readonly day: string;
  readonly valueDay: string;
  readonly text: string;
  /** Written in another currency. */
  readonly isForeign: boolean;
}

const account = '9999000011';
const offices = ['99001', '99002', '99003'];
/** Code of an office before the mergers of 2025. */
const oldOffice = (code: string): string => `9909${code.slice(-1)}`;
const fee = 1100;

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A synthetic day of collection: statement, own book and, beside them, what a correct reconciliation and review must
 * report. The same options give the same day.
 */
export function generateMismatchDay(options: MismatchDayOptions): MismatchDay {
  const random = randomNumbers(options.seed);
  const day = options.day ?? '2026-02-02';
  const before = '2026-01-31';
  const units: UnitEntry[] = [];
  const due = new Map<string, number>();
  for (let number = 0; number < 500; number += 1) {
    const unitCode = `ZZ${String(number).padStart(4, '0')}C`;
    units.push({ unitCode, officeCode: offices[number % 3] ?? '' });
    due.set(unitCode, 1_000_000 + number * 1000);
  }
  const statement: StatementRow[] = [];
  const book: ReconciliationLine[] = [];
  const differences: ExpectedDifference[] = [];
  const reviews: Record<string, Pick<CreditReview, 'decision' | 'reason'>> = {};
  const cases: Record<string, number> = {};
  let bookNumber = 0;

  const addBook = (row: StatementRow, change: Partial<ReconciliationLine> = {}): string => {
    bookNumber += 1;
    const id = `B${String(bookNumber).padStart(8, '0')}`;
    const { reference, order, direction, amount, day: booked, text } = row;
    book.push({
      id,
      account: row.account,
      reference,
      order,
      batch: '',
      direction,
      amount,
      day: booked,
      text,
      isReversal: false,
      ...change,
    });
    return id;
  };
  const expect = (
    kind: DifferenceClass,
    references: readonly string[],
    bookIds: readonly string[],
    bankAmount: number,
    bookAmount: number,
  ): void => {
    differences.push({ class: kind, references, bookIds, bankAmount, bookAmount });
  };

  for (let number = 1; number <= options.count; number += 1) {
    const unit = units[Math.floor(random() * units.length)] ?? { unitCode: '', officeCode: '' };
    const owed = due.get(unit.unitCode) ?? 0;
    const reference = `FT${String(options.seed).padStart(4, '0')}${String(number).padStart(8, '0')}`;
    const text = `+BHXH+103+00+${unit.unitCode}+${unit.officeCode}+dong BHXH+`;
    const row: StatementRow = {
      reference,
      order: `E${number}`,
      account,
      amount: owed,
      direction: 'credit',
      isReversal: false,
      day,
      valueDay: day,
      text,
      isForeign: false,
    };
    const drawn = Math.floor(random() / Math.max(options.rate, 1e-9));
    const kind = options.rate > 0 ? mismatchCases[drawn] : undefined;
    if (kind !== undefined) cases[kind] = (cases[kind] ?? 0) + 1;
    const spoilt = (
      changed: string,
      decision: CreditReview['decision'],
      reason: CreditReview['reason'],
    ): void => {
      const told = { ...row, text: changed };
      statement.push(told);
      addBook(told);
      reviews[reference] = { decision, reason };
    };
    switch (kind) {
      case 1:
        spoilt(text.replace(unit.unitCode, 'ZZ9999X'), 'suspense', 'unit-unknown');
        break;
      case 2:
        spoilt(text.replace(unit.officeCode, '99077'), 'suspense', 'office-mismatch');
        break;
      case 3:
        spoilt(text.replace(unit.officeCode, '202601'), 'assign', 'text-recovered');
        break;
      case 4:
        spoilt(`+BHXH+103+00+${unit.unitCode}`, 'assign', 'text-recovered');
        break;
      case 5:
        spoilt(random() < 0.5 ? '' : 'nop BHXH thang 1', 'suspense', 'text-unreadable');
        break;
      case 6: {
        statement.push(row);
        addBook(row);
        expect('DUPLICATE_IN_BOOK', [], [addBook(row)], 0, owed);
        break;
      }
      case 7: {
        const second = { ...row, reference: `${reference}B` };
        statement.push(row, second);
        addBook(row);
        addBook(second);
        expect('DOUBLE_PAYMENT', [second.reference], [], 0, 0);
        break;
      }
      case 8: {
        const second = { ...row, reference: `${reference}B`, order: `${row.order}B` };
        statement.push(row, second);
        addBook(row);
        addBook(second);
        break;
      }
      case 9:
      case 10: {
        const changed = { ...row, amount: owed + (kind === 9 ? -1000 : 1000) };
        statement.push(changed);
        addBook(changed);
        reviews[reference] = { decision: 'assign', reason: kind === 9 ? 'underpaid' : 'overpaid' };
        break;
      }
      case 11:
        statement.push(row, { ...row, order: '', direction: 'debit', isReversal: true, text: '' });
        addBook(row);
        expect('REVERSED_AT_BANK', [reference], [], -owed, 0);
        break;
      case 12:
        statement.push({ ...row, valueDay: before });
        expect('LATE_POSTING', [reference], [addBook(row, { day: before })], owed, owed);
        break;
      case 13:
        statement.push(row);
        expect('AMOUNT_DIFFERS', [reference], [addBook(row, { amount: owed + 10 })], owed, owed + 10);
        break;
      case 14:
        statement.push(row);
        expect('FEE_NETTED', [reference], [addBook(row, { amount: owed + fee })], owed, owed + fee);
        break;
      case 15:
        if (random() < 0.5) {
          statement.push(row);
          expect('MISSING_IN_BOOK', [reference], [], owed, 0);
        } else expect('MISSING_AT_BANK', [], [addBook(row)], 0, owed);
        break;
      case 16: {
        const elsewhere = { ...row, account: '9999000099' };
        statement.push(elsewhere);
        addBook(elsewhere);
        reviews[reference] = { decision: 'suspense', reason: 'account-unknown' };
        break;
      }
      case 26:
        spoilt(text.replace(unit.officeCode, oldOffice(unit.officeCode)), 'assign', 'office-renamed');
        break;
      case 27:
        statement.push({ ...row, isForeign: true });
        expect('UNREADABLE_AMOUNT', [reference], [], 0, 0);
        break;
      case 28:
        spoilt('BHXH+103 hoan', 'refund', '');
        break;
      default:
        statement.push(row);
        addBook(row);
    }
  }
  const opening = 5_000_000;
  const closing = balanceOfRows(
    statement.filter((row) => row.account === account),
    opening,
  );
  const renamedOffices = new Map(offices.map((code) => [oldOffice(code), code]));
  return {
    account,
    opening,
    closing,
    units,
    renamedOffices,
    due,
    statement,
    book,
    expected: { differences, reviews, cases },
  };
}

/** The statement of the day as one camt.053 message with pages for each account. */
export function statementOfDay(day: MismatchDay, profile: MessageProfile, pageSize = 5000): Uint8Array {
  const accounts = [...new Set(day.statement.map((row) => row.account))].toSorted();
  const statements = (accounts.length === 0 ? [day.account] : accounts).flatMap((number) => {
    const rows = day.statement.filter((row) => row.account === number);
    const opening = number === day.account ? day.opening : 0;
    const balanceAfter = (count: number): number => balanceOfRows(rows.slice(0, count), opening);
    const pages = Math.max(1, Math.ceil(rows.length / pageSize));
    return Array.from({ length: pages }, (_, index): OutgoingObject => {
      const isLast = index === pages - 1;
      return {
        Id: `S-${number}-${index + 1}`,
        StmtPgntn: { PgNb: index + 1, LastPgInd: isLast },
        ElctrncSeqNb: 33,
        Acct: { Id: { Othr: { Id: number } } },
        Bal: [
          balanceOf(index === 0 ? 'OPBD' : 'ITBD', balanceAfter(index * pageSize)),
          ...(isLast ? [balanceOf('CLBD', balanceAfter(rows.length))] : []),
        ],
        Ntry: rows.slice(index * pageSize, (index + 1) * pageSize).map(entryOf),
      };
    });
  });
  const bytes = writeMessage(profile, {
    GrpHdr: { MsgId: 'LAB', CreDtTm: '2026-02-02T18:00:00+07:00' },
    Stmt: statements,
  });
  if (!day.statement.some(({ isForeign }) => isForeign)) return bytes;
  // The writer knows whole đồng only, so amounts of another currency are put in afterwards.
  const text = Buffer.from(bytes).toString('utf8');
  return Buffer.from(text.replaceAll(`Ccy="VND">${foreignMark}<`, 'Ccy="USD">100.50<'));
}

function balanceOfRows(rows: readonly StatementRow[], opening: number): number {
  let balance = opening;
  for (const { direction, amount, isForeign } of rows)
    if (!isForeign) balance += direction === 'credit' ? amount : -amount;
  return balance;
}

const foreignMark = 777_777_777_777_777;

function balanceOf(code: string, amount: number): OutgoingObject {
  return {
    Tp: { CdOrPrtry: { Cd: code } },
    Amt: Math.abs(amount),
    CdtDbtInd: amount < 0 ? 'DBIT' : 'CRDT',
    Dt: { Dt: '2026-02-02' },
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
