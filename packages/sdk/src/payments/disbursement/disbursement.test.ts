import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readForm } from '../../declarations/read.ts';
import { openSpecifications } from '../../specifications/index.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { messageProfile, messageProfiles } from '../message-profile.ts';
import { writeMessage, type OutgoingObject } from '../write-message.ts';
import { readBankAnswer, readReturns } from './bank-answer.ts';
import { batchMessage, buildBatch, type DisbursementBatch } from './batch.ts';
import { disbursementData } from './disbursement-data.ts';
import { createDisbursements, type Disbursements } from './disbursements.ts';
import { traceMoney } from './trace-money.ts';
import {
  voucherEntry,
  voucherOf,
  voucherOfSettlement,
  vouchersOfDecision,
  type BenefitDecision,
  type Voucher,
} from './voucher.ts';

const specifications = openSpecifications();
const data = disbursementData(specifications);
const profiles = messageProfiles(specifications);
const code = (name: string) => expect.objectContaining({ code: name });

const facilityPayee = { name: 'BENH VIEN THU NGHIEM', account: '9999000101', clearing: '99203001' };
const decision: BenefitDecision = {
  form: 'C70A-HD',
  header: { SoHoSo: 'HS0001' },
  rows: [
    { values: { stt: '1', HoTen: 'NGUYEN VAN THU', MaSoBhxh: '9900000001', SoTien: '1500000' } },
    { values: { stt: '2', HoTen: 'TRAN THI NGHIEM', MaSoBhxh: '9900000002', SoTien: '2000000' } },
    { values: { stt: '3', HoTen: 'LE VAN THU', MaSoBhxh: '9900000003', SoTien: '' } },
    { values: { stt: '4', HoTen: 'PHAM THI THU', MaSoBhxh: '9900000004', SoTien: '700000' } },
  ],
};
const payees: ReadonlyMap<string, Voucher['payee']> = new Map<string, Voucher['payee']>([
  ['9900000001', { name: 'NGUYEN VAN THU', account: '9999000201', clearing: '99202001' }],
  ['9900000002', { name: 'TRAN THI NGHIEM', identity: '099000000002', postOffice: '99999001' }],
]);
const head = {
  id: 'LC-1',
  debitAccount: '9999000022',
  debitClearing: '99203001',
  payer: 'BHXH THU NGHIEM',
  on: '2026-02-03',
};

const vouchersOf = (): readonly Voucher[] =>
  vouchersOfDecision(decision, (number) => payees.get(number), '2026-02-02', data).vouchers;

function opened(vouchers: readonly Voucher[]): {
  ledger: Ledger;
  orders: Disbursements;
  batch: DisbursementBatch;
} {
  const ledger = createLedger();
  for (const voucher of vouchers) ledger.post(voucherEntry(voucher));
  const orders = createDisbursements(data, ledger);
  const batch = buildBatch(head, vouchers);
  orders.plan(batch);
  return { ledger, orders, batch };
}

/** pain.002 as a bank writes it. */
const report = (
  batch: string,
  status: string,
  lines: readonly OutgoingObject[] = [],
  reason?: string,
): Uint8Array =>
  writeMessage(messageProfile(specifications, 'pain.002'), {
    GrpHdr: { MsgId: `A-${batch}`, CreDtTm: '2026-02-03T10:00:00+07:00' },
    OrgnlGrpInfAndSts: {
      OrgnlMsgId: batch,
      OrgnlMsgNmId: 'pain.001.001.09',
      GrpSts: status,
      ...(reason === undefined ? {} : { StsRsnInf: [{ Rsn: { Cd: reason } }] }),
    },
    ...(lines.length === 0 ? {} : { OrgnlPmtInfAndSts: [{ OrgnlPmtInfId: batch, TxInfAndSts: lines }] }),
  });
const paid = (line: string, reference: string): OutgoingObject => ({
  OrgnlEndToEndId: line,
  TxSts: 'ACSC',
  AcctSvcrRef: reference,
});
const refused = (line: string, reason: string): OutgoingObject => ({
  OrgnlEndToEndId: line,
  TxSts: 'RJCT',
  StsRsnInf: [{ Rsn: { Cd: reason } }],
});
const comesBack = (line: string, amount: number, reason: string, id = `R-${line}`): Uint8Array =>
  writeMessage(messageProfile(specifications, 'pacs.004'), {
    GrpHdr: {
      MsgId: id,
      CreDtTm: '2026-02-09T10:00:00+07:00',
      NbOfTxs: 1,
      IntrBkSttlmDt: '2026-02-09',
      SttlmInf: { SttlmMtd: 'CLRG' },
    },
    TxInf: [
      { RtrId: id, OrgnlEndToEndId: line, RtrdIntrBkSttlmAmt: amount, RtrRsnInf: [{ Rsn: { Cd: reason } }] },
    ],
  });

test('an accepted settlement 01/BH gives a voucher for what its advances leave', () => {
  const settlement = {
    number: 'QT-99001-2026-01',
    facility: '99001',
    month: '2026-01',
    accepted: 900_000_000,
    advanced: 720_000_000,
  };
  expect(voucherOfSettlement(settlement, facilityPayee, '2026-02-02', data)).toMatchObject({
    family: 'units',
    purpose: 'health-care',
    document: 'QT-99001-2026-01',
    amount: 180_000_000,
  });
  expect(
    voucherOfSettlement({ ...settlement, advanced: 900_000_000 }, facilityPayee, '2026-02-02', data),
  ).toBeUndefined();
});

test('a decision C70a gives one voucher for each decided row whose payee is known', () => {
  const { vouchers, waiting } = vouchersOfDecision(
    decision,
    (number) => payees.get(number),
    '2026-02-02',
    data,
  );
  expect(vouchers.map(({ id, family, amount }) => [id, family, amount])).toEqual([
    ['HS0001-1', 'participants', 1_500_000],
    ['HS0001-2', 'participants', 2_000_000],
  ]);
  expect(waiting).toEqual(['4']);
  const broken = { ...decision, rows: [{ values: { stt: '1', SoTien: '1500000.5' } }] };
  expect(() => vouchersOfDecision(broken, () => facilityPayee, '2026-02-02', data)).toThrow(
    code('ERR_VOUCHER'),
  );
  expect(() =>
    vouchersOfDecision({ ...decision, form: 'D02-TS' }, () => facilityPayee, '2026-02-02', data),
  ).toThrow(code('ERR_VOUCHER'));
});

test('a decision as it is received becomes vouchers', () => {
  const row = (stt: number, number: string, amount: string): string =>
    `<NguoiHuong><stt>${stt}</stt><HoTen>NGUYEN VAN THU</HoTen><MaSoBhxh>${number}</MaSoBhxh><NhomHuong>om-thuong</NhomHuong><TuNgay>05/01/2026</TuNgay><DenNgay>07/01/2026</DenNgay><SoNgay>3</SoNgay><SoTien>${amount}</SoTien></NguoiHuong>`;
  const bytes = Buffer.from(
    `<C70A-HD><ThongTinChung><TenDonVi>X</TenDonVi><MaDonVi>ZZ1234C</MaDonVi><KyKeKhai>01/2026</KyKeKhai><SoHoSo>HS0009</SoHoSo></ThongTinChung><DanhSach>${row(1, '9900000001', '450000')}${row(2, '9900000002', '')}</DanhSach></C70A-HD>`,
  );
  const { vouchers, waiting } = vouchersOfDecision(
    readForm(specifications, bytes),
    (number) => payees.get(number),
    '2026-02-02',
    data,
  );
  expect(waiting).toEqual([]);
  expect(vouchers).toMatchObject([
    { id: 'HS0009-1', document: 'HS0009#1', purpose: 'short-term', amount: 450_000 },
  ]);
});

test('a batch is written as pain.001 with its control figures, for accounts and for cash at a post office', () => {
  const batch = buildBatch(head, vouchersOf());
  const text = Buffer.from(
    writeMessage(
      messageProfile(specifications, 'pain.001'),
      batchMessage(batch, data, '2026-02-03T08:00:00+07:00'),
    ),
  ).toString();
  expect(text).toContain('<CtrlSum>3500000</CtrlSum>');
  expect(text).toContain('<CtgyPurp><Cd>SSBE</Cd></CtgyPurp>');
  expect(text).toContain('<PrvtId><Othr><Id>099000000002</Id></Othr></PrvtId>');
  const other = voucherOf(data, 'settlement-01bh', {
    id: 'X1',
    document: 'X1',
    payee: facilityPayee,
    amount: 1,
    on: '2026-02-02',
    text: '',
  });
  for (const vouchers of [[], [...vouchersOf(), other], [...vouchersOf(), ...vouchersOf()]])
    expect(() => buildBatch(head, vouchers)).toThrow(code('ERR_BATCH'));
});

test('lines are paid and refused one by one, a return days later opens the voucher again, and all of it can be traced both ways', () => {
  const { ledger, orders, batch } = opened(vouchersOf());
  orders.sending('LC-1');
  const answer = readBankAnswer(
    report('LC-1', 'PART', [paid('HS0001-1-1', 'FT1'), refused('HS0001-2-1', 'BE01')]),
    profiles,
  );
  expect(answer.problems).toEqual([]);
  expect(orders.answered(answer, '2026-02-03')).toEqual([]);
  expect(orders.batch('LC-1')?.state).toBe('PARTIAL');
  expect(orders.lines().map(({ state, reason }) => [state, reason])).toEqual([
    ['PAID', ''],
    ['REJECTED', 'BE01'],
  ]);
  expect(ledger.balance('bank:9999000022')).toBe(1_500_000);

  const { returns } = readReturns(comesBack('HS0001-1-1', 1_500_000, 'AC04'), profiles);
  expect(orders.returned(returns[0]!)).toEqual([]);
  expect(orders.returned(returns[0]!)).toEqual([]);
  expect(orders.answered(answer, '2026-02-03')).toEqual([]);
  expect(ledger.balance('bank:9999000022')).toBe(0);

  const again = buildBatch({ ...head, id: 'LC-2' }, vouchersOf(), orders.attempts);
  expect(again.lines.map(({ id }) => id)).toEqual(['HS0001-1-2', 'HS0001-2-2']);
  orders.plan(again);
  orders.sending('LC-2');
  orders.answered(readBankAnswer(report('LC-2', 'ACSC'), profiles), '2026-02-10');
  expect(orders.batch('LC-2')?.state).toBe('DONE');

  for (const id of ['HS0001#1', 'HS0001-1', 'HS0001-1-1', 'FT1', 'R-HS0001-1-1', 'HS0001-1-2']) {
    expect(
      traceMoney(ledger, id).map(({ voucher, documents, paidOut, open, entries }) => [
        voucher,
        documents,
        paidOut,
        open,
        entries.map(({ kind }) => kind),
      ]),
      id,
    ).toEqual([
      [
        'HS0001-1',
        ['HS0001#1', 'HS0001'],
        1_500_000,
        0,
        ['voucher', 'disbursement', 'return', 'disbursement'],
      ],
    ]);
  }
  expect(traceMoney(ledger, 'HS0001')).toHaveLength(2);
  expect(traceMoney(ledger, 'LC-2')).toHaveLength(2);
  expect(traceMoney(ledger, 'NOTHING')).toEqual([]);
  // A later process goes on from the events alone.
  const copy = createLedger();
  for (const voucher of vouchersOf()) copy.post(voucherEntry(voucher));
  const later = createDisbursements(data, copy, orders.events());
  expect(later.lines()).toEqual(orders.lines());
  expect([...copy.entries()]).toEqual([...ledger.entries()]);
  expect(later.batch('LC-1')?.batch).toEqual(batch);
});

test('a batch without an answer is asked for before it is sent again', () => {
  const { ledger, orders } = opened(vouchersOf());
  orders.sending('LC-1');
  expect(() => orders.sending('LC-1')).toThrow(
    expect.objectContaining({ code: 'ERR_DISBURSEMENT_STATE', retry: 'after-check' }),
  );
  orders.absent('LC-1');
  orders.sending('LC-1');
  orders.answered(readBankAnswer(report('LC-1', 'RCVD'), profiles), '2026-02-03');
  expect(orders.batch('LC-1')?.state).toBe('RECEIVED');
  expect(() => orders.sending('LC-1')).toThrow(code('ERR_DISBURSEMENT_STATE'));
  expect(() => orders.absent('LC-1')).toThrow(code('ERR_DISBURSEMENT_STATE'));
  expect([...ledger.entries()].map(({ kind }) => kind)).toEqual(['voucher', 'voucher']);
});

test('a wrong control sum refuses every line, and the vouchers may be paid under a new number', () => {
  const { ledger, orders } = opened(vouchersOf());
  orders.sending('LC-1');
  orders.answered(readBankAnswer(report('LC-1', 'RJCT', [], 'AM10'), profiles), '2026-02-03');
  expect(orders.batch('LC-1')).toMatchObject({ state: 'REJECTED', reason: 'AM10' });
  expect(orders.lines().map(({ state, reason }) => `${state} ${reason}`)).toEqual([
    'REJECTED AM10',
    'REJECTED AM10',
  ]);
  expect(ledger.balance('bank:9999000022')).toBe(0);
  orders.plan(buildBatch({ ...head, id: 'LC-2' }, vouchersOf(), orders.attempts));
  expect(() => orders.plan(buildBatch({ ...head, id: 'LC-3' }, vouchersOf(), orders.attempts))).toThrow(
    code('ERR_BATCH'),
  );
});

test('what does not fit is told and posts nothing', () => {
  const { ledger, orders } = opened(vouchersOf());
  orders.sending('LC-1');
  orders.answered(
    readBankAnswer(report('LC-1', 'PART', [paid('HS0001-1-1', 'FT1')]), profiles),
    '2026-02-03',
  );
  const before = [...ledger.entries()].length;
  const told = (bytes: Uint8Array): string[] =>
    orders.answered(readBankAnswer(bytes, profiles), '2026-02-03').map((problem) => problem.code);
  const back = (bytes: Uint8Array): string[] =>
    readReturns(bytes, profiles).returns.flatMap((one) =>
      orders.returned(one).map((problem) => problem.code),
    );
  expect(told(report('LC-9', 'ACSC'))).toEqual(['BATCH_NOT_OURS']);
  expect(told(report('LC-1', 'ACTC', [paid('OTHER-1', 'FT9')]))).toEqual(['LINE_NOT_OURS']);
  expect(told(report('LC-1', 'ACTC', [refused('HS0001-1-1', 'AC04')]))).toEqual(['STATE_CONTRADICTED']);
  expect(told(report('LC-1', 'ACTC', [{ OrgnlEndToEndId: 'HS0001-2-1', TxSts: 'XXXX' }]))).toEqual([
    'STATUS_UNKNOWN',
  ]);
  expect(back(comesBack('HS0001-2-1', 2_000_000, 'AC04'))).toEqual(['RETURN_OF_UNPAID']);
  expect(back(comesBack('HS0001-1-1', 1_499_999, 'AC04'))).toEqual(['RETURN_AMOUNT']);
  expect(back(comesBack('OTHER-1', 1, 'AC04'))).toEqual(['LINE_NOT_OURS']);
  expect([...ledger.entries()]).toHaveLength(before);
  expect(back(comesBack('HS0001-1-1', 1_500_000, 'AC04'))).toEqual([]);
  expect(back(comesBack('HS0001-1-1', 1_500_000, 'AC04', 'R-OTHER'))).toEqual(['RETURN_TWICE']);
});

test('in whatever order and however often answers and returns come, nothing is paid twice and the ledger holds what the bank moved', () => {
  const steps = fc.array(
    fc.record({
      line: fc.integer({ min: 0, max: 5 }),
      what: fc.constantFrom('paid', 'refused', 'back', 'wait'),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (told) => {
      const vouchers = Array.from({ length: 6 }, (_, index) =>
        voucherOf(data, 'decision-c70a', {
          id: `V${index}`,
          document: `HS#${index}`,
          payee: facilityPayee,
          amount: 1000 + index,
          on: '2026-02-02',
          text: '',
        }),
      );
      const { ledger, orders } = opened(vouchers);
      orders.sending('LC-1');
      for (const { line, what } of told) {
        const id = `V${line}-1`;
        const amount = 1000 + line;
        if (what === 'back')
          orders.returned({ id: `R-${id}`, line: id, amount, reason: 'AC04', on: '2026-02-09' });
        else
          orders.answered(
            {
              batch: 'LC-1',
              status: 'ACTC',
              reason: '',
              lines: [
                {
                  line: id,
                  status: { paid: 'ACSC', refused: 'RJCT', wait: 'PDNG' }[what],
                  reason: what === 'refused' ? 'AC04' : '',
                  bankReference: what === 'paid' ? `FT${id}` : '',
                },
              ],
              problems: [],
            },
            '2026-02-03',
          );
      }
      let out = 0;
      for (const { state, line } of orders.lines()) if (state === 'PAID') out += line.amount;
      expect(ledger.balance('bank:9999000022')).toBe(out);
      for (const { id, amount } of vouchers) {
        const open = ledger.balance(`payable:${id}`);
        expect(open === 0 || open === amount).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
