import { StatementProof } from './check-pages.ts';
import type { MessageProfile } from './message-profile.ts';
import type { MessageProblem } from './read-message.ts';
import { readStatement } from './read-statement.ts';
import type { Difference, ReconciliationLine } from './reconciliation-rules.ts';
import type { StatementPage } from './statement.ts';

/** What is learnt about statements while their lines pass by. */
export interface StatementFindings {
  readonly pages: StatementPage[];
  readonly unreadable: Difference[];
  readonly problems: MessageProblem[];
  readonly proof: StatementProof;
}

export function emptyFindings(closings: ReadonlyMap<string, number> = new Map()): StatementFindings {
  return { pages: [], unreadable: [], problems: [], proof: new StatementProof(closings) };
}

/**
 * The booked lines of statements, for reconciliation. Lines whose amount is no whole đồng are kept apart: they are
 * differences, and no money.
 */
export async function* linesOfStatement(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  profiles: readonly MessageProfile[],
  findings: StatementFindings,
  firstNumber = 1,
): AsyncGenerator<ReconciliationLine> {
  let number = firstNumber;
  for await (const event of readStatement(source, profiles)) {
    if (event.kind === 'problem') {
      findings.problems.push(event.problem);
      continue;
    }
    if (event.kind === 'page') {
      findings.pages.push(event.page);
      findings.proof.page(event.page);
      continue;
    }
    const { line } = event;
    findings.proof.line(line);
    if (line.status !== 'booked') continue;
    const id = `${line.bankReference === '' ? 'line' : line.bankReference}@${String(number).padStart(8, '0')}`;
    number += 1;
    if (line.amount === null) {
      findings.unreadable.push({
        class: 'UNREADABLE_AMOUNT',
        account: line.account,
        bankIds: [id],
        bookIds: [],
        bankAmount: 0,
        bookAmount: 0,
        stage: 'review',
      });
      continue;
    }
    yield {
      id,
      account: line.account,
      reference: line.bankReference,
      order: line.endToEndId,
      batch: '',
      direction: line.direction,
      amount: line.amount,
      day: line.bookingDate,
      text: line.text,
      isReversal: line.isReversal,
    };
  }
}
