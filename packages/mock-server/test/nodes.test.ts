// Several nodes over one PostgreSQL, each a process: work is done once, a killed node's work is taken over, the database's
// connections may all break, and a suspension is known everywhere (X-13, short).
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoAccount } from '../src/seed/demo.ts';
import { openStore } from '../src/store/open-store.ts';
import type { Store } from '../src/store/store.ts';
import { openControlCalls } from './control-call.ts';
import { createHospital, type Hospital } from './hospital.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

const IS_LONG = process.env['BHXH_TEST_LONG'] === '1';
const CLAIMS = IS_LONG ? 2_000 : 60;
const PATIENCE = 120_000;

interface Node {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adminKey: string;
  readonly account: DemoAccount;
}

let postgres: TestPostgres;
let store: Store;
let nodes: Node[];
const children: ChildProcess[] = [];
const claims: Uint8Array[] = [];
/** Documents that were answered so far. */
let taken = 0;

const startNode = (): Promise<Node> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        '--conditions=@bhxh/source',
        '--import',
        'tsx',
        fileURLToPath(new URL('node-child.ts', import.meta.url)),
        postgres.address,
        '3',
      ],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    children.push(child);
    child.once('message', (message) => resolve({ child, ...(message as Omit<Node, 'child'>) }));
    child.once('exit', () => reject(new Error('The node did not start')));
  });

beforeAll(async () => {
  postgres = await startPostgres();
  // One after the other: the accounts' passwords are those of the node that started last.
  nodes = [await startNode(), await startNode()];
  store = await openStore(postgres.address);
  for await (const { bytes } of generateClaims({ count: CLAIMS, seed: 93 })) claims.push(bytes);
}, 180_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await store.close();
  await postgres.stop();
});

/** One client that goes to another node with each request; what breaks is sent again, as a client does. */
async function sendAll(
  files: readonly Uint8Array[],
  during: () => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const { account } = nodes[1]!;
  const hospitals: Hospital[] = [];
  for (const { url } of nodes) {
    const hospital = createHospital(url, account);
    await hospital.login();
    hospitals.push(hospital);
  }
  const receipts = new Map<string, number>();
  let started: Promise<void> | undefined;
  let place = 0;
  const worker = async (): Promise<void> => {
    for (let at = place++; at < files.length; at = place++) {
      if (at >= files.length / 2) started ??= during();
      for (let attempt = 0; ; attempt += 1) {
        const hospital = hospitals[(at + attempt) % hospitals.length]!;
        const answer = await hospital.claim(files[at]!).catch(() => undefined);
        if (answer?.body['maKetQua'] === 200) {
          const id = String(answer.body['maGiaoDich']);
          receipts.set(id, (receipts.get(id) ?? 0) + 1);
          break;
        }
        if (attempt > 600) throw new Error(`never taken: ${answer?.text ?? 'no answer'}`);
        // Sessions end with the node that counts, not with the one that died.
        if (answer?.body['maKetQua'] === 401) await hospital.login().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  await started;
  taken += receipts.size;
  return receipts;
}

async function untilDecided(): Promise<void> {
  const count = taken;
  for (let waited = 0; ; waited += 100) {
    const rows = await store.read
      .selectFrom('submission')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('state', 'in', ['adjudicated', 'rejected'])
      .executeTakeFirstOrThrow();
    if (Number(rows.count) === count) return;
    if (waited > PATIENCE) throw new Error(`${rows.count} of ${count} were decided`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('both nodes work, each document is decided once, and an outcome is told once', async () => {
  const files = claims.slice(0, CLAIMS / 3);
  const receipts = await sendAll(files, () => Promise.resolve());
  expect(receipts.size).toBe(files.length);
  await untilDecided();
  const events = await store.read.selectFrom('event').select(['subject', 'type']).execute();
  const told = events.filter(({ type }) => type === 'claim.adjudicated' || type === 'claim.rejected');
  expect(told.length).toBe(files.length);
  expect(new Set(told.map(({ subject }) => subject)).size).toBe(files.length);
}, 240_000);

test('a node that is killed under load loses nothing, and the other takes its work over', async () => {
  const files = claims.slice(CLAIMS / 3, (2 * CLAIMS) / 3);
  const receipts = await sendAll(files, async () => {
    nodes[0]!.child.kill('SIGKILL');
  });
  expect(receipts.size).toBe(files.length);
  await untilDecided();
  nodes[0] = await startNode();
  // Its start gave the accounts new passwords.
  nodes = [nodes[1]!, nodes[0]];
}, 240_000);

test('the database breaks every connection at once, and every replied document is there once', async () => {
  const files = claims.slice((2 * CLAIMS) / 3);
  const receipts = await sendAll(files, () => postgres.restart());
  expect(receipts.size).toBe(files.length);
  await untilDecided();
  const rows = await store.read.selectFrom('submission').select(['id', 'sha256']).execute();
  expect(new Set(rows.map(({ sha256 }) => sha256)).size).toBe(taken);
  const kept = new Set(rows.map(({ id }) => id));
  expect([...receipts.keys()].filter((id) => !kept.has(id))).toEqual([]);
}, 240_000);

test('a suspension that one node was told of holds on the other at the next call', async () => {
  const { account } = nodes[1]!;
  const hospital = createHospital(nodes[1]!.url, account);
  await hospital.login();
  expect((await hospital.claim(Buffer.from('<a/>'))).body['maKetQua']).toBe(200);
  const control = openControlCalls(nodes[0]!.url, nodes[0]!.adminKey);
  const path = `accounts/${account.username}/status`;
  expect((await control('setAccountStatus', 'PUT', path, { status: 'suspended' })).status).toBe(200);
  expect((await hospital.claim(Buffer.from('<b/>'))).body['maKetQua']).toBe(401);
  expect((await hospital.token()).body['maKetQua']).toBe('403');
  await control('setAccountStatus', 'PUT', path, { status: 'active' });
}, 60_000);

test('a clock that one node was told to move is moved on the other, which goes on from there', async () => {
  const [one, other] = nodes.map(({ url, adminKey }) => openControlCalls(url, adminKey));
  const soon = { timeout: 20_000 };
  const hours = (answer: { readonly body: Readonly<Record<string, unknown>> }): number =>
    Math.floor(Number(answer.body['offset']) / 3_600_000);
  await one!('advanceClock', 'POST', 'clock/advance', { seconds: 24 * 3_600 });
  await expect.poll(async () => hours(await other!('readClock', 'GET', 'clock')), soon).toBe(24);
  await other!('advanceClock', 'POST', 'clock/advance', { seconds: 3_600 });
  // Told before it has looked what the other did.
  expect(hours(await one!('advanceClock', 'POST', 'clock/advance', { seconds: 3_600 }))).toBe(26);
  await expect.poll(async () => hours(await other!('readClock', 'GET', 'clock')), soon).toBe(26);
  await other!('freezeClock', 'POST', 'clock/freeze', {});
  await expect.poll(async () => (await one!('readClock', 'GET', 'clock')).body['frozen'], soon).toBe(true);
  await one!('resumeClock', 'POST', 'clock/resume', {});
  await expect.poll(async () => (await other!('readClock', 'GET', 'clock')).body['frozen'], soon).toBe(false);
}, 60_000);

test('a node that is asked to stop ends its work and leaves the rest to the other', async () => {
  const leaving = nodes[0]!;
  const gone = new Promise<number | null>((resolve) => leaving.child.once('exit', resolve));
  leaving.child.send('stop');
  expect(await gone).toBe(0);
  const ready = await fetch(`${nodes[1]!.url}/readyz`);
  expect(ready.status).toBe(200);
}, 60_000);
