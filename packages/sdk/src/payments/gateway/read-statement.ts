import { StatementProof, type PageProblem } from '../check-pages.ts';
import { messageProfiles } from '../message-profile.ts';
import { paymentError } from '../payment-error.ts';
import { readStatement } from '../read-statement.ts';
import type { StatementLine, StatementPage } from '../statement.ts';
import type { BhxhError } from '../../errors/bhxh-error.ts';
import type { Specifications } from '../../specifications/specifications.ts';

/** A statement whose pages are all there and whose sums are proven. */
export interface ProvenStatement {
  readonly account: string;
  readonly opening: number;
  readonly closing: number;
  readonly lines: readonly StatementLine[];
  readonly pages: readonly StatementPage[];
}

/** Why a statement is refused as a whole. */
export interface StatementProblem extends Partial<Omit<PageProblem, 'code'>> {
  readonly code: string;
}

/** A refused statement; `problems` says every reason. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';
  readonly problems: readonly StatementProblem[];

  constructor(problems: readonly StatementProblem[]) {
    super(problems.map(({ code }) => code).join(', '));
    this.problems = problems;
  }
}

/**
 * Lines of a whole statement, its pages given in the order they came. Complete or refused: a page that is missing,
 * doubled or out of order, a broken balance or a fraction of a đồng refuses all of it.
 *
 * @throws BhxhError ERR_STATEMENT_REFUSED, its cause a StatementRefused with every problem
 */
export async function proveStatement(
  specifications: Specifications,
  account: string,
  pages: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  openingBefore?: number,
): Promise<ProvenStatement> {
  const proof = new StatementProof(
    openingBefore === undefined ? new Map() : new Map([[account, openingBefore]]),
  );
  const profiles = messageProfiles(specifications);
  const lines: StatementLine[] = [];
  const read: StatementPage[] = [];
  const problems: StatementProblem[] = [];
  for await (const bytes of pages) {
    for await (const event of readStatement([bytes], profiles)) {
      if (event.kind === 'problem') problems.push({ code: event.problem.code });
      else if (event.kind === 'page') {
        proof.page(event.page);
        read.push(event.page);
        if (event.page.account !== account) problems.push({ code: 'ACCOUNT_OTHER', page: event.page.page });
      } else {
        proof.line(event.line);
        lines.push(event.line);
        for (const code of event.line.problems) problems.push({ code });
      }
    }
  }
  problems.push(...proof.end());
  const keys = new Set<string>();
  for (const { key } of lines) {
    if (keys.has(key)) problems.push({ code: 'LINE_DOUBLED' });
    keys.add(key);
  }
  if (problems.length > 0) throw statementRefused(account, problems);
  const balance = (page: StatementPage | undefined, codes: readonly string[]): number =>
    page?.balances.find(({ code }) => codes.includes(code))?.amount ?? 0;
  return {
    account,
    opening: balance(read[0], ['OPBD', 'PRCD']),
    closing: balance(read.at(-1), ['CLBD']),
    lines,
    pages: read,
  };
}

export function statementRefused(account: string, problems: readonly StatementProblem[]): BhxhError {
  const codes = [...new Set(problems.map(({ code }) => code))].join(', ');
  return paymentError(
    'ERR_STATEMENT_REFUSED',
    'rejected',
    { account: `…${account.slice(-3)}`, problems: codes },
    new StatementRefused(problems),
  );
}
