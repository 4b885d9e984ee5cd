import {
  messageProfiles,
  readStatement,
  StatementProof,
  type StatementLine,
  type StatementPage,
} from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../context.ts';
import type { BankAccountTable } from '../store/payment-tables.ts';
import { ownMovements, type BookedMovement } from './own-book.ts';
import type { MessageFinding } from './refuse.ts';

interface SideFigures {
  readonly opening: string;
  readonly credits: string;
  readonly creditCount: number;
  readonly debits: string;
  readonly debitCount: number;
  readonly closing: string;
}

interface Difference {
  readonly code: string;
  readonly reference: string;
  readonly bankAmount: string | null;
  readonly bookAmount: string | null;
}

export interface ComparedListing {
  readonly state: 'REFUSED' | 'MISMATCH' | 'MATCHED';
  readonly problems: readonly MessageFinding[];
  readonly differences: readonly Difference[];
  readonly matched: number;
  readonly bankSide?: SideFigures;
  readonly bookSide?: SideFigures;
}

export interface ReadPage {
  readonly page: StatementPage;
  readonly lines: readonly StatementLine[];
  readonly problems: readonly string[];
}

/** The page of a listing; undefined when the document is none. */
export async function readPage(server: ServerContext, document: Uint8Array): Promise<ReadPage | undefined> {
  const lines: StatementLine[] = [];
  const problems: string[] = [];
  let page: StatementPage | undefined;
  for await (const event of readStatement([document], messageProfiles(server.specifications))) {
    if (event.kind === 'line') {
      lines.push(event.line);
      problems.push(...event.line.problems);
    } else if (event.kind === 'page') page ??= event.page;
    else problems.push(event.problem.code);
  }
  return page === undefined ? undefined : { page, lines, problems: [...new Set(problems)] };
}

const signed = ({ direction, amount }: { direction: string; amount: number }): number =>
  direction === 'credit' ? amount : -amount;

const figuresOf = (
  opening: number,
  movements: readonly { readonly direction: string; readonly amount: number }[],
): SideFigures => {
  const side = (direction: string): readonly number[] =>
    movements.filter((one) => one.direction === direction).map(({ amount }) => amount);
  const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);
  const [credits, debits] = [side('credit'), side('debit')];
  return {
    opening: String(opening),
    credits: String(sum(credits)),
    creditCount: credits.length,
    debits: String(sum(debits)),
    debitCount: debits.length,
    closing: String(opening + sum(credits) - sum(debits)),
  };
};

/**
 * Compares a day's listing with the own book: first the listing proves itself (pages, control figures, balances, opening
 * as the own book closed), then every movement is looked for on the other side by the bank's number.
 */
export async function compareListing(
  server: ServerContext,
  account: BankAccountTable,
  businessDate: string,
  pages: readonly ReadPage[],
): Promise<ComparedListing> {
  const book = await ownMovements(server.store.read, account.number, businessDate);
  const ownOpening = book
    .filter(({ on }) => on < businessDate)
    .reduce((sum, movement) => sum + signed(movement), account.opening);
  const own = book.filter(({ on }) => on === businessDate);
  const proof = new StatementProof(new Map([[account.number, ownOpening]]));
  const ordered = pages.toSorted((a, b) => a.page.page - b.page.page);
  const problems: MessageFinding[] = [];
  for (const { page, lines, problems: unread } of ordered) {
    for (const line of lines) proof.line(line);
    proof.page(page);
    problems.push(...unread.map((code) => ({ code, page: page.page })));
    if (page.account !== account.number) problems.push({ code: 'ACCOUNT_OTHER', page: page.page });
  }
  problems.push(...proof.end().map(({ code, page }) => ({ code, page })));
  if (problems.length > 0) return { state: 'REFUSED', problems, differences: [], matched: 0 };
  const told = ordered.flatMap(({ lines }) =>
    lines
      .filter(({ status }) => status === 'booked')
      .map(({ bankReference, direction, amount }) => ({
        reference: bankReference,
        direction,
        amount: amount ?? 0,
      })),
  );
  const { differences, matched } = differencesOf(told, own);
  const opening = ordered[0]?.page.balances.find(({ code }) => code === 'OPBD')?.amount ?? ownOpening;
  return {
    state: differences.length === 0 ? 'MATCHED' : 'MISMATCH',
    problems: [],
    differences,
    matched,
    bankSide: figuresOf(opening, told),
    bookSide: figuresOf(ownOpening, own),
  };
}

function differencesOf(
  told: readonly Omit<BookedMovement, 'on'>[],
  own: readonly BookedMovement[],
): { readonly differences: readonly Difference[]; readonly matched: number } {
  const differences: Difference[] = [];
  const open = new Map(own.map((movement) => [`${movement.direction} ${movement.reference}`, movement]));
  const seen = new Set<string>();
  let matched = 0;
  for (const movement of told) {
    const key = `${movement.direction} ${movement.reference}`;
    const bankAmount = String(movement.amount);
    const { reference } = movement;
    const booked = open.get(key);
    open.delete(key);
    if (booked === undefined)
      differences.push({
        code: seen.has(key) ? 'DUPLICATE_AT_BANK' : 'MISSING_IN_BOOK',
        reference,
        bankAmount,
        bookAmount: null,
      });
    else if (booked.amount !== movement.amount)
      differences.push({
        code: 'AMOUNT_DIFFERS',
        reference,
        bankAmount,
        bookAmount: String(booked.amount),
      });
    else matched += 1;
    seen.add(key);
  }
  for (const { reference, amount } of open.values())
    differences.push({
      code: 'MISSING_AT_BANK',
      reference,
      bankAmount: null,
      bookAmount: String(amount),
    });
  return { differences, matched };
}
