import type { StatementLine, StatementPage } from './statement.ts';

export type PageProblemCode =
  | 'PAGE_MISSING'
  | 'PAGE_DOUBLED'
  | 'PAGE_ORDER'
  | 'LAST_PAGE_MISSING'
  | 'OPENING_BROKEN'
  | 'BALANCE_BROKEN'
  | 'CONTROL_COUNT'
  | 'CONTROL_SUM';

export interface PageProblem {
  readonly code: PageProblemCode;
  readonly account: string;
  readonly statement: string;
  readonly page: number;
  readonly expected?: number;
  readonly found?: number;
}

interface Running {
  readonly account: string;
  readonly statement: string;
  page: number;
  readonly pages: Set<number>;
  isClosed: boolean;
  opening: number | null;
  closing: number | null;
}

/**
 * Proves statements while they are read: pages complete and in order, control figures, opening balance equal to the
 * closing one of the day before, opening + credits − debits = closing. A problem means that the statement is refused
 * as a whole: a part of a statement proves nothing.
 */
export class StatementProof {
  readonly problems: PageProblem[] = [];
  /** Lines of pages that came twice are not to be taken twice. */
  readonly #open = new Map<string, Running>();
  readonly #closings: Map<string, number>;
  #credits = { count: 0, sum: 0n };
  #debits = { count: 0, sum: 0n };
  readonly #totals = new Map<string, bigint>();

  /** `closings`: last known closing balance by account. */
  constructor(closings: ReadonlyMap<string, number> = new Map()) {
    this.#closings = new Map(closings);
  }

  line(line: StatementLine): void {
    if (line.amount === null || line.status !== 'booked') return;
    const side = line.direction === 'credit' ? this.#credits : this.#debits;
    side.count += 1;
    side.sum += BigInt(line.amount);
  }

  page(page: StatementPage): void {
    const key = `${page.account} ${page.sequence ?? page.id}`;
    let running = this.#open.get(key);
    const report = (code: PageProblemCode, expected?: number | null, found?: number | null): void => {
      this.problems.push({
        code,
        account: page.account,
        statement: page.id,
        page: page.page,
        ...(expected === undefined || expected === null ? {} : { expected }),
        ...(found === undefined || found === null ? {} : { found }),
      });
    };
    const balance = (codes: readonly string[]): number | null => balanceOf(page, codes);

    if (running === undefined) {
      running = {
        account: page.account,
        statement: page.id,
        page: 0,
        pages: new Set(),
        isClosed: false,
        opening: null,
        closing: null,
      };
      this.#open.set(key, running);
    }
    const isDoubled = running.pages.has(page.page);
    if (isDoubled) report('PAGE_DOUBLED');
    else {
      if (page.page < running.page) report('PAGE_ORDER', running.page + 1, page.page);
      running.pages.add(page.page);
      running.page = Math.max(running.page, page.page);
      running.isClosed ||= page.isLast;
      if (page.page === 1) running.opening = balance(['OPBD', 'PRCD']);
      if (page.isLast) running.closing = balance(['CLBD', 'ITBD']);
      const { count, sum } = page.credits;
      if (count !== null && count !== this.#credits.count)
        report('CONTROL_COUNT', count, this.#credits.count);
      if (sum !== null && BigInt(sum) !== this.#credits.sum)
        report('CONTROL_SUM', sum, Number(this.#credits.sum));
      if (page.debits.count !== null && page.debits.count !== this.#debits.count)
        report('CONTROL_COUNT', page.debits.count, this.#debits.count);
      if (page.debits.sum !== null && BigInt(page.debits.sum) !== this.#debits.sum)
        report('CONTROL_SUM', page.debits.sum, Number(this.#debits.sum));
      this.#totals.set(key, (this.#totals.get(key) ?? 0n) + this.#credits.sum - this.#debits.sum);
    }
    this.#credits = { count: 0, sum: 0n };
    this.#debits = { count: 0, sum: 0n };
  }

  /** Looks at each statement as a whole. Returns all problems, in the order of the statements. */
  end(): readonly PageProblem[] {
    for (const [key, running] of this.#open) {
      const report = (code: PageProblemCode, page: number, expected?: number, found?: number): void => {
        this.problems.push({
          code,
          account: running.account,
          statement: running.statement,
          page,
          ...(expected === undefined ? {} : { expected }),
          ...(found === undefined ? {} : { found }),
        });
      };
      for (let page = 1; page < running.page; page += 1)
        if (!running.pages.has(page)) report('PAGE_MISSING', page);
      if (!running.isClosed) report('LAST_PAGE_MISSING', running.page + 1);
      const before = this.#closings.get(running.account);
      if (before !== undefined && running.opening !== null && before !== running.opening)
        report('OPENING_BROKEN', 1, before, running.opening);
      if (running.opening !== null && running.closing !== null) {
        const expected = BigInt(running.opening) + (this.#totals.get(key) ?? 0n);
        if (expected !== BigInt(running.closing))
          report('BALANCE_BROKEN', running.page, Number(expected), running.closing);
      }
      if (running.closing !== null) this.#closings.set(running.account, running.closing);
    }
    return this.problems;
  }
}

/** The balance of the first of these codes that the page has. */
export function balanceOf(page: StatementPage, codes: readonly string[]): number | null {
  for (const wanted of codes) {
    const found = page.balances.find(({ code }) => code === wanted);
    if (found !== undefined) return found.amount;
  }
  return null;
}
