// Two server processes on one PostgreSQL post credits to one unit at the same time: nothing is doubled, nothing is lost,
// and the allocation is the one that the journal's order alone gives. 20,000 credits with BHXH_TEST_LONG=1.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  allocationData,
  allocationPolicy,
  obligationEntry,
  receiptEntries,
  type BankClient,
  type CreditReceipt,
  type Fund,
  type JournalEntry,
} from '@bhxh/sdk/payments';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postEntries } from '../src/ledger/post-entries.ts';
import type { DemoAccount } from '../src/seed/demo.ts';
import { openStore } from '../src/store/open-store.ts';
import type { Store } from '../src/store/store.ts';
import { credit, openParty } from './bank-parties.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { specifications } from './unit-office.ts';

const isLong = process.env['BHXH_TEST_LONG'] === '1';
const CREDITS = isLong ? 20_000 : 400;
const PER_MESSAGE = isLong ? 10 : 4;
const IN_FLIGHT = 48;
const UNIT = 'ZZ0001A';
const FUNDS: readonly Fund[] = ['BHYT', 'BHTN', 'TNLD_BNN', 'ODTS', 'HTTT'];

interface Ready {
  readonly url: string;
  readonly accounts: readonly DemoAccount[];
}

let database: TestPostgres;
let store: Store;
const nodes: ChildProcess[] = [];
const clients: BankClient[] = [];

async function startNode(): Promise<Ready> {
  const node = fork(fileURLToPath(new URL('bank-child.ts', import.meta.url)), [database.address], {
    execArgv: ['--conditions=@bhxh/source', '--import', 'tsx'],
  });
  nodes.push(node);
  return await new Promise<Ready>((resolve, reject) => {
    node.once('message', (ready) => resolve(ready as Ready));
    node.once('exit', (code) => reject(new Error(`the node ended with ${String(code)}`)));
  });
}

beforeAll(async () => {
  database = await startPostgres();
  const first = await startNode();
  // The accounts' passwords are those of the node that started last.
  const second = await startNode();
  for (const { url } of [first, second])
    clients.push(
      await openParty({ url, accounts: second.accounts, now: () => new Date() }, 'VCB_TTV', {
        fetch: (request) => fetch(request),
      }),
    );
  store = await openStore(database.address);
}, 300_000);
afterAll(async () => {
  for (const client of clients) await client.close();
  await store.close();
  await Promise.all(
    nodes.map((node) => {
      const ended = new Promise((resolve) => node.once('exit', resolve));
      node.disconnect();
      return ended;
    }),
  );
  await database.stop();
}, 60_000);

const amountOf = (index: number): number => 1_000 + ((index * 7_919) % 90_000);

it(
  `posts ${CREDITS} credits of two nodes to one unit, each once, in an order that explains every line`,
  { timeout: 1_800_000 },
  async () => {
    const total = Array.from({ length: CREDITS }, (_, index) => amountOf(index)).reduce((a, b) => a + b, 0);
    // Owed over two years, a little less than what comes in, so that the last credits are carried.
    const share = Math.floor((total * 0.9) / (24 * FUNDS.length));
    const obligations = Array.from({ length: 24 }, (_, month) =>
      FUNDS.map((fund) => {
        const period = `${2024 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
        return obligationEntry(
          UNIT,
          { id: `${period}:${fund}`, fund, part: 'principal', period, amount: share },
          '2026-01-31',
        );
      }),
    ).flat();
    await store.write((connection) => postEntries(connection, [{ unit: UNIT, entries: obligations }]));

    const messages = Array.from({ length: CREDITS / PER_MESSAGE }, (_, number) => ({
      messageId: `M${number}`,
      office: '09901',
      account: '9999203001',
      businessDate: '2026-10-12',
      createdAt: new Date('2026-10-12T02:00:00Z'),
      credits: Array.from({ length: PER_MESSAGE }, (_, at) => {
        const index = number * PER_MESSAGE + at;
        return credit(`FT${index}`, amountOf(index));
      }),
    }));
    // Every message goes to both nodes, and every fifth is told once more under another id.
    const sends = messages.flatMap((message, number) => [
      { node: number % 2, message },
      { node: (number + 1) % 2, message },
      ...(number % 5 === 0 ? [{ node: number % 2, message: { ...message, messageId: `R${number}` } }] : []),
    ]);
    const receipts: CreditReceipt[] = [];
    let next = 0;
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (let own = next++; own < sends.length; own = next++) {
          const { node, message } = sends[own] as (typeof sends)[number];
          receipts.push(await (clients[node] as BankClient).notifyCredits(message));
        }
      }),
    );
    const seconds = (performance.now() - startedAt) / 1_000;

    const posted = receipts.flatMap(({ isReplay, credits }) =>
      isReplay ? [] : credits.filter(({ isPosted }) => isPosted).map(({ reference }) => reference),
    );
    expect(posted.toSorted()).toEqual(
      messages.flatMap(({ credits }) => credits.map(({ reference }) => reference)).toSorted(),
    );
    expect(
      receipts
        .flatMap(({ credits }) => credits)
        .every(({ status }) => ['ALLOCATED', 'DUPLICATE'].includes(status)),
    ).toBe(true);

    const journal = (
      await store.read
        .selectFrom('ledger_entry')
        .select(['entry', 'place'])
        .where('unit', '=', UNIT)
        .orderBy('place')
        .execute()
    ).map(({ entry, place }) => ({ place, entry: JSON.parse(entry) as JournalEntry }));
    expect(journal.map(({ place }) => place)).toEqual(journal.map((_, index) => index));
    const receiptsPosted = journal.filter(({ entry }) => entry.kind === 'receipt');
    expect(receiptsPosted).toHaveLength(CREDITS);

    // The same credits in the journal's order, allocated by the SDK alone, give the same entries to the letter.
    const policy = allocationPolicy(allocationData(specifications));
    const replayed: JournalEntry[] = [...obligations];
    const owed = new Map(obligations.map(({ postings }) => [postings[0]?.account ?? '', share]));
    for (const { entry } of receiptsPosted) {
      const [key = '', voucher = ''] = entry.sources;
      const { entries, lines } = receiptEntries(
        {
          key,
          voucher,
          unitCode: UNIT,
          bankAccount: '9999203001',
          amount: entry.postings[0]?.debit ?? 0,
          on: entry.on,
        },
        [...owed].map(([id, amount]) => {
          const [, , fund, , period = ''] = id.split(':');
          return { id, fund: fund as Fund, part: 'principal' as const, period, amount };
        }),
        policy,
      );
      replayed.push(...entries);
      for (const { obligationId, amount } of lines)
        owed.set(obligationId, (owed.get(obligationId) ?? 0) - amount);
    }
    expect(replayed).toEqual(journal.map(({ entry }) => entry));

    const balances = new Map<string, number>();
    for (const { entry } of journal)
      for (const { account, debit, credit: credited } of entry.postings)
        balances.set(account, (balances.get(account) ?? 0) + credited - debit);
    expect([...balances.values()].reduce((sum, one) => sum + one, 0)).toBe(0);
    expect(balances.get('bank:9999203001')).toBe(-total);
    expect(balances.get(`carried:${UNIT}`)).toBe(total - share * 24 * FUNDS.length);
    for (const { account, balance } of await store.read
      .selectFrom('ledger_balance')
      .selectAll()
      .where('unit', '=', UNIT)
      .execute())
      expect([account, balance]).toEqual([account, balances.get(account)]);
    if (isLong)
      process.stdout.write(`${CREDITS} credits in ${sends.length} messages: ${seconds.toFixed(1)} s\n`);
  },
);
