import type { JournalEntry } from '@bhxh/sdk/payments/ledger';
import { isoDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import { postEntries } from '../ledger/post-entries.ts';
import { keepMovements, type Movement } from './bank-book.ts';
import { businessDay } from './business-day.ts';
import type { DisbursementLine, LineResult } from './disbursement-lines.ts';
import { accountUnit } from './own-book.ts';
import type { PaymentRecord } from './records.ts';
import type { StepOutcome } from './record-kind.ts';
import { refusePayment } from './refuse.ts';

interface BookChoice {
  /** The reference bank pays: its own book moves, too. */
  readonly isOwnBook: boolean;
}

const linesOf = (record: PaymentRecord): ReadonlyMap<string, DisbursementLine> =>
  new Map((record.content['lines'] as readonly DisbursementLine[]).map((line) => [line.lineId, line]));

const sumOf = (
  lines: ReadonlyMap<string, DisbursementLine>,
  results: readonly LineResult[],
  states: readonly string[],
): string =>
  String(
    results
      .filter(({ state }) => states.includes(state))
      .reduce((sum, { lineId }) => sum + BigInt(lines.get(lineId)?.amount ?? 0), 0n),
  );

function movementOf(
  record: PaymentRecord,
  line: DisbursementLine,
  own: Pick<Movement, 'reference' | 'bookingDate' | 'valueDate' | 'direction'>,
): Movement {
  return {
    ...own,
    account: String(record.content['debitAccount']),
    isReversal: false,
    amount: Number(line.amount),
    text: line.text ?? line.voucher ?? line.lineId,
    counterparty: line.payeeName,
    endToEndId: line.lineId,
  };
}

/** Books what was paid, line by line, each once; refused lines stay with the batch under their reason. */
export function bookResults(
  server: ServerContext,
  record: PaymentRecord,
  told: readonly LineResult[],
  { isOwnBook }: BookChoice,
): Pick<StepOutcome, 'content' | 'within'> {
  const lines = linesOf(record);
  if (told.some(({ lineId }) => !lines.has(lineId)))
    throw refusePayment('MESSAGE_REFUSED', { findings: [{ code: 'LINE_UNKNOWN' }] });
  const now = server.clock.now();
  const on = businessDay(server.specifications, now).businessDate;
  const results = told.map((result) => (result.state === 'PAID' ? { ...result, on } : result));
  const account = String(record.content['debitAccount']);
  const entries: JournalEntry[] = [];
  const movements: Movement[] = [];
  for (const { lineId, state, reference } of results) {
    const line = lines.get(lineId);
    if (state !== 'PAID' || line === undefined) continue;
    const amount = Number(line.amount);
    entries.push({
      id: `disbursement:${record.id}:${lineId}`,
      kind: 'disbursement',
      on,
      postings: [
        { account: `paid:${String(record.content['purpose'])}`, debit: amount, credit: 0 },
        { account: `bank:${account}`, debit: 0, credit: amount },
      ],
      sources: [
        record.id,
        ...(line.voucher === undefined ? [] : [line.voucher]),
        reference ?? `${record.id}:${lineId}`,
      ],
    });
    movements.push(
      movementOf(record, line, {
        reference: reference ?? `${record.id}:${lineId}`,
        bookingDate: on,
        valueDate: isoDay(now),
        direction: 'debit',
      }),
    );
  }
  return {
    content: {
      ...record.content,
      results,
      paid: sumOf(lines, results, ['PAID', 'RETURNED']),
    },
    async within(connection) {
      if (entries.length > 0) await postEntries(connection, [{ unit: accountUnit(account), entries }]);
      if (isOwnBook) await keepMovements(connection, movements, now);
      return undefined;
    },
  };
}

/** Books lines that came back after they were paid, by the mirror of the payment; a line comes back once. */
export function bookReturns(
  server: ServerContext,
  record: PaymentRecord,
  back: readonly { readonly lineId: string; readonly reason: string; readonly reference?: string }[],
  { isOwnBook }: BookChoice,
): StepOutcome {
  const lines = linesOf(record);
  const before = (record.content['results'] as readonly LineResult[]) ?? [];
  const now = server.clock.now();
  const on = businessDay(server.specifications, now).businessDate;
  const account = String(record.content['debitAccount']);
  const entries: JournalEntry[] = [];
  const movements: Movement[] = [];
  const returned = new Map<string, string>();
  for (const { lineId, reason, reference: own } of back) {
    const known = before.find((result) => result.lineId === lineId);
    const line = lines.get(lineId);
    if (line === undefined || known === undefined || known.state === 'REJECTED')
      throw refusePayment('MESSAGE_REFUSED', { findings: [{ code: 'LINE_NOT_PAID' }] });
    if (known.state === 'RETURNED' || returned.has(lineId)) continue;
    returned.set(lineId, reason);
    const amount = Number(line.amount);
    const reference = own ?? `RT${record.id.slice(-12)}${lineId}`.slice(0, 35);
    entries.push({
      id: `return:${record.id}:${lineId}`,
      kind: 'return',
      on,
      postings: [
        { account: `bank:${account}`, debit: amount, credit: 0 },
        { account: `paid:${String(record.content['purpose'])}`, debit: 0, credit: amount },
      ],
      sources: [`disbursement:${record.id}:${lineId}`, reference],
      reason,
    });
    movements.push(
      movementOf(record, line, { reference, bookingDate: on, valueDate: isoDay(now), direction: 'credit' }),
    );
  }
  const results = before.map((result): LineResult =>
    returned.has(result.lineId)
      ? { ...result, state: 'RETURNED', reason: returned.get(result.lineId) ?? null, on }
      : result,
  );
  return {
    state: record.state,
    content: { ...record.content, results, returned: sumOf(lines, results, ['RETURNED']) },
    async within(connection) {
      if (entries.length > 0) await postEntries(connection, [{ unit: accountUnit(account), entries }]);
      if (isOwnBook) await keepMovements(connection, movements, now);
      return undefined;
    },
  };
}
