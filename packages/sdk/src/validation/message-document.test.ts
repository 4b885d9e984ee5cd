import { expect, test } from 'vitest';
import { messageProfile } from '../payments/message-profile.ts';
import { messageExamples } from '../payments/messages.fixture.ts';
import { writeMessage } from '../payments/write-message.ts';
import { openSpecifications } from '../specifications/index.ts';
import { createValidator } from './validator.ts';

const specifications = openSpecifications();
const validator = createValidator({ specifications, now: () => new Date('2026-02-02T10:00:00Z') });
const judge = (source: Uint8Array) => validator.validateFile({ path: 'message.xml', source });
const statement = (): string =>
  Buffer.from(
    writeMessage(messageProfile(specifications, 'camt.053'), messageExamples['camt.053'] ?? {}),
  ).toString();

test.each(Object.keys(messageExamples))('%s as it is written is valid', async (id) => {
  const report = await judge(writeMessage(messageProfile(specifications, id), messageExamples[id] ?? {}));
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ kind: 'ISO20022', verdict: 'valid' });
});

test('a fraction of a đồng is a finding with its place and both sentences', async () => {
  const report = await judge(Buffer.from(statement().replace('>3398400</Amt>', '>3398400.5</Amt>')));
  expect(report.verdict).toBe('invalid');
  expect(report.findings).toMatchObject([
    { code: 'AMOUNT_FRACTION', severity: 'error', message: { en: expect.stringContaining('fraction') } },
  ]);
  expect(report.findings[0]?.location.path).toMatch(/Ntry\/Amt$/);
});

test('another document of the same root name is skipped, a damaged message is invalid', async () => {
  expect((await judge(Buffer.from('<Document xmlns="urn:other"><a/></Document>'))).verdict).toBe('skipped');
  expect((await judge(Buffer.from(statement().slice(0, -20)))).verdict).toBe('invalid');
});
