import { expect, test } from 'vitest';
import { openSpecifications } from '../../specifications/index.ts';
import { allocationData, allocationPolicy } from '../allocation-policy.ts';
import { obligationEntry, postReceipt } from '../contribution-account.ts';
import { reverseReceipt } from '../reverse-receipt.ts';
import { readBankAnswer, readReturns } from '../disbursement/bank-answer.ts';
import { createDisbursements } from '../disbursement/disbursements.ts';
import { disbursementData } from '../disbursement/disbursement-data.ts';
import { createLedger } from '../ledger.ts';
import { emptyFindings, linesOfStatement } from '../lines-of-statement.ts';
import {
  listAt,
  messageProfile,
  messageProfiles,
  textAt,
  valueAt,
  type MessageAmount,
} from '../message-profile.ts';
import { createRemittanceParser } from '../parse-remittance.ts';
import { MessageReader } from '../read-message.ts';
import { reconcileLines } from '../reconcile-lines.ts';
import { reconciliationReport, type ReconciliationReport } from '../reconciliation-report.ts';
import { reconciliationRules, type ReconciliationLine } from '../reconciliation-rules.ts';
import { remittanceSyntax } from '../remittance-syntax.ts';
import { reviewCredit } from '../review-credit.ts';
import { suspenseEntry } from '../suspense.ts';
import { createUnitRegister } from '../unit-register.ts';
import { generateMismatchDay, mismatchCases, type MismatchDay } from './mismatch-day.ts';
import { messagesOfBatch, statementOfDay } from './write-day.ts';

const specifications = openSpecifications();
const rules = reconciliationRules(specifications);
const syntax = remittanceSyntax(specifications);
const profiles = messageProfiles(specifications);
const isLong = process.env['BHXH_TEST_LONG'] === '1';

interface Told {
  readonly class: string;
  readonly references: readonly string[];
  readonly bookIds: readonly string[];
  readonly bankAmount: number;
  readonly bookAmount: number;
}
const sorted = (all: readonly Told[]): string[] =>
  all
    .map((one) => JSON.stringify([one.class, one.references, one.bookIds, one.bankAmount, one.bookAmount]))
    .toSorted();

async function work(day: MismatchDay): Promise<{ report: ReconciliationReport; bank: ReconciliationLine[] }> {
  const bytes = statementOfDay(day, messageProfile(specifications, 'camt.053'), 700);
  const findings = emptyFindings(new Map(day.accounts.map(({ account, before }) => [account, before])));
  const bank: ReconciliationLine[] = [];
  for await (const line of linesOfStatement([bytes], profiles, findings)) bank.push(line);
  const result = reconcileLines(bank, day.book, rules);
  const { pages, unreadable, proof } = findings;
  const statementProblems = proof.end();
  const report = reconciliationReport({ result, rules, run: 1, pages, unreadable, statementProblems });
  return { report, bank };
}

const reported = (report: ReconciliationReport): string[] =>
  sorted(
    report.differences.map((one) => ({
      ...one,
      references: one.bankIds.map((id) => id.replace(/@\d+$/, '')),
    })),
  );

/** Credits are judged and posted, reversals undo them; the ledger says in the end what the unit, suspense and refunds hold. */
function post(day: MismatchDay, bank: readonly ReconciliationLine[]): { decided: unknown; money: unknown } {
  const register = createUnitRegister(day.units, syntax.confusions);
  const parse = createRemittanceParser({ syntax, register });
  const policy = allocationPolicy(allocationData(specifications));
  const ledger = createLedger();
  for (const [unit, amount] of day.due)
    ledger.post(
      obligationEntry(
        unit,
        { id: 'D', fund: 'BHYT', part: 'principal', period: '2026-01', amount },
        '2026-01-31',
      ),
    );
  const receiptOf = (reference: string, account: string, amount: number, on: string) => ({
    key: `ref:${account}:${reference}`,
    bankAccount: account,
    amount,
    on,
    voucher: reference,
  });
  for (const { reference, unitCode, amount } of day.earlier)
    postReceipt(ledger, { ...receiptOf(reference, day.account, amount, '2026-02-01'), unitCode }, policy);
  const decided: Record<string, unknown> = {};
  const seen = new Set<string>();
  const returned = new Set(day.batches.flatMap(({ returns }) => returns.map(({ id }) => id)));
  for (const line of bank) {
    const { account, reference, amount, direction, day: on } = line;
    const key = `${account} ${reference} ${String(line.isReversal)}`;
    if (seen.has(key) || (!day.collectionAccounts.has(account) && direction === 'debit')) continue;
    seen.add(key);
    if (line.isReversal) {
      reverseReceipt(ledger, `ref:${account}:${reference}`, on, `${reference}:reversal`);
      continue;
    }
    if (direction === 'debit' || returned.has(reference)) continue;
    const { decision, reason, unitCode } = reviewCredit(line, {
      parse,
      register,
      accounts: day.collectionAccounts,
      renamedOffices: day.renamedOffices,
      due: (unit) => day.due.get(unit),
    });
    if (decision !== 'assign' || reason !== '') decided[reference] = { decision, reason };
    const receipt = receiptOf(reference, account, amount, on);
    if (decision === 'assign' && unitCode !== null) postReceipt(ledger, { ...receipt, unitCode }, policy);
    else ledger.post(suspenseEntry(receipt, decision === 'refund' ? 'to-refund' : reason));
  }
  let assigned = 0;
  for (const { kind, postings, reverses } of ledger.entries())
    for (const posting of postings)
      if (
        posting.account.startsWith('carried:') &&
        (kind === 'receipt' || reverses?.startsWith('receipt:') === true)
      )
        assigned += posting.credit - posting.debit;
  const suspense: Record<string, number> = {};
  for (const { account } of [...ledger.entries()].flatMap(({ postings }) => postings))
    if (account.startsWith('suspense:') && account !== 'suspense:to-refund')
      suspense[account.slice(9)] ??= ledger.balance(account);
  return { decided, money: { assigned, suspense, toRefund: ledger.balance('suspense:to-refund') } };
}

/** The bank's side of the orders, made from the bytes alone: it adds up itself, pays once and answers as it is told. */
function payOut(day: MismatchDay): {
  states: unknown;
  lines: unknown;
  paidOut: number;
  debited: Map<string, number>;
} {
  const data = disbursementData(specifications);
  const ledger = createLedger();
  const orders = createDisbursements(data, ledger);
  const debited = new Map<string, number>();
  const known = new Set<string>();
  for (const ordered of day.batches) {
    const { order, answer, returns } = messagesOfBatch(ordered, data, specifications);
    const bank = (bytes: Uint8Array): Uint8Array => {
      let sum = 0;
      const paid = new Map(ordered.answer.lines.map((line) => [line.line, line.status === 'ACSC']));
      const wanted: string[] = [];
      const reader = new MessageReader(profiles, {
        record: (record) => {
          sum += Number((valueAt(record, 'Amt', 'InstdAmt') as MessageAmount).text);
          wanted.push(textAt(record, 'PmtId', 'EndToEndId') ?? '');
        },
      });
      reader.write(bytes);
      const message = reader.end();
      expect(listAt(message, 'PmtInf')).toHaveLength(0);
      const id = textAt(message, 'GrpHdr', 'MsgId') ?? '';
      const isRight = textAt(message, 'GrpHdr', 'CtrlSum') === String(sum);
      expect(isRight).toBe(ordered.case !== 20);
      if (isRight && !known.has(id))
        for (const line of wanted)
          if (paid.get(line) === true) debited.set(line, (debited.get(line) ?? 0) + 1);
      known.add(id);
      return answer;
    };
    const { id, on } = ordered.batch;
    orders.plan(ordered.batch);
    orders.sending(id);
    if (ordered.channel !== 'answers') {
      if (ordered.channel === 'loses-answer') bank(order);
      // Nothing is sent again before the bank was asked.
      expect(() => orders.sending(id)).toThrow(expect.objectContaining({ code: 'ERR_DISBURSEMENT_STATE' }));
      if (!known.has(id)) {
        orders.absent(id);
        orders.sending(id);
        bank(order);
      }
      expect(orders.answered(readBankAnswer(answer, profiles), on)).toEqual([]);
    } else expect(orders.answered(readBankAnswer(bank(order), profiles), on)).toEqual([]);
    for (const bytes of returns)
      for (const one of readReturns(bytes, profiles).returns) {
        expect(orders.returned(one)).toEqual([]);
        expect(orders.returned(one)).toEqual([]);
      }
  }
  return {
    states: Object.fromEntries(day.batches.map(({ batch }) => [batch.id, orders.batch(batch.id)?.state])),
    lines: Object.fromEntries(orders.lines().map(({ line, state, reason }) => [line.id, { state, reason }])),
    paidOut: ledger.balance('bank:9999000022'),
    debited,
  };
}

test.each(Array.from({ length: 10 }, (_, seed) => seed + 1))(
  'with seed %i every difference, decision and payment is as expected in all 28 cases, none missed and none invented',
  async (seed) => {
    const day = generateMismatchDay({ count: isLong ? 100_000 : 2000, seed, rate: 0.01 });
    expect(mismatchCases).toEqual(Array.from({ length: 28 }, (_, index) => index + 1));
    for (const number of mismatchCases) expect(day.expected.cases[number] ?? 0).toBeGreaterThan(0);
    const { report, bank } = await work(day);
    expect(reported(report)).toEqual(sorted(day.expected.differences));
    const pages = report.statementProblems.map(({ code, account, page }) => `${code} ${account} ${page}`);
    expect(pages.toSorted()).toEqual(
      day.expected.statementProblems
        .map(({ code, account, page }) => `${code} ${account} ${page}`)
        .toSorted(),
    );
    expect(report.proof.holds).toBe(true);

    const { decided, money } = post(day, bank);
    expect(decided).toEqual(day.expected.reviews);
    const { paidOut, ...collected } = day.expected.money;
    expect(money).toEqual(collected);

    const out = payOut(day);
    expect(out.lines).toEqual(day.expected.lines);
    expect(out.states).toEqual(day.expected.batches);
    expect(out.paidOut).toBe(paidOut);
    expect([...out.debited.values()].every((times) => times === 1)).toBe(true);
    expect(out.debited.size).toBe(
      Object.values(day.expected.lines).filter(({ state }) => state !== 'REJECTED').length,
    );
  },
  600_000,
);

test('each case can have a share of its own', () => {
  const day = generateMismatchDay({ count: 500, seed: 4, rate: 0, rates: { 7: 0.3, 23: 0.2 } });
  expect(Object.keys(day.expected.cases)).toEqual(['7', '23']);
  expect(() => generateMismatchDay({ count: 1, seed: 4, rate: 0.04 })).toThrow(RangeError);
});

test('the same options give the same day and the same report', async () => {
  const options = { count: 400, seed: 7, rate: 0.02 };
  const [first, second] = [generateMismatchDay(options), generateMismatchDay(options)];
  expect(second).toEqual(first);
  expect(JSON.stringify((await work(second)).report)).toBe(JSON.stringify((await work(first)).report));
});
/** Another way to the same answer: plain lists, searched from the start each time. */
function bruteForce(bank: readonly ReconciliationLine[], book: readonly ReconciliationLine[]): string[] {
  const told: string[] = [];
  const freeBank = bank.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((line) => ({ line, used: false }));
  const freeBook = book.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((line) => ({ line, used: false }));
  const same = (a: ReconciliationLine, b: ReconciliationLine): boolean =>
    a.reference === b.reference && a.account === b.account && a.direction === b.direction;
  const name = ({ id }: ReconciliationLine): string => id;
  for (const needsAmount of [true, false]) {
    for (const one of freeBank) {
      if (one.used) continue;
      for (const other of freeBook) {
        if (other.used || !same(one.line, other.line)) continue;
        const missing = other.line.amount - one.line.amount;
        if (needsAmount && missing !== 0) continue;
        one.used = true;
        other.used = true;
        const pair = `${name(one.line)}|${name(other.line)}`;
        if (missing !== 0)
          told.push(
            `${one.line.direction === 'credit' && rules.fees.includes(missing) ? 'FEE_NETTED' : 'AMOUNT_DIFFERS'} ${pair}`,
          );
        else if (one.line.day !== other.line.day) told.push(`LATE_POSTING ${pair}`);
        break;
      }
    }
  }
  for (const { line, used } of freeBank) {
    if (used) continue;
    const isTwice = freeBank.some((other) => other.line !== line && other.used && same(other.line, line));
    told.push(
      `${isTwice ? 'DUPLICATE_AT_BANK' : line.isReversal ? 'REVERSED_AT_BANK' : 'MISSING_IN_BOOK'} ${name(line)}|`,
    );
  }
  for (const { line, used } of freeBook) {
    if (used) continue;
    const isTwice = freeBook.some((other) => other.line !== line && other.used && same(other.line, line));
    told.push(`${isTwice ? 'DUPLICATE_IN_BOOK' : 'MISSING_AT_BANK'} |${name(line)}`);
  }
  for (const [index, { line }] of freeBank.entries()) {
    const isDouble = freeBank
      .slice(0, index)
      .some(
        ({ line: other }) =>
          line.order !== '' &&
          line.direction === 'credit' &&
          other.direction === 'credit' &&
          other.account === line.account &&
          !line.isReversal &&
          other.order === line.order &&
          other.reference !== line.reference &&
          other.amount === line.amount,
      );
    if (isDouble) told.push(`DOUBLE_PAYMENT ${name(line)}|`);
  }
  return told.toSorted();
}

test.each([11, 12, 13])('on a thousand lines an independent matcher agrees (seed %i)', async (seed) => {
  const day = generateMismatchDay({ count: 1000, seed, rate: 0.03 });
  const { bank } = await work(day);
  const ours = reconcileLines(bank, day.book, rules).differences.map(
    (one) => `${one.class} ${one.bankIds.join(' ')}|${one.bookIds.join(' ')}`,
  );
  expect(ours.toSorted()).toEqual(bruteForce(bank, day.book));
});
