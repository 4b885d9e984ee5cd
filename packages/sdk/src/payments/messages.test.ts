import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { expect, test } from 'vitest';
import { openSpecifications } from '../specifications/index.ts';
import { messageProfile, messageProfiles, valueAt } from './message-profile.ts';
import { entry, messageExamples, statementMessage, statementPage } from './messages.fixture.ts';
import { MessageReader, type MessageProblem } from './read-message.ts';
import type { MessageObject } from './message-profile.ts';
import { batchMessage, buildBatch } from './disbursement/batch.ts';
import { voucherOf } from './disbursement/voucher.ts';
import { disbursementData } from './disbursement/disbursement-data.ts';
import { traceData, writeTraceInquiry } from './trace-inquiry.ts';
import { streamMessage, writeMessage, type StreamedObject } from './write-message.ts';

const specifications = openSpecifications();
const profiles = messageProfiles(specifications);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const schemas = process.env['ISO20022_XSD_DIR'] ?? join(root, '..', 'shared', 'iso20022');

interface Read {
  readonly records: MessageObject[];
  readonly problems: MessageProblem[];
  readonly message: MessageObject;
  readonly id: string;
}

function read(bytes: Uint8Array, size = 50): Read {
  const records: MessageObject[] = [];
  const problems: MessageProblem[] = [];
  let id = '';
  const reader = new MessageReader(profiles, {
    begin: (profile, version) => (id = `${profile.id}.${version}`),
    record: (record) => records.push(record),
    problem: (problem) => problems.push(problem),
  });
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
  return { message: reader.end(), records, problems, id };
}

test('the official schemas are at hand', () => {
  expect(existsSync(schemas), `no ISO 20022 schemas in ${schemas}; set ISO20022_XSD_DIR`).toBe(true);
});

test.each(profiles.map(({ id, version }) => ({ id, name: `${id}.${version}` })))(
  'what is written as $name follows the official schema and is read without a problem',
  ({ id, name }) => {
    const example = messageExamples[id];
    if (example === undefined) throw new Error(`no example of ${id}`);
    const bytes = writeMessage(messageProfile(specifications, id), example);
    checkAgainstSchema(bytes, name);
    const found = read(bytes);
    expect(found.problems).toEqual([]);
    expect(found.id).toBe(name);
    const hasRecords = messageProfile(specifications, id).record.length > 0;
    expect(found.records.length).toBe(hasRecords ? 1 : 0);
  },
);

function checkAgainstSchema(bytes: Uint8Array, name: string): void {
  const schema = XmlDocument.fromBuffer(readFileSync(join(schemas, `${name}.xsd`)));
  const validator = XsdValidator.fromDoc(schema);
  const document = XmlDocument.fromBuffer(bytes);
  try {
    validator.validate(document);
  } finally {
    document.dispose();
    validator.dispose();
    schema.dispose();
  }
}

test.each(traceData(specifications).reasons)(
  'a trace inquiry for $code is a $message of the official schema',
  ({ code, message }) => {
    const inquiry = {
      id: 'TS-1',
      reason: code,
      from: 'BHXH THU NGHIEM',
      to: 'NGAN HANG THU NGHIEM',
      reference: 'FT1',
      amount: 100,
      day: '2026-02-02',
      content: 'X'.repeat(210),
      rightAmount: 90,
      createdAt: '2026-02-02T10:00:00+07:00',
    };
    const written = writeTraceInquiry(specifications, inquiry);
    expect(written.message).toBe(message);
    checkAgainstSchema(written.bytes, `${message}.${messageProfile(specifications, message).version}`);
    for (const wrong of [{ reason: 'none' }, { content: 'X'.repeat(211) }, { reference: '' }])
      expect(() => writeTraceInquiry(specifications, { ...inquiry, ...wrong })).toThrow(
        expect.objectContaining({ code: 'ERR_TRACE' }),
      );
  },
);

test('orders of disbursement follow the official schema, to accounts and to post offices', () => {
  const data = disbursementData(specifications);
  for (const { purpose, code } of data.documents) {
    const vouchers = [
      { name: 'CONG TY THU NGHIEM', account: '9999000077', clearing: '99202001' },
      { name: 'NGUYEN VAN THU', identity: '099000000002', postOffice: '99999001' },
    ].map((payee, index) =>
      voucherOf(data, code, {
        id: `V${index}`,
        document: 'D1',
        payee,
        amount: 100,
        on: '2026-02-02',
        text: 'CHI',
      }),
    );
    const batch = buildBatch(
      { id: 'LC1', debitAccount: '9999000022', debitClearing: '99203001', payer: 'BHXH', on: '2026-02-03' },
      vouchers,
    );
    expect(batch.purpose).toBe(purpose);
    const bytes = writeMessage(
      messageProfile(specifications, 'pain.001'),
      batchMessage(batch, data, '2026-02-03T08:00:00+07:00'),
    );
    checkAgainstSchema(bytes, 'pain.001.001.09');
  }
});

test('every division into chunks gives the same records', () => {
  const bytes = writeMessage(messageProfile(specifications, 'camt.053'), messageExamples['camt.053'] ?? {});
  const whole = read(bytes, bytes.length);
  for (const size of [1, 7, 64]) expect(read(bytes, size)).toEqual(whole);
  expect(valueAt(whole.records[0], 'Amt')).toEqual({ currency: 'VND', text: '3398400' });
});

const camt053 = messageProfile(specifications, 'camt.053');
const written = Buffer.from(
  writeMessage(
    camt053,
    statementMessage(
      statementPage([entry({ reference: 'FT1', amount: 1500 })], { opening: 0, closing: 1500 }),
    ),
  ),
).toString();

test.each([
  [
    'a fraction of a đồng',
    '>1500</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    '>1500.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    'AMOUNT_FRACTION',
  ],
  [
    'another currency',
    'Ccy="VND">1500</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    'Ccy="USD">1500</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    'CURRENCY_NOT_VND',
  ],
  [
    'a sign in the amount',
    '>1500</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    '>-1500</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    'AMOUNT_FORMAT',
  ],
  ['a missing element', '<Id>S1-1</Id>', '', 'ELEMENT_MISSING'],
  ['a day that is none', '<BookgDt><Dt>2026-01-05</Dt>', '<BookgDt><Dt>2026-02-30</Dt>', 'DATE_FORMAT'],
  ['an overlong text', '<Id>S1-1</Id>', `<Id>${'S'.repeat(36)}</Id>`, 'TEXT_LENGTH'],
  ['an unknown version', 'camt.053.001.08', 'camt.053.001.99', 'MESSAGE_VERSION'],
  ['an unknown message', 'camt.053.001.08', 'seev.031.001.08', 'MESSAGE_UNKNOWN'],
])('%s is a problem, not an exception', (_name, from, to, code) => {
  expect(written).toContain(from);
  expect(read(Buffer.from(written.replace(from, to))).problems.map((problem) => problem.code)).toEqual([
    code,
  ]);
});

test('elements outside the profile are passed over, prefixes and older layouts are read', () => {
  const other = written.replace('<Stmt>', '<Stmt><SplmtryData><Amt>x</Amt></SplmtryData>');
  expect(read(Buffer.from(other)).problems).toEqual([]);
  const old = written.replace('001.08', '001.02').replace('<Sts><Cd>BOOK</Cd></Sts>', '<Sts>BOOK</Sts>');
  const prefixed = old.replaceAll(/<(\/?)(?=[A-Z])/g, '<$1n:').replace('xmlns=', 'xmlns:n=');
  for (const text of [old, prefixed]) {
    const { records, problems } = read(Buffer.from(text));
    expect(problems).toEqual([]);
    expect(valueAt(records[0], 'Sts', 'Cd')).toBe('BOOK');
  }
});

test.each([
  [{ Stmt: [] }],
  [{ GrpHdr: { MsgId: 'x'.repeat(36), CreDtTm: '2026-01-05T10:00:00' }, Stmt: [] }],
  [{ ...messageExamples['camt.053'], Wrong: 'x' }],
])('a message that cannot be carried is refused with its path', (content) => {
  expect(() => writeMessage(camt053, content)).toThrow(
    expect.objectContaining({ code: 'ERR_MESSAGE_FIELD' }),
  );
});

test.each([1.5, -1, Number.NaN, 2 ** 53])('the amount %d is never written', (amount) => {
  expect(() => writeMessage(camt053, statementMessage(statementPage([entry({ amount })])))).toThrow(
    expect.objectContaining({ code: 'ERR_AMOUNT_NOT_WHOLE' }),
  );
});

test.each(profiles.map(({ id }) => id))('%s is written in pieces with the bytes of the whole', async (id) => {
  const profile = messageProfile(specifications, id);
  const content = messageExamples[id] ?? {};
  const pieces = async (given: StreamedObject): Promise<string> => {
    const all: Uint8Array[] = [];
    for await (const piece of streamMessage(profile, given)) all.push(piece);
    return Buffer.concat(all).toString();
  };
  const whole = Buffer.from(writeMessage(profile, content)).toString();
  expect(await pieces(content)).toBe(whole);
  // Every list of parts as something that can be gone through once.
  const streamed = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.every((one) => typeof one === 'object')
        ? (async function* () {
            for (const one of value) yield streamed(one);
          })()
        : value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, streamed(inner)]));
  };
  expect(await pieces(streamed(content) as StreamedObject)).toBe(whole);
});

test('a long statement is written and read without ever being whole', async () => {
  const count = 6000;
  let taken = 0;
  const entries = function* () {
    for (let number = 0; number < count; number += 1) {
      taken += 1;
      yield entry({ reference: `FT${number}`, amount: 1000 });
    }
  };
  const page = statementPage([], { opening: 0, closing: 1000 * count });
  const message = streamMessage(camt053, { ...statementMessage(), Stmt: [{ ...page, Ntry: entries() }] });
  let records = 0;
  let most = 0;
  const reader = new MessageReader(profiles, { record: () => (records += 1) });
  for await (const piece of message) {
    most = Math.max(most, piece.length, taken - records);
    reader.write(piece);
  }
  reader.end();
  expect([records, taken]).toEqual([count, count]);
  expect(most).toBeLessThan(400_000);
});

test.each([
  [{ GrpHdr: { MsgId: 'x', CreDtTm: '2026-01-05T10:00:00' }, Stmt: [].values() }],
  [{ ...statementMessage(), Stmt: [{ ...statementPage([]), Wrong: [].values() }] }],
  [{ ...statementMessage(), Stmt: [{ ...statementPage([]), Acct: [{}].values() }] }],
])('a message in pieces is refused for the same reasons', async (content) => {
  const all = async (): Promise<void> => {
    for await (const piece of streamMessage(camt053, content)) void piece;
  };
  await expect(all()).rejects.toThrow(expect.objectContaining({ code: 'ERR_MESSAGE_FIELD' }));
});
