// A process that submits a folder and may be killed at any moment; started by the crash tests.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '../src/client.ts';
import { claimsTarget, openJournal, planSubmission, runSubmission } from '../src/submission/index.ts';

const [url = '', folder = '', journalPath = '', keyFile = '', concurrency = '8', answerLimit = '150'] =
  process.argv.slice(2);
const now = (): Date => new Date();
const client = createClient({
  environment: 'mock',
  url,
  facility: process.env['BHXH_TEST_FACILITY'] ?? '99001',
  credentials: {
    username: process.env['BHXH_TEST_USER'] ?? '99001_BV',
    password: process.env['BHXH_TEST_PASSWORD'] ?? 'synthetic-password',
  },
  now,
  timeLimits: { answer: Number(answerLimit) },
  retryPolicy: { baseDelay: 5, maxDelay: 50 },
});
const target = claimsTarget(client);
const journal = await openJournal({ path: journalPath, keyFile, now });
const sources = (await readdir(folder)).sort().map((name) => ({ path: join(folder, name) }));
for await (const event of planSubmission({ journal, target, sources })) {
  if (event.kind === 'refused') process.stdout.write(`refused ${event.problem.code}\n`);
}
process.send?.('planned');
for await (const event of runSubmission({
  journal,
  target,
  now,
  concurrency: Number(concurrency),
  askAfter: [0, 20, 50, 100, 200],
})) {
  if (event.kind === 'item' && event.item.receipt) process.stdout.write(`shown ${event.item.id}\n`);
  if (event.kind === 'finished') {
    const { code = '' } = event.error ?? {};
    process.stdout.write(`${JSON.stringify({ reason: event.reason, code, counts: event.counts })}\n`);
  }
}
await journal.close();
await client.close();
process.disconnect?.();
