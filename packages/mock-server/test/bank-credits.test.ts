// Credits a bank tells: posted once, allocated by the stated policy, undone by mirrors, explained back to messages.
import { obligationEntry, type BankClient, type JournalEntry } from '@bhxh/sdk/payments';
import { sign } from '@bhxh/signing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { postEntries } from '../src/ledger/post-entries.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { credit, deviations, openParty, remittance, signerOf } from './bank-parties.ts';

const START = new Date('2026-10-12T02:00:00Z');
const ACCOUNT = '9999203001';
let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let bank: BankClient;
let office: BankClient;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: START });
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  const place = { url: host.url, accounts: server.accounts, now: () => clock.now() };
  bank = await openParty(place, 'VCB_TTV');
  office = await openParty(place, '09901_TTV');
  await server.store.write((connection) =>
    postEntries(connection, [
      {
        unit: 'ZZ0001A',
        entries: [
          obligationEntry(
            'ZZ0001A',
            { id: 'a', fund: 'BHYT', part: 'principal', period: '2026-09', amount: 477_900 },
            '2026-09-30',
          ),
          obligationEntry(
            'ZZ0001A',
            { id: 'b', fund: 'HTTT', part: 'principal', period: '2026-09', amount: 2_655_000 },
            '2026-09-30',
          ),
        ],
      },
    ]),
  );
}, 60_000);
afterAll(async () => {
  await bank.close();
  await office.close();
  await host.close();
  expect(deviations).toEqual([]);
});

let last = 0;
const notify = (
  credits: Parameters<BankClient['notifyCredits']>[0]['credits'],
  messageId = `M${(last += 1)}`,
): ReturnType<BankClient['notifyCredits']> =>
  bank.notifyCredits({ messageId, office: '09901', account: ACCOUNT, businessDate: '2026-10-12', credits });

const balance = async (account: string): Promise<string> => (await office.explainAccount(account)).balance;

it('allocates a credit by the stated policy, carries the rest and explains every figure back to the message', async () => {
  const receipt = await notify([credit('FT1', 3_000_000)], 'M-FT1');
  expect(receipt.credits).toMatchObject([
    { status: 'ALLOCATED', reason: 'underpaid', unitCode: 'ZZ0001A', isPosted: true },
  ]);
  expect(await balance('due:ZZ0001A:BHYT:principal:2026-09')).toBe('0');
  expect(await balance('due:ZZ0001A:HTTT:principal:2026-09')).toBe('-132900');
  const detail = await office.readCredit(receipt.credits[0]?.id ?? '');
  expect(detail.entries.map(({ kind, policyId }) => [kind, policyId])).toEqual([
    ['receipt', undefined],
    ['allocation', 'practice-1111-2011'],
  ]);
  expect(detail.messages.map(({ messageId }) => messageId)).toEqual(['M-FT1']);
  expect(detail.entries[0]?.sources).toContain('FT1');
});

it('gives the same message the same answer, and refuses its id for another content', async () => {
  const createdAt = clock.now();
  const message = {
    messageId: 'M-SAME',
    office: '09901',
    account: ACCOUNT,
    businessDate: '2026-10-12',
    credits: [credit('FT2', 100_000)],
    createdAt,
  };
  const first = await bank.notifyCredits(message);
  const second = await bank.notifyCredits(message);
  expect(second).toEqual({ ...first, isReplay: true });
  await expect(bank.notifyCredits({ ...message, credits: [credit('FT2', 100_001)] })).rejects.toMatchObject({
    official: { code: 'MESSAGE_ID_REUSED' },
  });
});

it('posts nothing for a movement that was told before, whatever the message around it', async () => {
  const before = await balance('carried:ZZ0001A');
  const { credits } = await notify([credit('FT1', 3_000_000), credit('FT2', 999)]);
  expect(credits).toMatchObject([
    { status: 'DUPLICATE', reason: '', isPosted: false },
    { status: 'DUPLICATE', reason: 'content-differs', isPosted: false },
  ]);
  expect(await balance('carried:ZZ0001A')).toBe(before);
});

it("takes two equal payments of a day as two, and holds a second one under the payer's same reference", async () => {
  const { credits } = await notify([
    credit('FT3', 50_000),
    credit('FT4', 50_000),
    credit('FT5', 70_000, { endToEndId: 'E1' }),
    credit('FT6', 70_000, { endToEndId: 'E1' }),
  ]);
  expect(credits.map(({ status, reason }) => `${status} ${reason}`.trim())).toEqual([
    'ALLOCATED overpaid',
    'ALLOCATED overpaid',
    'ALLOCATED overpaid',
    'SUSPENSE possible-duplicate',
  ]);
});

it('refuses a fraction of a đồng with the whole message, and posts nothing of it', async () => {
  const before = await balance('carried:ZZ0001A');
  const spoilt = await openParty(
    { url: host.url, accounts: server.accounts, now: () => clock.now() },
    'VCB_TTV',
    {
      sign: async (envelope) => {
        const text = Buffer.from(envelope).toString('utf8').replaceAll('>77000<', '>77000.5<');
        return await sign(Buffer.from(text), signerOf('VCB'), {
          profile: 'payment-message',
          now: () => clock.now(),
        });
      },
    },
  );
  await expect(
    spoilt.notifyCredits({
      messageId: 'M-FRACTION',
      office: '09901',
      account: ACCOUNT,
      businessDate: '2026-10-12',
      credits: [credit('FT7', 60_000), credit('FT8', 77_000)],
    }),
  ).rejects.toMatchObject({
    official: { code: 'MESSAGE_REFUSED' },
    findings: expect.arrayContaining([{ code: 'AMOUNT_FRACTION', entry: 2 }]) as unknown,
  });
  await spoilt.close();
  expect((await office.findCredits({ reference: 'FT7' })).credits).toEqual([]);
  expect(await balance('carried:ZZ0001A')).toBe(before);
});

it('puts money into suspense with its reason, and keeps the sum of the ledger at nothing', async () => {
  const { credits } = await notify([
    credit('FT10', 10_000, { text: remittance('ZZ9876X') }),
    credit('FT11', 11_000, { text: remittance('ZZ0001A', '09907') }),
    credit('FT12', 12_000, { text: 'nop BHXH thang 1' }),
    credit('FT13', 13_000, { text: 'BHXH+103 hoan' }),
    credit('FT14', 14_000, { text: '+BHXH+103+00+ZZ0001A+202609+dong BHXH+' }),
  ]);
  expect(credits.map(({ status, reason }) => [status, reason])).toEqual([
    ['SUSPENSE', 'unit-unknown'],
    ['SUSPENSE', 'office-mismatch'],
    ['SUSPENSE', 'text-unreadable'],
    ['REFUND', 'refund'],
    ['ALLOCATED', 'overpaid'],
  ]);
  expect(await balance('suspense:unit-unknown')).toBe('10000');
  const balances = new Map<string, number>();
  for (const { entry } of await server.store.read.selectFrom('ledger_entry').select('entry').execute())
    for (const { account, debit, credit: credited } of (JSON.parse(entry) as JournalEntry).postings)
      balances.set(account, (balances.get(account) ?? 0) + credited - debit);
  expect([...balances.values()].reduce((sum, one) => sum + one, 0)).toBe(0);
  for (const row of await server.store.read.selectFrom('ledger_balance').selectAll().execute())
    expect([row.account, row.balance]).toEqual([row.account, balances.get(row.account)]);
});

it('undoes a credit by mirrors of its receipt and its allocation, once', async () => {
  const due = await balance('due:ZZ0001A:HTTT:principal:2026-09');
  const carried = await balance('carried:ZZ0001A');
  const { credits } = await notify([credit('FT20', 500_000)]);
  const undo = credit('FT21', 500_000, { reverses: 'FT20', bookingDate: '2026-10-13' });
  expect((await notify([undo])).credits).toMatchObject([{ status: 'REVERSAL', isPosted: true }]);
  expect(await balance('due:ZZ0001A:HTTT:principal:2026-09')).toBe(due);
  expect(await balance('carried:ZZ0001A')).toBe(carried);
  const detail = await office.readCredit(credits[0]?.id ?? '');
  expect(detail.status).toBe('REVERSED');
  expect(detail.entries.filter(({ kind }) => kind === 'reversal').length).toBeGreaterThan(0);
  expect(detail.messages).toHaveLength(2);
  const again = credit('FT22', 500_000, { reverses: 'FT20', bookingDate: '2026-10-13' });
  expect((await notify([again])).credits).toMatchObject([
    { status: 'SUSPENSE', reason: 'original-unknown', isPosted: false },
  ]);
});

it('posts once when the answer was lost after the commit, and the same message afterwards finds it', async () => {
  const message = {
    messageId: 'M-LOST',
    office: '09901',
    account: ACCOUNT,
    businessDate: '2026-10-12',
    credits: [credit('FT30', 30_000)],
    createdAt: clock.now(),
  };
  const before = Number(await balance('carried:ZZ0001A'));
  await expect(bank.notifyCredits(message, { scenario: 'timeout-after-commit' })).rejects.toMatchObject({
    category: 'unknown-outcome',
  });
  expect((await bank.findMessages({ messageId: 'M-LOST' })).messages).toHaveLength(1);
  expect(await bank.notifyCredits(message)).toMatchObject({
    isReplay: true,
    credits: [{ status: 'ALLOCATED', isPosted: true }],
  });
  expect(Number(await balance('carried:ZZ0001A'))).toBe(before + 30_000);
});

it('takes messages only from their sender, signed with a registered certificate, for the right side', async () => {
  const place = { url: host.url, accounts: server.accounts, now: () => clock.now() };
  const other = await openParty(place, 'ICB_NH');
  const message = (account: string) => ({
    messageId: 'M-OTHER',
    office: '09901',
    account,
    businessDate: '2026-10-12',
    credits: [credit('FT40', 1_000)],
  });
  await expect(other.notifyCredits(message(ACCOUNT))).rejects.toMatchObject({
    official: { code: 'ACCOUNT_UNKNOWN' },
  });
  const borrowed = await openParty(place, 'ICB_NH', { party: 'VCB' });
  await expect(borrowed.notifyCredits(message('9999201001'))).rejects.toMatchObject({
    official: { code: 'ENVELOPE_SENDER' },
  });
  const forged = await openParty(place, 'ICB_NH', {
    sign: (envelope) =>
      sign(envelope, signerOf('VCB'), { profile: 'payment-message', now: () => clock.now() }),
  });
  await expect(forged.notifyCredits(message('9999201001'))).rejects.toMatchObject({
    official: { code: 'CERTIFICATE_NOT_REGISTERED' },
  });
  await expect(office.notifyCredits({ ...message(ACCOUNT), office: 'VCB' })).rejects.toMatchObject({
    official: { code: 'SIDE_WRONG' },
  });
  await Promise.all([other, borrowed, forged].map((client) => client.close()));
});

it('knows which banks are live on a day, and lets an announced one in when its day has come', async () => {
  expect((await office.findBanks()).banks.map(({ code, status }) => `${code} ${status}`)).toEqual([
    'VCB live',
    'ICB live',
    'BIDV live',
    'MB live',
    'VBA announced',
  ]);
  const place = { url: host.url, accounts: server.accounts, now: () => clock.now() };
  await expect(openParty(place, 'VBA_NH')).rejects.toMatchObject({ official: { code: 'BANK_NOT_LIVE' } });
  expect((await office.findBanks('2027-01-01')).banks.at(-1)).toMatchObject({ status: 'live' });
});
