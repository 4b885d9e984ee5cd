import type { Ledger } from '../ledger.ts';
import { paymentError } from '../payment-error.ts';
import type { BankAnswer, ReturnedLine } from './bank-answer.ts';
import type { DisbursementBatch, DisbursementLine } from './batch.ts';
import type { BatchState, DisbursementData, LineState } from './disbursement-data.ts';

/** What happened to a batch, in order; the only thing that has to be kept. */
export type DisbursementEvent =
  | { readonly kind: 'planned'; readonly batch: DisbursementBatch }
  /** Written before the first byte leaves: from then on the bank may have it. */
  | { readonly kind: 'sending'; readonly batch: string }
  /** The bank says that it has never seen the batch. */
  | { readonly kind: 'absent'; readonly batch: string }
  | { readonly kind: 'answered'; readonly answer: BankAnswer; readonly on: string }
  | { readonly kind: 'returned'; readonly line: ReturnedLine };

export interface LineStanding {
  readonly line: DisbursementLine;
  readonly batch: string;
  readonly state: LineState | 'OPEN';
  readonly reason: string;
  readonly bankReference: string;
  /** Number of the return. */
  readonly returned: string;
}

export interface BatchStanding {
  readonly batch: DisbursementBatch;
  /** PLANNED may be sent; UNKNOWN may not, before the bank was asked. */
  readonly state: BatchState | 'PLANNED' | 'UNKNOWN';
  readonly reason: string;
}

/** Something that does not fit what is known; nothing is posted for it. */
export interface DisbursementProblem {
  readonly code:
    | 'BATCH_NOT_OURS'
    | 'LINE_NOT_OURS'
    | 'STATUS_UNKNOWN'
    | 'STATE_CONTRADICTED'
    | 'RETURN_OF_UNPAID'
    | 'RETURN_AMOUNT'
    | 'RETURN_TWICE';
  readonly subject: string;
}

export interface Disbursements {
  /** Takes a batch in. The same batch again changes nothing. Throws ERR_BATCH for other content under a known number. */
  plan(batch: DisbursementBatch): void;
  /** Says that the batch leaves now. Throws ERR_DISBURSEMENT_STATE when the bank may have it already. */
  sending(batch: string): void;
  /** The bank was asked and does not have it: it may be sent again, under the same number. */
  absent(batch: string): void;
  /** Takes an answer in; the same one again changes nothing. `on` is the booking day of what was paid. */
  answered(answer: BankAnswer, on: string): readonly DisbursementProblem[];
  returned(line: ReturnedLine): readonly DisbursementProblem[];
  batch(id: string): BatchStanding | undefined;
  lines(batch?: string): readonly LineStanding[];
  /** How often a voucher was put into a batch. */
  attempts(voucher: string): number;
  events(): readonly DisbursementEvent[];
}

/**
 * Follows batches from the plan to each line's result and return. `events` continues where an earlier process stopped. What
 * is paid and what comes back is posted to the ledger once, on the voucher's account, whatever is told twice.
 */
export function createDisbursements(
  data: DisbursementData,
  ledger: Ledger,
  events: readonly DisbursementEvent[] = [],
): Disbursements {
  const told: DisbursementEvent[] = [];
  const batches = new Map<string, BatchStanding>();
  const lines = new Map<string, LineStanding>();
  const attempts = new Map<string, number>();
  const batchStates = new Map(Object.entries(data.batchStatuses));
  const lineStates = new Map(Object.entries(data.lineStatuses));
  const waiting = new Set(data.waitingStatuses);

  const known = (id: string): BatchStanding => {
    const standing = batches.get(id);
    if (standing === undefined) throw stateError(id, '–');
    return standing;
  };
  const move = (id: string, state: BatchStanding['state'], from: readonly string[]): void => {
    const standing = known(id);
    if (!from.includes(standing.state)) throw stateError(id, standing.state);
    batches.set(id, { ...standing, state });
  };
  const plan = (batch: DisbursementBatch): boolean => {
    const standing = batches.get(batch.id);
    if (standing !== undefined) {
      if (JSON.stringify(standing.batch) === JSON.stringify(batch)) return false;
      throw paymentError('ERR_BATCH', 'usage', { batch: batch.id, why: batch.id });
    }
    const taken = batch.lines.find(({ id, voucher }) => lines.has(id) || isOpen(voucher));
    if (taken !== undefined)
      throw paymentError('ERR_BATCH', 'usage', { batch: batch.id, why: taken.voucher });
    batches.set(batch.id, { batch, state: 'PLANNED', reason: '' });
    for (const line of batch.lines) {
      lines.set(line.id, {
        line,
        batch: batch.id,
        state: 'OPEN',
        reason: '',
        bankReference: '',
        returned: '',
      });
      attempts.set(line.voucher, (attempts.get(line.voucher) ?? 0) + 1);
    }
    return true;
  };
  /** A voucher whose last line may still be paid, or was. */
  const isOpen = (voucher: string): boolean => {
    const last = lines.get(`${voucher}-${attempts.get(voucher) ?? 0}`);
    return last !== undefined && (last.state === 'OPEN' || last.state === 'PAID');
  };

  const settle = (
    standing: LineStanding,
    state: LineState,
    more: Partial<LineStanding>,
    on: string,
  ): void => {
    const next = { ...standing, ...more, state };
    lines.set(standing.line.id, next);
    if (state === 'REJECTED') return;
    const { line, batch } = next;
    const bank = { account: `bank:${known(batch).batch.debitAccount}` };
    const payable = { account: `payable:${line.voucher}` };
    const isPaid = state === 'PAID';
    ledger.post({
      id: `${isPaid ? 'disbursement' : 'return'}:${line.id}`,
      kind: isPaid ? 'disbursement' : 'return',
      on,
      postings: [
        { ...(isPaid ? payable : bank), debit: line.amount, credit: 0 },
        { ...(isPaid ? bank : payable), debit: 0, credit: line.amount },
      ],
      sources: [line.id, batch, isPaid ? next.bankReference : next.returned].filter(
        (source) => source !== '',
      ),
      ...(next.reason === '' ? {} : { reason: next.reason }),
    });
  };

  const answered = (answer: BankAnswer, on: string): DisbursementProblem[] => {
    const standing = batches.get(answer.batch);
    if (standing === undefined) return [{ code: 'BATCH_NOT_OURS', subject: answer.batch }];
    const problems: DisbursementProblem[] = [];
    const state = batchStates.get(answer.status);
    if (state === undefined && answer.status !== '')
      problems.push({ code: 'STATUS_UNKNOWN', subject: answer.status });
    const named = new Map(answer.lines.map((line) => [line.line, line]));
    for (const id of named.keys())
      if (lines.get(id)?.batch !== answer.batch) problems.push({ code: 'LINE_NOT_OURS', subject: id });
    for (const line of standing.batch.lines) {
      const own = named.get(line.id);
      const status = own === undefined || own.status === '' ? answer.status : own.status;
      // A batch that is done or refused as a whole says so of every line it does not name.
      const wanted = lineStates.get(status);
      if (wanted === undefined) {
        if (own !== undefined && !waiting.has(status))
          problems.push({ code: 'STATUS_UNKNOWN', subject: status });
        continue;
      }
      const before = lines.get(line.id);
      if (before === undefined) continue;
      const reason = wanted === 'REJECTED' ? (own?.reason ?? '') || answer.reason : '';
      if (before.state === 'OPEN')
        settle(before, wanted, { reason, bankReference: own?.bankReference ?? '' }, on);
      else if (before.state !== wanted && !(before.state === 'RETURNED' && wanted === 'PAID'))
        problems.push({ code: 'STATE_CONTRADICTED', subject: line.id });
    }
    const states = standing.batch.lines.map(({ id }) => lines.get(id)?.state);
    const settled = states.every((one) => one !== 'OPEN')
      ? states.every((one) => one === 'REJECTED')
        ? 'REJECTED'
        : states.includes('REJECTED')
          ? 'PARTIAL'
          : 'DONE'
      : state;
    batches.set(answer.batch, {
      ...standing,
      state:
        settled ??
        (standing.state === 'PLANNED' || standing.state === 'UNKNOWN' ? 'RECEIVED' : standing.state),
      reason: answer.reason === '' ? standing.reason : answer.reason,
    });
    return problems;
  };

  const returned = (one: ReturnedLine): DisbursementProblem[] => {
    const problem = (code: DisbursementProblem['code']): DisbursementProblem[] => [{ code, subject: one.id }];
    const standing = lines.get(one.line);
    if (standing === undefined) return problem('LINE_NOT_OURS');
    if (standing.state === 'RETURNED') return standing.returned === one.id ? [] : problem('RETURN_TWICE');
    if (standing.state !== 'PAID') return problem('RETURN_OF_UNPAID');
    if (one.amount !== standing.line.amount) return problem('RETURN_AMOUNT');
    settle(standing, 'RETURNED', { reason: one.reason, returned: one.id }, one.on);
    return [];
  };

  const apply = (event: DisbursementEvent): readonly DisbursementProblem[] => {
    switch (event.kind) {
      case 'planned':
        return plan(event.batch) ? note(event, []) : [];
      case 'sending':
        move(event.batch, 'UNKNOWN', ['PLANNED']);
        return note(event, []);
      case 'absent':
        move(event.batch, 'PLANNED', ['UNKNOWN']);
        return note(event, []);
      case 'answered':
        return note(event, answered(event.answer, event.on));
      default:
        return note(event, returned(event.line));
    }
  };
  const note = (
    event: DisbursementEvent,
    problems: readonly DisbursementProblem[],
  ): readonly DisbursementProblem[] => {
    told.push(event);
    return problems;
  };
  for (const event of events) apply(event);

  return {
    plan: (batch) => void apply({ kind: 'planned', batch }),
    sending: (batch) => void apply({ kind: 'sending', batch }),
    absent: (batch) => void apply({ kind: 'absent', batch }),
    answered: (answer, on) => apply({ kind: 'answered', answer, on }),
    returned: (line) => apply({ kind: 'returned', line }),
    batch: (id) => batches.get(id),
    lines: (batch) =>
      [...lines.values()].filter((standing) => batch === undefined || standing.batch === batch),
    attempts: (voucher) => attempts.get(voucher) ?? 0,
    events: () => told,
  };
}

function stateError(batch: string, state: string): Error {
  return paymentError('ERR_DISBURSEMENT_STATE', 'unknown-outcome', { batch, state });
}
