// One day of a bank integrator, from credit notifications to a confirmed reconciliation. Everything is synthetic.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  allocationData,
  allocationPolicy,
  createLedger,
  createRemittanceParser,
  createUnitRegister,
  emptyFindings,
  linesOfStatement,
  messageProfile,
  messageProfiles,
  obligationEntry,
  postReceipt,
  readStatement,
  reconcile,
  reconciliationReport,
  reconciliationRules,
  remittanceSyntax,
  reverseReceipt,
  reviewCredit,
  suspenseEntry,
  writeMessage,
  writeTraceInquiry,
} from '@bhxh/sdk/payments';
import { openSpecifications } from '@bhxh/sdk/specifications';

const account = '9999000011';
const day = '2026-02-02';
const specifications = openSpecifications();
const profile = (id) => messageProfile(specifications, id);
const profiles = messageProfiles(specifications);
const text = (unit, office = '99001') => `+BHXH+103+00+${unit}+${office}+dong BHXH+`;

/** What the bank saw: the third credit it takes back, the fourth has no code, and of the fifth it told another amount. */
const movements = [
  { reference: 'FT01', amount: 3_398_400, text: text('ZZ0001C') },
  { reference: 'FT02', amount: 1_200_000, text: `BHXH 103 00 ZZ0002C 99001 dong BHXH` },
  { reference: 'FT03', amount: 500_000, text: text('ZZ0001C') },
  { reference: 'FT04', amount: 700_000, text: 'nop BHXH thang 1' },
  { reference: 'FT05', amount: 900_000, text: text('ZZ0002C') },
  { reference: 'FT06', amount: 250_000, text: text('ZZ0001C') },
];

const entry = ({ reference, amount, text: words = '', direction = 'CRDT', isReversal = false }) => ({
  Amt: amount,
  CdtDbtInd: direction,
  ...(isReversal ? { RvslInd: true } : {}),
  Sts: { Cd: 'BOOK' },
  BookgDt: { Dt: day },
  ValDt: { Dt: day },
  AcctSvcrRef: reference,
  BkTxCd: { Domn: { Cd: 'PMNT', Fmly: { Cd: 'RCDT', SubFmlyCd: 'DMCT' } } },
  NtryDtls: [
    {
      TxDtls: [
        {
          Refs: { EndToEndId: 'NOTPROVIDED' },
          Amt: amount,
          CdtDbtInd: direction,
          ...(words === '' ? {} : { RmtInf: { Ustrd: [words] } }),
        },
      ],
    },
  ],
});
const header = { MsgId: 'DAY-0202', CreDtTm: `${day}T18:00:00+07:00` };
const held = { Id: { Othr: { Id: account } } };
const balance = (code, amount) => ({
  Tp: { CdOrPrtry: { Cd: code } },
  Amt: amount,
  CdtDbtInd: 'CRDT',
  Dt: { Dt: day },
});

/** Runs the day and returns what an operator would look at. Messages are written into `folder`. */
export async function runBankDay(folder) {
  mkdirSync(folder, { recursive: true });
  const keep = (name, bytes) => writeFileSync(join(folder, name), bytes);

  // 1. Notifications arrive; the second one comes twice, the sixth is lost, the fifth tells 990,000.
  const told = [
    movements[0],
    movements[1],
    movements[1],
    movements[2],
    movements[3],
    { ...movements[4], amount: 990_000 },
  ];
  const syntax = remittanceSyntax(specifications);
  const register = createUnitRegister(
    [
      { unitCode: 'ZZ0001C', officeCode: '99001' },
      { unitCode: 'ZZ0002C', officeCode: '99001' },
    ],
    syntax.confusions,
  );
  const review = {
    parse: createRemittanceParser({ syntax, register }),
    register,
    accounts: new Set([account]),
    renamedOffices: new Map(),
  };
  const policy = allocationPolicy(allocationData(specifications));
  const ledger = createLedger();
  for (const unit of ['ZZ0001C', 'ZZ0002C'])
    for (const [fund, amount] of [
      ['ODTS', 2_655_000],
      ['BHYT', 477_900],
      ['BHTN', 212_400],
      ['TNLD_BNN', 53_100],
    ])
      ledger.post(
        obligationEntry(
          unit,
          { id: `${unit}-${fund}`, fund, part: 'principal', period: '2026-01', amount },
          '2026-01-31',
        ),
      );

  const book = [];
  const seen = new Set();
  let doubled = 0;
  for (const [index, movement] of told.entries()) {
    const message = writeMessage(profile('camt.054'), {
      GrpHdr: header,
      Ntfctn: [{ Id: `N${index}`, CreDtTm: header.CreDtTm, Acct: held, Ntry: [entry(movement)] }],
    });
    for await (const event of readStatement([message], profiles)) {
      if (event.kind !== 'line' || event.line.amount === null) continue;
      const { line } = event;
      if (seen.has(line.key)) {
        doubled += 1;
        continue;
      }
      seen.add(line.key);
      const { decision, unitCode, reason } = reviewCredit(line, review);
      const receipt = {
        key: line.key,
        bankAccount: account,
        amount: line.amount,
        on: line.bookingDate,
        voucher: line.bankReference,
      };
      if (decision === 'assign' && unitCode !== null) postReceipt(ledger, { ...receipt, unitCode }, policy);
      else ledger.post(suspenseEntry(receipt, reason));
      book.push({
        id: `B-${line.bankReference}`,
        account,
        reference: line.bankReference,
        order: '',
        batch: '',
        direction: line.direction,
        amount: line.amount,
        day: line.bookingDate,
        text: line.text,
        isReversal: false,
      });
    }
  }

  // 2. The statement of the day: all credits, and the third one taken back.
  const back = { reference: 'FT03', amount: 500_000, direction: 'DBIT', isReversal: true };
  const total = movements.reduce((sum, { amount }) => sum + amount, 0) - back.amount;
  const statement = writeMessage(profile('camt.053'), {
    GrpHdr: header,
    Stmt: [
      {
        Id: 'S0202',
        ElctrncSeqNb: 33,
        Acct: held,
        Bal: [balance('OPBD', 1_000_000), balance('CLBD', 1_000_000 + total)],
        Ntry: [...movements, back].map(entry),
      },
    ],
  });
  keep('statement.xml', statement);
  const compare = async (run, previous) => {
    const findings = emptyFindings(new Map([[account, 1_000_000]]));
    const result = await reconcile(
      linesOfStatement([statement], profiles, findings),
      book,
      reconciliationRules(specifications),
    );
    const { pages, unreadable, proof } = findings;
    return reconciliationReport({
      result,
      rules: reconciliationRules(specifications),
      run,
      previous,
      pages,
      unreadable,
      statementProblems: proof.end(),
    });
  };
  const first = await compare(1);

  // 3. Three trace inquiries: a text without codes, an amount that differs, a credit that was never notified.
  const ask = (number, reason, content, { reference, amount, rightAmount }) => {
    const inquiry = {
      id: `TS-${number}`,
      reason,
      from: 'BHXH THU NGHIEM',
      to: 'NGAN HANG THU NGHIEM',
      reference,
      amount,
      day,
      content,
      rightAmount,
      createdAt: header.CreDtTm,
    };
    keep(`trace-${number}.xml`, writeTraceInquiry(specifications, inquiry).bytes);
  };
  ask(1, 'text-unclear', 'THIEU MA DON VI', movements[3]);
  ask(2, 'wrong-amount', 'SAO KE GHI 900000', { ...movements[4], amount: 990_000, rightAmount: 900_000 });
  ask(3, 'not-received', 'KHONG NHAN DUOC BAO CO', movements[5]);

  // 4. The answers settle the book: the reversal is mirrored, the amount corrected, the lost credit posted.
  const keyOf = (reference) => `ref:${account}:${reference}`;
  reverseReceipt(ledger, keyOf('FT03'), day, 'FT03');
  book.push({
    ...book.find(({ reference }) => reference === 'FT03'),
    id: 'B-FT03-R',
    direction: 'debit',
    isReversal: true,
  });
  reverseReceipt(ledger, keyOf('FT05'), day, 'TS-2');
  for (const { movement, key, unitCode } of [
    { movement: movements[4], key: `${keyOf('FT05')}:TS-2`, unitCode: 'ZZ0002C' },
    { movement: movements[5], key: keyOf('FT06'), unitCode: 'ZZ0001C' },
  ])
    postReceipt(
      ledger,
      { key, unitCode, bankAccount: account, amount: movement.amount, on: day, voucher: movement.reference },
      policy,
    );
  book.find(({ reference }) => reference === 'FT05').amount = movements[4].amount;
  book.push({
    ...book[0],
    id: 'B-FT06',
    reference: 'FT06',
    amount: movements[5].amount,
    text: movements[5].text,
  });

  // 5. The second run of the day is confirmed, and the ledger holds exactly what the bank holds.
  const second = await compare(2, first);
  keep('reconciliation.json', JSON.stringify(second, null, 2));
  return {
    doubled,
    first: { verdict: first.verdict, classes: first.classes },
    second: {
      verdict: second.verdict,
      classes: second.classes,
      settled: second.settled.length,
      proof: second.proof.holds,
    },
    moved: total,
    bank: -ledger.balance(`bank:${account}`),
    suspense: ledger.balance('suspense:text-unreadable'),
  };
}

if (process.argv[1]?.endsWith('bank-day.mjs')) {
  const result = await runBankDay(process.argv[2] ?? 'bank-day');
  console.log(JSON.stringify(result, null, 2));
}
