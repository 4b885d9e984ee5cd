// One worker process on a shared journal, as `bhxh worker run` is: postgres address, server address, key, state folder.
import { createClient } from '../src/client.ts';
import { claimsTarget, openSharedJournal, runWorker } from '../src/submission/index.ts';

const [
  address = '',
  url = '',
  keyFile = '',
  state = '',
  facilities = '99001',
  lease = '2000',
  answer = '3000',
] = process.argv.slice(2);
const now = (): Date => new Date();
const journal = await openSharedJournal({
  path: address,
  keyFile,
  env: { BHXH_STATE_HOME: state },
  now,
  role: 'worker',
  lease: Number(lease),
  concurrency: 4,
});
const accounts = JSON.parse(process.env['BHXH_TEST_ACCOUNTS'] ?? '{}') as Record<
  string,
  { username: string; password: string }
>;
const clients = facilities.split(',').map((facility) =>
  createClient({
    environment: 'mock',
    url,
    facility,
    credentials: accounts[facility]!,
    now,
    timeLimits: { answer: Number(answer) },
    retryPolicy: { baseDelay: 2, maxDelay: 10 },
    maxRate: 10_000,
  }),
);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
let items = 0;
let end: unknown;
for await (const event of runWorker({
  journal,
  targets: clients.map((client) => claimsTarget(client)),
  now,
  concurrency: 4,
  signal: stop.signal,
  untilEmpty: true,
  jobSpan: Number(lease) * 2,
  lookEvery: 100,
  askAfter: [0, 1_000, 3_000],
})) {
  if (event.kind === 'item' && items++ === 0) process.send?.('sending');
  if (event.kind === 'finished') {
    end = { reason: event.reason, ...(event.error ? { code: event.error.code } : {}), items };
  }
}
await Promise.all(clients.map((client) => client.close()));
await journal.close();
process.stdout.write(`${JSON.stringify(end)}\n`);
process.disconnect?.();
