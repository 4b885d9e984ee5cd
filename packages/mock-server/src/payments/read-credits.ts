import { messageProfiles, readStatement, type StatementLine } from '@bhxh/sdk/payments/read';
import { XmlError } from '@bhxh/xml';
import type { Specifications } from '@bhxh/sdk/specifications';
import { cutOffData } from './business-day.ts';
import type { MessageFinding } from './refuse.ts';

/** Entries of a notification, or why it is refused as a whole. */
export interface NotifiedCredits {
  readonly lines: readonly StatementLine[];
  readonly findings: readonly MessageFinding[];
}

/** Problems that make money unreadable. Another currency is readable, and waits in suspense. */
const FATAL = new Set([
  'AMOUNT_FORMAT',
  'AMOUNT_FRACTION',
  'AMOUNT_RANGE',
  'DETAIL_SUM',
  'DETAIL_AMOUNT_MISSING',
  'DATE_MISSING',
]);

export async function readCredits(
  specifications: Specifications,
  document: Uint8Array,
): Promise<NotifiedCredits> {
  const lines: StatementLine[] = [];
  const findings: MessageFinding[] = [];
  const most = cutOffData(specifications).notification.credits;
  try {
    for await (const event of readStatement([document], messageProfiles(specifications))) {
      if (event.kind === 'problem') {
        if (event.problem.code !== 'CURRENCY_NOT_VND')
          findings.push({ code: event.problem.code, path: event.problem.path });
        continue;
      }
      if (event.kind !== 'line') continue;
      const { line } = event;
      lines.push(line);
      const entry = lines.length;
      for (const problem of line.problems) if (FATAL.has(problem)) findings.push({ code: problem, entry });
      if (line.bankReference === '') findings.push({ code: 'REFERENCE_MISSING', entry });
      if (line.amount === 0) findings.push({ code: 'AMOUNT_ZERO', entry });
      if (line.status !== 'booked') findings.push({ code: 'NOT_BOOKED', entry });
    }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    findings.push({ code: error.code });
  }
  if (lines.length === 0) findings.push({ code: 'NO_ENTRY' });
  if (lines.length > most) findings.push({ code: 'TOO_MANY_ENTRIES' });
  return { lines, findings: findings.slice(0, 100) };
}
