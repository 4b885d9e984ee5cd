import { randomUUID } from 'node:crypto';
import { reviewCredit, type JournalEntry } from '@bhxh/sdk/payments/ledger';
import type { StatementLine } from '@bhxh/sdk/payments/read';
import type { ServerContext } from '../context.ts';
import { CARRY } from '../ledger/settle-overpaid.ts';
import { lockUnits, postEntries } from '../ledger/post-entries.ts';
import type { BankCreditTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';
import { keepMovements, type Movement } from './bank-book.ts';
import { paymentsOf } from './context.ts';
import type { NotifiedMessage } from './credit-desk.ts';
import { openCreditRegister, type CreditRegister } from './credit-register.ts';
import { keepCredits, knownCredits, type KnownCredits } from './known-credits.ts';
import { planSweeps } from './plan-sweeps.ts';
import { matchAgentBatches } from './match-agent-batches.ts';
import { findReceipt, keepMessage, newReceipt } from './receive-envelope.ts';
import { SUSPENSE_UNIT, UnitBook } from './unit-book.ts';

/** What became of one entry. */
interface CreditOutcome {
  readonly entry: number;
  readonly id: string | null;
  readonly reference: string;
  readonly status: BankCreditTable['status'] | 'DUPLICATE';
  readonly reason: string;
  readonly unitCode: string | null;
  readonly isPosted: boolean;
}

interface Account {
  readonly number: string;
  readonly bank: string;
}

/**
 * Posts the entries of several notifications in one transaction and gives the answer to each. An entry that was told
 * before posts nothing; whoever posts to a unit waits for the one before, on every node, so that no order of arrival
 * doubles or loses anything.
 */
export async function postCredits(
  server: ServerContext,
  messages: readonly NotifiedMessage[],
): Promise<readonly string[]> {
  const { store } = server;
  const { syntax } = paymentsOf(server);
  const lines = messages.flatMap((message) => message.lines);
  const names = await openCreditRegister(
    store,
    syntax,
    lines.map(({ text }) => text),
  );
  const accounts = new Map<string, Account>(
    (await store.read.selectFrom('bank_account').select(['number', 'bank']).execute()).map((account) => [
      account.number,
      account,
    ]),
  );
  const reversed = await unitsOfOriginals(store.read, lines);
  const units = new Set([SUSPENSE_UNIT, ...reversed]);
  for (const line of lines) {
    const { unitCode } = reviewOf(line, names, accounts).review;
    if (unitCode !== null) units.add(unitCode);
  }
  return await store.write(async (connection) => {
    await lockUnits(connection, [...units]);
    const run = await openRun(server, connection, { names, accounts, units: [...units], lines });
    const answers: string[] = [];
    for (const message of messages) answers.push(await run.take(message));
    await run.end();
    return answers;
  });
}

/** Entries by which a unit that now lacks carried money had settled something with it, the latest first. */
async function carriesOf(
  connection: Connection,
  book: UnitBook,
  unit: string,
): Promise<readonly JournalEntry[]> {
  if (book.balance(unit, `carried:${unit}`) >= 0) return [];
  const rows = await connection
    .selectFrom('ledger_entry')
    .select('entry')
    .where('unit', '=', unit)
    .where('id', 'like', `${CARRY}${unit}:%`)
    .orderBy('place', 'desc')
    .execute();
  const carries: JournalEntry[] = [];
  for (const row of rows) {
    const entry = JSON.parse(row.entry) as JournalEntry;
    if ((await book.entry(connection, `reversal:${entry.id}`)) === undefined) carries.push(entry);
  }
  return carries;
}

/** Units that the movements to be undone were posted to. */
async function unitsOfOriginals(
  connection: Connection,
  lines: readonly StatementLine[],
): Promise<readonly string[]> {
  const references = lines.flatMap((line) =>
    line.isReversal ? [line.transactionId, line.endToEndId].filter((one) => one !== '') : [],
  );
  if (references.length === 0) return [];
  const rows = await connection
    .selectFrom('bank_credit')
    .select('unit')
    .distinct()
    .where((s) => s.or([s('reference', 'in', references), s('end_to_end', 'in', references)]))
    .execute();
  return rows.flatMap(({ unit }) => (unit === null ? [] : [unit]));
}

function reviewOf(
  line: StatementLine,
  { parse, register }: CreditRegister,
  accounts: ReadonlyMap<string, Account>,
  due?: (unit: string) => number,
): { readonly review: ReturnType<typeof reviewCredit> } {
  return {
    review: reviewCredit(
      { account: line.account, text: line.text, amount: line.amount ?? 0 },
      {
        parse,
        register,
        accounts: new Set(accounts.has(line.account) ? [line.account] : []),
        renamedOffices: new Map(),
        ...(due === undefined ? {} : { due }),
      },
    ),
  };
}

interface RunChoice {
  readonly names: CreditRegister;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly units: readonly string[];
  readonly lines: readonly StatementLine[];
}

interface Run {
  take(message: NotifiedMessage): Promise<string>;
  end(): Promise<void>;
}

async function openRun(
  server: ServerContext,
  connection: Connection,
  { names, accounts, units, lines }: RunChoice,
): Promise<Run> {
  const { policy } = paymentsOf(server);
  const book = await UnitBook.open(connection, units, policy);
  const known: KnownCredits = await knownCredits(connection, lines);
  const fresh: BankCreditTable[] = [];
  const movements: Movement[] = [];

  /** The entries of what is undone, posted in this very transaction or earlier. */
  const reverse = async (line: StatementLine, row: BankCreditTable): Promise<boolean> => {
    const original = known.originalOf(line);
    if (original === undefined) return false;
    const ledgerUnit = original.unit ?? SUSPENSE_UNIT;
    const prefixes = original.status === 'ALLOCATED' ? ['allocation', 'receipt'] : ['suspense'];
    const entries: JournalEntry[] = [];
    for (const prefix of prefixes) {
      const entry = await book.entry(connection, `${prefix}:${original.key}`);
      if (entry !== undefined) entries.push(entry);
    }
    for (const entry of entries) book.mirror(ledgerUnit, entry, line.bookingDate, row.key);
    // What the money had settled since, as carried money, is owed again; the latest first.
    for (const entry of await carriesOf(connection, book, ledgerUnit))
      if (book.balance(ledgerUnit, `carried:${ledgerUnit}`) < 0)
        book.mirror(ledgerUnit, entry, line.bookingDate, row.key);
    known.markReversed(original);
    if (!fresh.includes(original))
      await connection
        .updateTable('bank_credit')
        .set({ status: 'REVERSED' })
        .where('id', '=', original.id)
        .execute();
    row.unit = original.unit;
    row.reverses = original.id;
    return entries.length > 0;
  };

  const judge = async (
    line: StatementLine,
    row: BankCreditTable,
  ): Promise<Pick<CreditOutcome, 'status' | 'reason' | 'isPosted'>> => {
    const { amount } = line;
    if (amount === null) return { status: 'SUSPENSE', reason: 'currency', isPosted: false };
    if (line.direction === 'debit') {
      if (line.isReversal) {
        const isPosted = await reverse(line, row);
        if (row.reverses !== null) return { status: 'REVERSAL', reason: '', isPosted };
        return { status: 'SUSPENSE', reason: 'original-unknown', isPosted: false };
      }
      return { status: 'SUSPENSE', reason: 'debit-unknown', isPosted: false };
    }
    const { review } = reviewOf(line, names, accounts, (unit) => book.due(unit));
    const { decision, reason, unitCode } = review;
    const receipt = {
      key: row.key,
      bankAccount: line.account,
      amount,
      on: line.bookingDate,
      voucher: line.bankReference,
    };
    if (decision !== 'assign' || unitCode === null) {
      const why = decision === 'refund' ? 'refund' : reason;
      book.suspend(receipt, why);
      return { status: decision === 'refund' ? 'REFUND' : 'SUSPENSE', reason: why, isPosted: true };
    }
    row.unit = unitCode;
    if (known.isPossiblyDoubled(line, unitCode)) {
      row.unit = null;
      book.suspend(receipt, 'possible-duplicate');
      return { status: 'SUSPENSE', reason: 'possible-duplicate', isPosted: true };
    }
    book.receive({ ...receipt, unitCode });
    return { status: 'ALLOCATED', reason, isPosted: true };
  };

  return {
    async take({ envelope, lines: entries }) {
      const before = await findReceipt(connection, envelope);
      if (before !== undefined) return before;
      const receipt = newReceipt(envelope);
      const own: BankCreditTable[] = [];
      const credits: CreditOutcome[] = [];
      for (const [index, line] of entries.entries()) {
        const told = known.get(line.key);
        const base = { entry: index + 1, reference: line.bankReference };
        if (told !== undefined) {
          const isSame = told.amount === line.amount && told.direction === line.direction;
          credits.push({
            ...base,
            id: told.id,
            status: 'DUPLICATE',
            reason: isSame ? '' : 'content-differs',
            unitCode: told.unit,
            isPosted: false,
          });
          continue;
        }
        const row = rowOf(line, receipt.id, envelope.header.from, envelope.at);
        const { status, reason, isPosted } = await judge(line, row);
        row.status = status as BankCreditTable['status'];
        row.reason = reason;
        known.add(row);
        fresh.push(row);
        own.push(row);
        if (line.amount !== null && accounts.has(line.account)) movements.push(movementOf(line));
        credits.push({ ...base, id: row.id, status, reason, unitCode: row.unit, isPosted });
      }
      const body = JSON.stringify({ ...receipt, credits });
      await keepMessage(connection, envelope, receipt.id, body);
      await keepCredits(connection, own, envelope.at);
      return body;
    },
    async end() {
      // A reversal may have changed a row of this very transaction after it was stored.
      for (const { id, status } of fresh)
        if (status === 'REVERSED')
          await connection.updateTable('bank_credit').set({ status }).where('id', '=', id).execute();
      await postEntries(connection, book.postings());
      await keepMovements(connection, movements, server.clock.now());
      await matchAgentBatches(server, connection, fresh);
      await planSweeps(
        server,
        connection,
        movements.filter(({ direction }) => direction === 'credit').map(({ account }) => account),
      );
    },
  };
}

function rowOf(line: StatementLine, message: string, bank: string, at: Date): BankCreditTable {
  return {
    id: `GD${randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase()}`,
    key: line.key,
    bank,
    account: line.account,
    direction: line.direction,
    amount: line.amount,
    currency: line.currency,
    booking_date: line.bookingDate,
    value_date: line.valueDate,
    unit: null,
    status: 'SUSPENSE',
    reason: '',
    reference: line.bankReference,
    end_to_end: line.endToEndId,
    text: line.text,
    counterparty: line.counterpartyName,
    message,
    reverses: null,
    received_at: at.getTime(),
  };
}

const movementOf = (line: StatementLine): Movement => ({
  account: line.account,
  reference: line.bankReference,
  bookingDate: line.bookingDate,
  valueDate: line.valueDate,
  direction: line.direction,
  isReversal: line.isReversal,
  amount: line.amount ?? 0,
  text: line.text,
  counterparty: line.counterpartyName,
  endToEndId: line.endToEndId,
});
