import type { LineAnswer, ReturnedLine } from '../disbursement/bank-answer.ts';
import type { DisbursementLine } from '../disbursement/batch.ts';
import type { BatchState } from '../disbursement/disbursement-data.ts';
import type { DayDraft, Drawn, OrderedBatch, StatementRow } from './day-draft.ts';
import { dayLater } from './random-numbers.ts';

/** Cases of paying out. */
export const disbursementCases = [17, 18, 19, 20, 21, 22] as const;
export type DisbursementCase = (typeof disbursementCases)[number];

/** The account that orders are paid from. */
export const payingAccount = '9999000022';

/** Each case is a batch of its own with one line, or three where only a part is accepted. */
export function drawBatch(draft: DayDraft, kind: DisbursementCase, { number, row }: Drawn): void {
  const lines = Array.from({ length: kind === 21 ? 3 : 1 }, (_, index): DisbursementLine => {
    const voucher = `V${number}-${index + 1}`;
    return {
      id: `${voucher}-1`,
      voucher,
      payee: {
        name: 'NGUOI HUONG THU NGHIEM',
        account: `99992${String(number).padStart(8, '0')}`,
        clearing: '99202001',
      },
      amount: row.amount + index,
      text: `CHI TRA CHE DO BHXH ${voucher}`,
    };
  });
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const batch = {
    id: `LC${number}`,
    debitAccount: payingAccount,
    debitClearing: '99203001',
    payer: 'BHXH THU NGHIEM',
    purpose: 'short-term',
    on: draft.day,
    lines,
  };
  const put = (more: Pick<OrderedBatch, 'answer'> & Partial<OrderedBatch>, state: BatchState): void => {
    draft.batches.push({ case: kind, batch, controlSum: total, channel: 'answers', returns: [], ...more });
    draft.states.set(batch.id, state);
  };
  const paid = (line: DisbursementLine): LineAnswer => {
    const reference = `${row.reference}${line.id}`.slice(0, 35);
    draft.addBoth(movementOf(row, line, reference));
    draft.lines.set(line.id, { state: 'PAID', reason: '' });
    return { line: line.id, status: 'ACSC', reason: '', bankReference: reference };
  };
  const refused = (line: DisbursementLine, reason: string): LineAnswer => {
    draft.lines.set(line.id, { state: 'REJECTED', reason });
    return { line: line.id, status: 'RJCT', reason, bankReference: '' };
  };
  const answer = (status: string, told: readonly LineAnswer[]): OrderedBatch['answer'] => ({
    status,
    reason: '',
    lines: told,
  });
  const [first] = lines as [DisbursementLine];
  switch (kind) {
    case 17:
      return put(
        { answer: answer('RJCT', [refused(first, draft.random() < 0.5 ? 'AC04' : 'AC06')]) },
        'REJECTED',
      );
    case 18:
      return put({ answer: answer('RJCT', [refused(first, 'BE01')]) }, 'REJECTED');
    case 19: {
      const told = paid(first);
      const returned = comesBack(draft, row, first);
      return put({ answer: answer('ACSC', [told]), returns: [returned] }, 'DONE');
    }
    case 20:
      for (const line of lines) refused(line, 'AM10');
      return put(
        { controlSum: total + 1, answer: { status: 'RJCT', reason: 'AM10', lines: [] } },
        'REJECTED',
      );
    case 21:
      return put(
        {
          answer: answer(
            'PART',
            lines.map((line, index) => (index === 1 ? refused(line, 'AC01') : paid(line))),
          ),
        },
        'PARTIAL',
      );
    default:
      return put(
        {
          answer: answer('ACSC', [paid(first)]),
          channel: draft.random() < 0.5 ? 'loses-request' : 'loses-answer',
        },
        'DONE',
      );
  }
}

/** Five days later the money is back, on the statement of that day. */
function comesBack(draft: DayDraft, row: StatementRow, line: DisbursementLine): ReturnedLine {
  const on = dayLater(draft.day, 5);
  const id = `R${line.id}`;
  draft.addBoth({ ...movementOf(row, line, id), direction: 'credit', day: on, valueDay: on });
  draft.lines.set(line.id, { state: 'RETURNED', reason: 'AC04' });
  return { id, line: line.id, amount: line.amount, reason: 'AC04', on };
}

function movementOf(row: StatementRow, line: DisbursementLine, reference: string): StatementRow {
  return {
    ...row,
    account: payingAccount,
    reference,
    order: line.id,
    amount: line.amount,
    direction: 'debit',
    text: line.text,
  };
}
