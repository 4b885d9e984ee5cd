import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { StatementProof } from './check-pages.ts';
import { messageProfile, messageProfiles } from './message-profile.ts';
import { entry, statementMessage, statementPage } from './messages.fixture.ts';
import { readStatement } from './read-statement.ts';
import type { StatementLine, StatementPage } from './statement.ts';
import { writeMessage, type OutgoingObject } from './write-message.ts';

const specifications = openSpecifications();
const camt053 = messageProfile(specifications, 'camt.053');

async function read(
  bytes: Uint8Array,
): Promise<{ lines: StatementLine[]; pages: StatementPage[]; problems: string[] }> {
  const lines: StatementLine[] = [];
  const pages: StatementPage[] = [];
  const problems: string[] = [];
  for await (const event of readStatement([bytes], messageProfiles(specifications))) {
    if (event.kind === 'line') lines.push(event.line);
    else if (event.kind === 'page') pages.push(event.page);
    else problems.push(event.problem.code);
  }
  return { lines, pages, problems };
}

const statement = (
  entries: readonly OutgoingObject[],
  from?: string,
  to = '',
): Promise<Awaited<ReturnType<typeof read>>> => {
  const text = Buffer.from(
    writeMessage(camt053, statementMessage(statementPage(entries, { opening: 0, closing: 0 }))),
  ).toString();
  if (from !== undefined) expect(text).toContain(from);
  return read(Buffer.from(from === undefined ? text : text.replace(from, to)));
};

test('the side comes from the indicator, the undoing from the reversal flag, and amounts are never negative', async () => {
  const { lines } = await statement([
    entry({ reference: 'FT1', amount: 100 }),
    entry({ reference: 'FT2', amount: 100, direction: 'DBIT', isReversal: true }),
  ]);
  expect(lines).toMatchObject([
    { direction: 'credit', isReversal: false, amount: 100 },
    { direction: 'debit', isReversal: true, amount: 100 },
  ]);
});

test('a key is the reference of the bank, else the transaction id, else a print with an occurrence number', async () => {
  const { lines } = await statement([
    entry({ reference: 'FT1', amount: 100 }),
    entry({ amount: 100, text: 'a' }),
    entry({ amount: 100, text: 'a' }),
    entry({ amount: 100, text: 'b' }),
  ]);
  const [first, second, third, fourth] = lines.map(({ key }) => key);
  expect(first).toBe('ref:9999000011:FT1');
  expect(second).toMatch(/^print:[0-9a-f]{32}\.1$/);
  expect(third).toBe(second?.replace(/1$/, '2'));
  expect(fourth).toMatch(/\.1$/);
  expect(new Set(lines.map(({ endToEndId }) => endToEndId))).toEqual(new Set(['']));
});

const batch = (first: number, second: number, total: number): OutgoingObject => {
  const one = entry({ reference: 'FT9', amount: total });
  const details = (one['NtryDtls'] as readonly { TxDtls: readonly OutgoingObject[] }[])[0]?.TxDtls[0] ?? {};
  return {
    ...one,
    AddtlNtryInf: 'LO',
    NtryDtls: [
      {
        TxDtls: [
          { ...details, Amt: first },
          { ...details, Amt: second },
        ],
      },
    ],
  };
};

test('a batch counts each detail with its own amount, and charges that explain the sum are no problem', async () => {
  const { lines } = await statement([batch(1500, 26, 1526)]);
  expect(lines.map(({ amount, key, text, problems }) => ({ amount, key, text, problems }))).toEqual([
    { amount: 1500, key: 'ref:9999000011:FT9#1', text: '', problems: [] },
    { amount: 26, key: 'ref:9999000011:FT9#2', text: '', problems: [] },
  ]);
  const { lines: wrong } = await statement([batch(1500, 20, 1526)]);
  expect(wrong[0]?.problems).toEqual(['DETAIL_SUM']);
});

test('a fraction or another currency leaves the line without an amount', async () => {
  const amount = '<Amt Ccy="VND">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>';
  const fraction = await statement(
    [entry({ reference: 'FT1', amount: 100 })],
    amount,
    amount.replace('100', '100.25'),
  );
  expect(fraction.lines[0]).toMatchObject({ amount: null, problems: ['AMOUNT_FRACTION'] });
  expect(fraction.problems).toEqual(['AMOUNT_FRACTION']);
  const dollars = await statement(
    [entry({ reference: 'FT1', amount: 100 })],
    amount,
    amount.replace('VND', 'USD'),
  );
  expect(dollars.lines[0]).toMatchObject({ amount: null, currency: 'USD', problems: ['CURRENCY_NOT_VND'] });
});

test('a statement without entries is a page without lines', async () => {
  const { lines, pages } = await statement([]);
  expect(lines).toEqual([]);
  expect(pages).toHaveLength(1);
});

const codes = async (...pages: readonly OutgoingObject[]): Promise<string[]> => {
  const proof = new StatementProof(new Map([['9999000011', 1000]]));
  const bytes = writeMessage(camt053, statementMessage(...pages));
  for await (const event of readStatement([bytes], messageProfiles(specifications))) {
    if (event.kind === 'line') proof.line(event.line);
    else if (event.kind === 'page') proof.page(event.page);
  }
  return proof.end().map(({ code }) => code);
};
const one = statementPage([entry({ reference: 'FT1', amount: 100 })], {
  page: 1,
  isLast: false,
  opening: 1000,
});
const two = statementPage([entry({ reference: 'FT2', amount: 50, direction: 'DBIT' })], {
  page: 2,
  isLast: true,
  closing: 1050,
});

test('complete pages in order prove their balances', async () => {
  expect(await codes(one, two)).toEqual([]);
});

test.each([
  ['a missing page', [two], ['PAGE_MISSING']],
  ['a missing last page', [one], ['LAST_PAGE_MISSING']],
  ['a doubled page', [one, one, two], ['PAGE_DOUBLED']],
  ['pages out of order', [two, one], ['PAGE_ORDER']],
  ['a broken opening balance', [statementPage([], { opening: 999, closing: 999 })], ['OPENING_BROKEN']],
  ['a broken equation', [statementPage([], { opening: 1000, closing: 1001 })], ['BALANCE_BROKEN']],
  [
    'wrong control figures',
    [
      statementPage([entry({ reference: 'FT1', amount: 100 })], {
        opening: 1000,
        closing: 1100,
        summary: { TtlCdtNtries: { NbOfNtries: 2, Sum: 101 } },
      }),
    ],
    ['CONTROL_COUNT', 'CONTROL_SUM'],
  ],
] as const)('%s is noticed', async (_name, pages, expected) => {
  expect(await codes(...pages)).toEqual(expected);
});

const mt940 = `{1:F01ZZZZVNVXAXXX0000000000}{4:
:20:S1
:25:9999000011
:28C:5/1
:60F:C260105VND1000,
:61:2601050105C3398400,NTRFNONREF//FT1
:86:+BHXH+103+00+ZZ1234C
+99001+dong BHXH+
:61:2601050105RC100,NTRFE1//FT2
:61:2512310102D50,5NTRFNONREF
:86:phi
:62F:C260105VND3399300,
-}`;

test('MT940 gives the same lines and pages', async () => {
  const { lines, pages } = await read(Buffer.from(mt940));
  expect(lines).toMatchObject([
    {
      key: 'ref:9999000011:FT1',
      direction: 'credit',
      amount: 3_398_400,
      text: '+BHXH+103+00+ZZ1234C+99001+dong BHXH+',
      bookingDate: '2026-01-05',
    },
    { direction: 'debit', isReversal: true, amount: 100, endToEndId: 'E1', text: '' },
    {
      direction: 'debit',
      amount: null,
      problems: ['AMOUNT_FRACTION'],
      bookingDate: '2026-01-02',
      valueDate: '2025-12-31',
    },
  ]);
  expect(pages).toMatchObject([
    {
      account: '9999000011',
      sequence: 5,
      balances: [
        { code: 'OPBD', amount: 1000 },
        { code: 'CLBD', amount: 3_399_300 },
      ],
    },
  ]);
  await expect(read(Buffer.from(':20:x\n:25:9999000011\n'))).rejects.toMatchObject({ code: 'ERR_MT940' });
});
