// The functions between VSS and its banks over real sockets, each answer held against the description: statements complete
// or refused, portal payments whose bank is silent, reconciliation runs, maker and checker.
import {
  messageProfile,
  obligationEntry,
  writeMessage,
  type BankClient,
  type BankRefusal,
  type OutgoingObject,
  type StatementRefused,
} from '@bhxh/sdk/payments';
import { sign, verifyParties } from '@bhxh/signing';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { postEntries } from '../src/ledger/post-entries.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { credit, deviations, openParty, remittance, signerOf } from './bank-parties.ts';
import { specifications } from './unit-office.ts';

/** Monday 9:00 in Vietnam. */
const START = new Date('2026-10-12T02:00:00Z');
const TODAY = '2026-10-12';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 86_400_000;
const ACCOUNT = '9999203001';

let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let bank: BankClient;
let maker: BankClient;
let checker: BankClient;
let director: BankClient;

beforeAll(async () => {
  clock = createVirtualClock(undefined, { frozenAt: START });
  server = await createServer({ demo: true, clock });
  host = await startNodeServer(server);
  const place = { url: host.url, accounts: server.accounts, now: () => clock.now() };
  bank = await openParty(place, 'VCB_TTV');
  maker = await openParty(place, '09901_TTV');
  checker = await openParty(place, '09901_KTT');
  director = await openParty(place, '09901_LD');
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
        ],
      },
    ]),
  );
}, 60_000);
afterAll(async () => {
  await Promise.all([bank, maker, checker, director].map((client) => client.close()));
  await host.close();
  expect(deviations).toEqual([]);
});

async function later(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await server.idle();
}

let last = 0;
const next = (): string => `M${(last += 1)}`;
const refusal = async (attempt: Promise<unknown>): Promise<string | undefined> =>
  await attempt.then(
    () => 'none',
    (error: BankRefusal) => error.official?.code ?? error.code,
  );
const problemsOf = async (attempt: Promise<unknown>): Promise<readonly string[]> =>
  await attempt.then(
    () => ['none'],
    (error: Error) => [...new Set((error.cause as StatementRefused).problems.map(({ code }) => code))],
  );

describe('a statement', () => {
  const ask = (scenario?: string, own: { readonly openingBefore?: number } = {}) =>
    maker.readStatement(
      { messageId: next(), bank: 'VCB', account: ACCOUNT, from: TODAY, to: TODAY, ...own },
      scenario === undefined ? {} : { scenario },
    );

  it('of a day without movements has one page and proves itself', async () => {
    expect(await ask()).toMatchObject({ opening: 0, closing: 0, lines: [] });
  });

  it('comes in pages that are signed, complete and proven to the đồng', async () => {
    for (let part = 0; part < 2; part += 1)
      await bank.notifyCredits({
        messageId: next(),
        office: '09901',
        account: ACCOUNT,
        businessDate: TODAY,
        credits: Array.from({ length: 600 }, (_, index) => credit(`P${part}-${index}`, 1_000 + index)),
      });
    const statement = await ask(undefined, { openingBefore: 0 });
    expect(statement.pages).toHaveLength(3);
    expect(statement.lines).toHaveLength(1_200);
    expect(statement.closing).toBe(2 * (600 * 1_000 + (599 * 600) / 2));
  }, 60_000);

  it.each([
    ['bank-page-missing', ['PAGE_MISSING', 'BALANCE_BROKEN']],
    ['bank-page-doubled', ['PAGE_DOUBLED', 'LINE_DOUBLED']],
    ['bank-page-order', ['PAGE_ORDER']],
    ['bank-last-page-missing', ['LAST_PAGE_MISSING']],
    ['bank-opening-broken', ['OPENING_BROKEN']],
    ['bank-balance-broken', ['BALANCE_BROKEN']],
    ['bank-fraction', ['AMOUNT_FRACTION']],
    ['bank-line-doubled', ['LINE_DOUBLED']],
  ])(
    'is refused as a whole: %s',
    async (scenario, expected) => {
      const problems = await problemsOf(ask(scenario, { openingBefore: 0 }));
      expect(problems).toEqual(expect.arrayContaining(expected));
      expect(problems).not.toContain('none');
    },
    60_000,
  );

  it('is not given for another office, another bank or too long a time', async () => {
    const choice = { messageId: 'M-SPAN', bank: 'VCB', account: ACCOUNT, from: '2026-01-01', to: TODAY };
    expect(await refusal(maker.readStatement(choice))).toBe('SPAN_TOO_LONG');
    expect(await refusal(maker.readStatement({ ...choice, bank: 'ICB', from: TODAY }))).toBe(
      'ENVELOPE_RECEIVER',
    );
    expect(await refusal(maker.readStatement({ ...choice, account: '9999203900', from: TODAY }))).toBe(
      'ACCOUNT_UNKNOWN',
    );
  });
});

it('answers a balance inquiry with a signed report', async () => {
  const balances = await maker.inquireBalance({ messageId: next(), bank: 'VCB', account: '9999203002' });
  expect(balances.map(({ code, amount }) => [code, amount])).toEqual([
    ['ITBD', 100_000_000_000],
    ['ITAV', 100_000_000_000],
  ]);
  const blocked = await server.store.write((connection) =>
    connection
      .updateTable('bank_account')
      .set({ status: 'blocked' })
      .where('number', '=', '9999201002')
      .execute(),
  );
  expect(blocked).toBeDefined();
  expect(
    (await maker.inquireBalance({ messageId: next(), bank: 'ICB', account: '9999201002' })).at(-1)?.amount,
  ).toBe(0);
});

it('says what a unit has to pay, where to and with which text', async () => {
  const unit = 'ZZ0002A';
  expect(await bank.inquireObligation({ unitCode: unit })).toMatchObject({ result: 'NOTHING_DUE' });
  expect(await bank.inquireObligation({ unitCode: 'ZZ7777A' })).toEqual({ result: 'NOT_FOUND' });
  await server.store.write((connection) =>
    postEntries(connection, [
      {
        unit,
        entries: [
          obligationEntry(
            unit,
            { id: 'x', fund: 'HTTT', part: 'principal', period: '2026-09', amount: 900 },
            TODAY,
          ),
          obligationEntry(
            unit,
            { id: 'y', fund: 'HTTT', part: 'interest', period: '2026-09', amount: 7 },
            TODAY,
          ),
        ],
      },
    ]),
  );
  expect(await bank.inquireObligation({ unitCode: unit })).toMatchObject({
    result: 'FOUND',
    principal: '900',
    interest: '7',
    remittanceText: remittance(unit),
    accounts: expect.arrayContaining([{ bank: 'VCB', account: ACCOUNT }]) as unknown,
  });
  await server.store.write((connection) =>
    connection.updateTable('unit').set({ status: 'suspended' }).where('code', '=', unit).execute(),
  );
  expect((await bank.inquireObligation({ unitCode: unit })).result).toBe('CLOSED_UNIT');
});

describe('a payment on the portal', () => {
  const open = (requestId: string, scenario?: string, own: object = {}) =>
    maker.portalPayments.open(
      {
        requestId,
        purpose: 'contribution',
        unitCode: 'ZZ0001A',
        amount: '45000',
        bank: 'VCB',
        debitAccount: '9999000123456',
        ...own,
      },
      scenario === undefined ? {} : { scenario },
    );
  const authorized = async (requestId: string, scenario?: string, own?: object) =>
    await maker.portalPayments.act(await open(requestId, scenario, own), {
      action: 'authorize',
      code: '123456',
    });
  const credited = async (reference: string): Promise<number> =>
    (await maker.findCredits({ reference })).credits.length;

  it('goes from code to credit, is allocated, and the same request is the same payment', async () => {
    const payment = await open('R1');
    expect(await open('R1')).toMatchObject({ id: payment.id });
    expect(await refusal(open('R1', undefined, { amount: '46000' }))).toBe('OWN_ID_REUSED');
    expect(await refusal(maker.portalPayments.act(payment, { action: 'authorize', code: '000000' }))).toBe(
      'CODE_WRONG',
    );
    await maker.portalPayments.act(payment, { action: 'authorize', code: '123456' });
    await later(2 * SECOND);
    expect((await maker.portalPayments.read(payment.id)).state).toBe('DEBITED');
    await later(4 * SECOND);
    const done = await maker.portalPayments.read(payment.id);
    expect(done).toMatchObject({ state: 'CREDITED', isFinal: true });
    expect(await maker.readCredit(done.creditId ?? '')).toMatchObject({
      status: 'ALLOCATED',
      unitCode: 'ZZ0001A',
      amount: '45000',
    });
  });

  it('expires when nobody gives the code', async () => {
    const { id } = await open('R2');
    await later(16 * MINUTE);
    expect((await maker.portalPayments.read(id)).state).toBe('EXPIRED');
  });

  it('fails when the bank refuses the debit', async () => {
    const { id } = await authorized('R3', 'bank-debit-refused');
    await later(10 * SECOND);
    expect((await maker.portalPayments.read(id)).state).toBe('FAILED');
  });

  it('is unknown after a debit without an answer, and asking finds it: posted once', async () => {
    const { id } = await authorized('R4', 'bank-timeout-after-debit');
    await later(11 * MINUTE);
    const unknown = await maker.portalPayments.read(id);
    expect(unknown.state).toBe('UNKNOWN');
    expect(await credited(`FT${id}`)).toBe(0);
    const settled = await maker.portalPayments.act(unknown, { action: 'inquire' });
    expect(settled.state).toBe('CREDITED');
    expect(await credited(`FT${id}`)).toBe(1);
    expect(await refusal(maker.portalPayments.act(settled, { action: 'inquire' }))).toBe('STATE_WRONG');
    expect(await credited(`FT${id}`)).toBe(1);
  });

  it.each([
    ['bank-callback-lost', 'UNKNOWN'],
    ['bank-callback-late', 'UNKNOWN'],
    ['bank-callback-doubled', 'CREDITED'],
  ])('with %s ends credited once', async (scenario, between) => {
    const { id } = await authorized(`R-${scenario}`.slice(0, 35), scenario);
    // Each step follows from the one before, so the clock goes there first.
    await later(2 * SECOND);
    await later(11 * MINUTE);
    const known = await maker.portalPayments.read(id);
    expect(known.state).toBe(between);
    await later(61 * MINUTE);
    const now = await maker.portalPayments.read(id);
    const done = now.state === 'UNKNOWN' ? await maker.portalPayments.act(now, { action: 'inquire' }) : now;
    expect(done.state).toBe('CREDITED');
    expect(await credited(`FT${id}`)).toBe(1);
    if (scenario === 'bank-callback-doubled') expect(done.callbacks).toBe(2);
  });

  it('takes the callbacks of a bank of its own, the same one twice and a failure that is not true', async () => {
    const { id } = await authorized('R5', 'bank-callback-lost');
    await later(2 * SECOND);
    const callback = { callbackId: 'C1', requestId: 'R5', status: 'CREDITED' as const };
    expect((await bank.callBack(callback)).state).toBe('CREDITED');
    expect(await bank.callBack(callback)).toMatchObject({ state: 'CREDITED', callbacks: 2 });
    expect(await credited(`FT${id}`)).toBe(1);
    await authorized('R6', 'bank-callback-lost');
    await later(2 * SECOND);
    expect((await bank.callBack({ ...callback, requestId: 'R6', status: 'FAILED' })).state).toBe('UNKNOWN');
  });

  it('extends the card of a person', async () => {
    const { id } = await authorized('R7', undefined, {
      purpose: 'card-extension',
      unitCode: undefined,
      bhxhNumber: '9900000000',
      fullName: 'Nguyễn Thị Thử Nghiệm',
      months: 12,
    });
    await later(2 * SECOND);
    await later(4 * SECOND);
    expect(await maker.portalPayments.read(id)).toMatchObject({
      state: 'ISSUED',
      issuedUntil: '2030-12-31',
    });
    const { valid_to } = await server.store.read
      .selectFrom('card')
      .select('valid_to')
      .where('number', '=', 'DN4999900000000')
      .executeTakeFirstOrThrow();
    expect(valid_to).toBe('20301231');
  });

  it('needs what its purpose needs, and a bank that is live', async () => {
    expect(await refusal(open('R8', undefined, { purpose: 'voluntary' }))).toBe('PURPOSE_FIELDS');
    expect(await refusal(open('R8', undefined, { bank: 'VBA' }))).toBe('BANK_NOT_LIVE');
  });
});

describe('the reconciliation of a day', () => {
  const ICB = '9999201001';
  let icb: BankClient;
  beforeAll(async () => {
    icb = await openParty({ url: host.url, accounts: server.accounts, now: () => clock.now() }, 'ICB_NH');
    await icb.notifyCredits({
      messageId: next(),
      office: '09901',
      account: ICB,
      businessDate: TODAY,
      credits: [credit('I1', 100), credit('I2', 200), credit('I3', 300)],
    });
  });
  afterAll(() => icb.close());
  const movements = [credit('I1', 100), credit('I2', 200), credit('I3', 300)];
  const page = (own: Partial<Parameters<BankClient['sendListingPage']>[0]>) =>
    icb.sendListingPage({
      messageId: next(),
      office: '09901',
      account: ICB,
      businessDate: TODAY,
      run: 1,
      page: 1,
      isLast: true,
      opening: 0,
      closing: 600,
      movements,
      ...own,
    });

  it('refuses a listing whose pages are missing or doubled, whose opening is broken or whose sums are wrong', async () => {
    const first = await page({ isLast: false, movements: movements.slice(0, 1) });
    expect(first).toMatchObject({ state: 'NOT_RECONCILED', pages: [1] });
    expect((await page({ page: 3, movements: [] })).state).toBe('NOT_RECONCILED');
    const open = await icb.readReconciliation(first.id);
    const closed = await maker.actOnReconciliation(open, { action: 'close' });
    expect(closed.state).toBe('REFUSED');
    expect(closed.problems.map(({ code }) => code)).toContain('PAGE_MISSING');
    const doubled = await page({ run: 2, isLast: false, movements: movements.slice(0, 1) });
    expect(doubled.state).toBe('NOT_RECONCILED');
    expect(await page({ run: 2, isLast: false, movements: movements.slice(0, 2) })).toMatchObject({
      state: 'REFUSED',
      problems: [{ code: 'PAGE_DOUBLED', page: 1 }],
    });
    expect(await page({ run: 3, opening: 50, closing: 650 })).toMatchObject({
      state: 'REFUSED',
      problems: [{ code: 'OPENING_BROKEN', page: 1 }],
    });
    expect(await refusal(page({ run: 5 }))).toBe('RUN_ORDER');
  });

  it('finds every difference, lets the day run again, and takes pages in any order', async () => {
    const mismatch = await page({
      run: 4,
      closing: 100 + 250 + 900,
      movements: [credit('I1', 100), credit('I2', 250), credit('I9', 900)],
    });
    expect(mismatch.state).toBe('MISMATCH');
    expect(mismatch.differences).toEqual([
      { code: 'AMOUNT_DIFFERS', reference: 'I2', bankAmount: '250', bookAmount: '200' },
      { code: 'MISSING_IN_BOOK', reference: 'I9', bankAmount: '900', bookAmount: null },
      { code: 'MISSING_AT_BANK', reference: 'I3', bankAmount: null, bookAmount: '300' },
    ]);
    await page({ run: 5, page: 2, movements: movements.slice(2) });
    const matched = await page({ run: 5, isLast: false, movements: movements.slice(0, 2) });
    expect(matched).toMatchObject({
      state: 'MATCHED',
      matched: 3,
      differences: [],
      bankSide: { opening: '0', credits: '600', creditCount: 3, closing: '600' },
      bookSide: { closing: '600' },
    });
    expect(await refusal(page({ run: 6 }))).toBe('RUN_ORDER');
  });

  it('is confirmed by a maker and another checker, on the version that each has read', async () => {
    const { records } = await maker.findReconciliations({ account: ICB, state: 'MATCHED' });
    const [matched] = records;
    if (matched === undefined) throw new Error('no run');
    expect(await refusal(checker.actOnReconciliation(matched, { action: 'propose-matched' }))).toBe(
      'DUTY_MISSING',
    );
    const proposed = await maker.actOnReconciliation(matched, { action: 'propose-matched' });
    expect(await refusal(maker.actOnReconciliation(matched, { action: 'confirm-matched' }))).toBe(
      'VERSION_CHANGED',
    );
    expect(await refusal(icb.actOnReconciliation(proposed, { action: 'confirm-matched' }))).toBe(
      'DUTY_MISSING',
    );
    const sent = await checker.actOnReconciliation(proposed, { action: 'confirm-matched' });
    expect(sent).toMatchObject({ state: 'SENT_MATCHED', isFinal: true });
    const confirmation = Buffer.from(await icb.readConfirmation(sent.id)).toString();
    expect(confirmation).toContain('<KET_QUA>KHOP</KET_QUA>');
    expect(confirmation).toContain('<SignatureValue>');
  });
});

describe('maker and checker', () => {
  const draft = { reason: 'wrong-amount', content: 'SAI SO TIEN', bank: 'VCB', originalReference: 'FT1' };

  it('are two people, in every kind of record', async () => {
    const trace = await maker.traces.open({ ...draft, originalAmount: '1000', originalDate: TODAY });
    expect(trace).toMatchObject({ state: 'DRAFT', version: 1 });
    const pending = await maker.traces.act(trace, { action: 'submit' });
    expect(await refusal(checker.traces.act(trace, { action: 'approve' }))).toBe('VERSION_CHANGED');
    expect(await refusal(maker.traces.act(pending, { action: 'approve' }))).toBe('DUTY_MISSING');
    expect(await refusal(checker.traces.act(pending, { action: 'return' }))).toBe('NOTE_MISSING');
    expect(await refusal(checker.traces.act(pending, { action: 'close' }))).toBe('STATE_WRONG');
    const returned = await checker.traces.act(pending, { action: 'return', note: 'thieu ngay' });
    const again = await maker.traces.act(returned, { action: 'submit' });
    // Whoever has both duties is still not two people.
    await server.store.write((connection) =>
      connection
        .updateTable('account_party')
        .set({ duties: '["maker","checker"]' })
        .where('account_id', '=', (s) =>
          s.selectFrom('account').select('id').where('username', '=', '09901_TTV'),
        )
        .execute(),
    );
    expect(await refusal(maker.traces.act(again, { action: 'approve' }))).toBe('MAKER_IS_CHECKER');
    await server.store.write((connection) =>
      connection
        .updateTable('account_party')
        .set({ duties: '["maker"]' })
        .where('account_id', '=', (s) =>
          s.selectFrom('account').select('id').where('username', '=', '09901_TTV'),
        )
        .execute(),
    );
    const sent = await checker.traces.act(again, { action: 'approve' });
    expect(sent.state).toBe('SENT');
    const { messages } = await bank.findMessages({ direction: 'in', definition: 'camt.087' });
    const opened = await bank.openMessage(messages[0] ?? { id: '', from: '' });
    expect(Buffer.from(opened.document).toString()).toContain('FT1');
    await later(10 * MINUTE);
    expect(await maker.traces.read(sent.id)).toMatchObject({ state: 'ANSWERED', outcome: 'MODI' });
  });

  it('lose to whoever was faster, also when both come at once', async () => {
    const trace = await maker.traces.open(draft);
    const both = await Promise.allSettled([
      maker.traces.act(trace, { action: 'submit' }),
      maker.traces.act(trace, { action: 'cancel' }),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await maker.traces.read(trace.id)).version).toBe(2);
  });

  it('write once under an idempotency key', async () => {
    const first = await maker.traces.open(draft, { idempotencyKey: 'K1' });
    const second = await maker.traces.open(draft, { idempotencyKey: 'K1' });
    expect(second.id).toBe(first.id);
    expect(await refusal(maker.traces.open({ ...draft, content: 'KHAC' }, { idempotencyKey: 'K1' }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });
});

it('lets a bank answer a trace inquiry itself, and an unanswered one stays open', async () => {
  const trace = await maker.traces.open(
    { reason: 'duplicate', content: 'CHUYEN TRUNG', bank: 'VCB' },
    { scenario: 'bank-no-answer' },
  );
  const sent = await checker.traces.act(await maker.traces.act(trace, { action: 'submit' }), {
    action: 'approve',
  });
  await later(DAY);
  expect((await maker.traces.read(trace.id)).state).toBe('SENT');
  expect(await refusal(maker.traces.act(sent, { action: 'answer', note: 'x' }))).toBe('SIDE_WRONG');
  const answered = await bank.traces.act(sent, { action: 'answer', note: 'da hoan tra' });
  expect(answered).toMatchObject({ state: 'ANSWERED', answer: 'da hoan tra', outcome: 'CNCL' });
  expect((await checker.traces.act(answered, { action: 'close' })).state).toBe('CLOSED');
});

describe('a disbursement', () => {
  const lines = [
    {
      lineId: 'L1',
      payeeName: 'NGUOI MOT',
      amount: '100',
      method: 'account' as const,
      account: '9999000111',
      bankCode: '99202001',
      voucher: 'V1',
    },
    {
      lineId: 'L2',
      payeeName: 'NGUOI HAI',
      amount: '200',
      method: 'account' as const,
      account: '9999AC04222',
      bankCode: '99202001',
    },
    {
      lineId: 'L3',
      payeeName: 'NGUOI BA',
      amount: '300',
      method: 'account' as const,
      account: '9999RT06333',
      bankCode: '99202001',
    },
    { lineId: 'L4', payeeName: 'KHONG DEN NHAN', amount: '400', method: 'post-office' as const },
  ];
  const order = { purpose: 'pension', debitAccount: '9999203002', requestedOn: '2026-10-14', lines };
  const approved = async (scenario?: string) => {
    const draft = await maker.disbursements.open(order, scenario === undefined ? {} : { scenario });
    const submitted = await maker.disbursements.act(draft, { action: 'submit' });
    const checked = await checker.disbursements.act(submitted, { action: 'check' });
    return await director.disbursements.act(checked, { action: 'approve' });
  };

  it('needs maker, checker and approver, becomes a signed order, and comes back line by line', async () => {
    const sent = await approved();
    expect(sent).toMatchObject({ state: 'RECEIVED', count: 4, total: '1000' });
    const { header, document } = await bank.readOrder(sent);
    expect(header.definition).toBe('pain.001.001.09');
    expect(Buffer.from(document).toString()).toContain('<CtrlSum>1000</CtrlSum>');
    await later(30 * SECOND);
    expect((await maker.disbursements.read(sent.id)).state).toBe('VALIDATED');
    await later(90 * SECOND);
    const done = await maker.disbursements.read(sent.id);
    expect(done).toMatchObject({ state: 'PARTIAL', paid: '800', returned: '0' });
    expect(done.results?.map(({ state, reason }) => [state, reason])).toEqual([
      ['PAID', null],
      ['REJECTED', 'AC04'],
      ['PAID', null],
      ['PAID', null],
    ]);
    await later(3 * DAY);
    const back = await maker.disbursements.read(sent.id);
    expect(back).toMatchObject({ returned: '700' });
    expect(back.results?.map(({ state, reason }) => [state, reason])).toEqual([
      ['PAID', null],
      ['REJECTED', 'AC04'],
      ['RETURNED', 'MD06'],
      ['RETURNED', 'UNCL'],
    ]);
    const { balance, entries } = await maker.explainAccount('paid:pension');
    expect(balance).toBe('-100');
    expect(entries[0]?.sources).toContain('V1');
    const [booked] = await maker.inquireBalance({ messageId: next(), bank: 'VCB', account: '9999203002' });
    expect(booked?.amount).toBe(100_000_000_000 - 100);
  });

  it('takes the results and the returns of a bank that answers itself, each once', async () => {
    const sent = await approved();
    const at = '2026-10-16T09:00:00+07:00';
    const report = (messageId: string, kind: 'pain.002' | 'pacs.004', content: OutgoingObject) =>
      bank.reportDisbursement({
        kind,
        office: '09901',
        messageId,
        businessDate: '2026-10-16',
        createdAt: at,
        correlationId: sent.messageId ?? '',
        document: writeMessage(messageProfile(specifications, kind), content),
      });
    const results = (messageId: string, statuses: readonly string[]): OutgoingObject => ({
      GrpHdr: { MsgId: messageId, CreDtTm: at },
      OrgnlGrpInfAndSts: {
        OrgnlMsgId: sent.messageId ?? '',
        OrgnlMsgNmId: 'pain.001.001.09',
        GrpSts: 'PART',
      },
      OrgnlPmtInfAndSts: [
        {
          OrgnlPmtInfId: sent.id,
          TxInfAndSts: statuses.map((status, index) => ({
            OrgnlInstrId: `L${index + 1}`,
            TxSts: status,
            ...(status === 'RJCT' ? { StsRsnInf: [{ Rsn: { Cd: 'BE01' } }] } : {}),
            ...(status === 'ACSC' ? { AcctSvcrRef: `OWN${index + 1}` } : {}),
          })),
        },
      ],
    });
    expect(await refusal(report('RS-0', 'pain.002', results('RS-0', ['ACSC'])))).toBe('MESSAGE_REFUSED');
    const told = await report('RS-1', 'pain.002', results('RS-1', ['ACSC', 'ACSC', 'RJCT', 'ACSC']));
    expect(told).toMatchObject({ state: 'PARTIAL', paid: '700' });
    expect(told.results?.[2]).toMatchObject({ state: 'REJECTED', reason: 'BE01' });
    const again = results('RS-2', ['ACSC', 'ACSC', 'ACSC', 'ACSC']);
    expect(await refusal(report('RS-2', 'pain.002', again))).toBe('STATE_WRONG');
    const returned = (messageId: string): OutgoingObject => ({
      GrpHdr: { MsgId: messageId, CreDtTm: at, NbOfTxs: 1, SttlmInf: { SttlmMtd: 'CLRG' } },
      TxInf: [
        {
          RtrId: 'BACK1',
          OrgnlInstrId: 'L2',
          RtrdIntrBkSttlmAmt: 200,
          RtrRsnInf: [{ Rsn: { Cd: 'AC06' } }],
        },
      ],
    });
    expect(await report('RT-1', 'pacs.004', returned('RT-1'))).toMatchObject({ returned: '200' });
    expect(await report('RT-2', 'pacs.004', returned('RT-2'))).toMatchObject({ returned: '200' });
    await later(3 * MINUTE);
    expect(await maker.disbursements.read(sent.id)).toMatchObject({ paid: '700', returned: '200' });
  });

  it('is refused whole for its control sum, and nothing is paid', async () => {
    const sent = await approved('bank-batch-refused');
    await later(3 * MINUTE);
    expect(await maker.disbursements.read(sent.id)).toMatchObject({ state: 'REJECTED', paid: '0' });
  });

  it('refuses lines that cannot be paid, and a step by the wrong person', async () => {
    const [first] = lines;
    expect(await refusal(maker.disbursements.open({ ...order, lines: [...lines, lines[0]!] }))).toBe(
      'LINE_FIELDS',
    );
    const { account: _account, ...incomplete } = first!;
    expect(await refusal(maker.disbursements.open({ ...order, lines: [incomplete] }))).toBe('LINE_FIELDS');
    expect(await refusal(bank.disbursements.open(order))).toBe('SIDE_WRONG');
    const draft = await maker.disbursements.open(order);
    const submitted = await maker.disbursements.act(draft, { action: 'submit' });
    expect(await refusal(director.disbursements.act(submitted, { action: 'check' }))).toBe('DUTY_MISSING');
    expect(await refusal(director.disbursements.act(submitted, { action: 'approve' }))).toBe('STATE_WRONG');
  });
});

it('extends a cut-off when the other side agrees, and books later by it', async () => {
  const day = (await maker.readBusinessDay()).businessDate;
  const ask = { businessDate: day, newTime: '18:30', reason: 'CUOI THANG', bank: 'VCB', office: '09901' };
  expect(await refusal(bank.cutOffExtensions.open({ ...ask, newTime: '15:00' }))).toBe('PAST_CUT_OFF');
  const request = await bank.cutOffExtensions.open(ask);
  expect(request).toMatchObject({ state: 'REQUESTED', oldTime: '16:00' });
  expect(await refusal(bank.cutOffExtensions.act(request, { action: 'agree' }))).toBe('SIDE_WRONG');
  expect((await maker.cutOffExtensions.act(request, { action: 'agree' })).state).toBe('APPROVED');
  clock.freeze(new Date(`${day}T17:00:00+07:00`));
  expect(await bank.readBusinessDay()).toMatchObject({
    businessDate: day,
    cutOff: '18:30',
    isOpen: true,
    isExtended: true,
  });
  expect(await maker.readBusinessDay()).toMatchObject({ cutOff: '16:00', isOpen: false });
});

it('gives suspense money to a unit by maker and checker, and matches the list of an agent with its one credit', async () => {
  const { credits } = await bank.notifyCredits({
    messageId: next(),
    office: '09901',
    account: ACCOUNT,
    businessDate: TODAY,
    credits: [credit('S1', 5_000, { text: 'nop tien' })],
  });
  const held = (await maker.explainAccount('suspense:text-unreadable')).balance;
  const proposal = await maker.assignments.open({ creditId: credits[0]?.id ?? '', unitCode: 'ZZ0003A' });
  await checker.assignments.act(proposal, { action: 'approve' });
  expect((await maker.explainAccount('carried:ZZ0003A')).balance).toBe('5000');
  expect(Number((await maker.explainAccount('suspense:text-unreadable')).balance)).toBe(Number(held) - 5_000);
  expect((await maker.readCredit(credits[0]?.id ?? '')).entries.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['suspense', 'release']),
  );
  expect(await refusal(maker.assignments.open({ creditId: credits[0]?.id ?? '', unitCode: 'ZZ0003A' }))).toBe(
    'CREDIT_NOT_IN_SUSPENSE',
  );

  const list = await maker.agentBatches.open({
    batchId: 'B1',
    unitCode: 'ZZ0004A',
    account: ACCOUNT,
    people: [
      { bhxhNumber: '9900000001', amount: '300' },
      { bhxhNumber: '9900000002', amount: '450' },
    ],
  });
  expect(list).toMatchObject({ state: 'RECEIVED', total: '750' });
  await bank.notifyCredits({
    messageId: next(),
    office: '09901',
    account: ACCOUNT,
    businessDate: TODAY,
    credits: [credit('A1', 750, { text: remittance('ZZ0004A') })],
  });
  const matched = await maker.agentBatches.read(list.id);
  expect(matched.state).toBe('MATCHED');
  expect((await maker.readCredit(matched.creditId ?? '')).reference).toBe('A1');
});

it('refunds carried and suspended money by a decision of the director, for one of the five reasons and never more than there is', async () => {
  const carried = Number((await maker.explainAccount('carried:ZZ0003A')).balance);
  const ask = {
    unitCode: 'ZZ0003A',
    account: ACCOUNT,
    amount: '3000',
    reason: 'overpaid-unit-closed',
    decision: 'C16-TS/01',
  };
  const approve = async (known: Awaited<ReturnType<BankClient['refunds']['open']>>) =>
    await director.refunds.act(await checker.refunds.act(known, { action: 'check' }), { action: 'approve' });
  expect(await refusal(maker.refunds.open({ ...ask, reason: 'because' }))).toBe('REASON_UNKNOWN');
  expect((await approve(await maker.refunds.open(ask))).state).toBe('POSTED');
  expect((await maker.explainAccount('carried:ZZ0003A')).balance).toBe(String(carried - 3_000));
  expect(await refusal(approve(await maker.refunds.open({ ...ask, amount: '2001' })))).toBe(
    'REFUND_TOO_MUCH',
  );
  const { credits } = await bank.notifyCredits({
    messageId: next(),
    office: '09901',
    account: ACCOUNT,
    businessDate: TODAY,
    credits: [credit('H1', 8_000, { text: 'chuyen nham' })],
  });
  const { unitCode: _unit, ...rest } = ask;
  const back = { ...rest, creditId: credits[0]?.id ?? '', amount: '8000', reason: 'not-a-contribution' };
  await approve(await maker.refunds.open(back));
  expect((await maker.readCredit(credits[0]?.id ?? '')).status).toBe('REFUND');
  expect(await refusal(approve(await maker.refunds.open(back)))).toBe('CREDIT_NOT_IN_SUSPENSE');
});

it('signs a balance sheet on both sides over the same data, with the difference and its causes', async () => {
  const month = TODAY.slice(0, 7);
  const sheet = await maker.sheets.open({
    kind: 'balance',
    account: ACCOUNT,
    month,
    causes: ['R6: ngan hang da ghi co, chua bao'],
  });
  // The payment whose bank told a failure that was none.
  expect(sheet).toMatchObject({ state: 'UNSIGNED', difference: '45000' });
  const now = (): Date => clock.now();
  const profile = 'balance-sheet';
  const data = await bank.readSheetDocument(sheet.id);
  const byBank = await sign(data, signerOf('VCB'), { profile, party: 'bank', now });
  const changed = Buffer.from(byBank).toString().replace('<CHENH_LECH>45000<', '<CHENH_LECH>1<');
  expect(await refusal(bank.signSheet(sheet, Buffer.from(changed)))).toBe('SHEET_CHANGED');
  expect(await refusal(bank.signSheet(sheet, data))).toBe('SIGNATURE_INVALID');
  const signed = await bank.signSheet(sheet, byBank);
  expect(signed.state).toBe('SIGNED_BY_BANK');
  const both = await sign(await maker.readSheetDocument(sheet.id), signerOf('09901'), {
    profile,
    party: 'office',
    now,
  });
  expect((await maker.signSheet(signed, both)).state).toBe('SIGNED_BY_BOTH');
  const { verdict } = await verifyParties(await bank.readSheetDocument(sheet.id), {
    profile,
    parties: {
      bank: { trust: { anchors: [new X509Certificate(signerOf('VCB').certificate.toString())] } },
      office: { trust: { anchors: [new X509Certificate(signerOf('09901').certificate.toString())] } },
    },
    now,
  });
  expect(verdict).toBe('valid');
  const list = await maker.sheets.open({ kind: 'transfers', account: '9999203002', month });
  await later(10 * MINUTE);
  expect((await maker.sheets.read(list.id)).state).toBe('SIGNED_BY_BANK');
});

it('sweeps collected money to the upper level by order and by the calendar, and reports what was collected', async () => {
  const report = await maker.readCollectionReport({ from: TODAY, to: TODAY });
  expect(report.lines.some(({ account, status }) => account === ACCOUNT && status === 'ALLOCATED')).toBe(
    true,
  );
  const swept = await maker.sweeps.open({ account: ACCOUNT, keep: '1000' });
  expect(swept).toMatchObject({ state: 'DONE', balanceAfter: '1000', toAccount: '9999203900' });
  expect(await maker.sweeps.open({ account: ACCOUNT, keep: '1000' })).toMatchObject({
    state: 'NOTHING_TO_SWEEP',
    amount: '0',
  });
  clock.freeze(new Date('2026-11-02T03:00:00Z'));
  await server.idle();
  const { records } = await maker.sweeps.find({ state: 'DONE' });
  expect(records.map(({ account, madeBy }) => `${account} ${madeBy}`)).toEqual(
    expect.arrayContaining(['9999201001 server', `${ACCOUNT} server`]),
  );
  const [upper] = await bank
    .findMessages({ limit: 1 })
    .then(() =>
      server.store.read.selectFrom('bank_movement').selectAll().where('account', '=', '9999203900').execute(),
    );
  expect(upper?.direction).toBe('credit');
});
