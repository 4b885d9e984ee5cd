import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock } from '../src/clock/clock.ts';
import { startNodeServer } from '../src/hosts/node.ts';
import { sha256Of } from '../src/lifecycle/receive.ts';
import type { DemoAccount } from '../src/seed/demo.ts';
import { createServer } from '../src/server.ts';
import { openStore } from '../src/store/open-store.ts';
import { bytesOf } from '../src/store/tables.ts';
import { createHospital } from './hospital.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

const AT = new Date('2026-11-20T13:00:00Z');

let folder: string;
let postgres: TestPostgres;
let claims: Uint8Array[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-restart-'));
  postgres = await startPostgres();
  claims = [];
  for await (const { bytes } of generateClaims({ count: 60, seed: 21 })) claims.push(bytes);
}, 60_000);
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

describe('a server that is started again on the same store', () => {
  it.each(['SQLite', 'PostgreSQL'])(
    'on %s still has every receipt and finishes what was waiting',
    async (kind) => {
      const store = kind === 'SQLite' ? join(folder, 'again.db') : postgres.address;
      const options = { demo: true, store, signaturesFrom: null } as const;
      const first = await createServer({
        ...options,
        clock: createVirtualClock(undefined, { frozenAt: AT }),
      });
      const firstHost = await startNodeServer(first);
      const before = createHospital(firstHost.url, first.accounts[0]!);
      await before.login();
      const done = await before.claim(claims[0]!);
      await first.idle();
      const waiting = await before.claim(claims[1]!, {}, { 'x-bhxh-scenario': 'slow-checking' });
      await firstHost.close();

      const later = new Date(AT.getTime() + 3_600_000);
      const second = await createServer({
        ...options,
        clock: createVirtualClock(undefined, { frozenAt: later }),
      });
      const secondHost = await startNodeServer(second);
      const after = createHospital(secondHost.url, second.accounts[0]!);
      expect((await before.token().catch(() => undefined))?.body['maKetQua']).not.toBe('200');
      await after.login();
      await second.idle();
      expect((await after.result(String(done.body['maGiaoDich']))).body['state']).toBe('adjudicated');
      expect((await after.result(String(waiting.body['maGiaoDich']))).body['state']).toBe('adjudicated');
      expect((await after.claim(claims[0]!)).body['maGiaoDich']).toBe(done.body['maGiaoDich']);
      await secondHost.close();
    },
    120_000,
  );

  it('goes on from the time the control API had advanced it to', async () => {
    const store = join(folder, 'clock.db');
    const first = await createServer({ store, adminKey: 'key' });
    const advance = new Request('http://server/control/clock/advance', {
      method: 'POST',
      headers: { 'x-bhxh-admin-key': 'key', 'Content-Type': 'application/json' },
      body: JSON.stringify({ seconds: 86_400 }),
    });
    expect((await first.fetch(advance, { address: '127.0.0.1' })).status).toBe(200);
    const then = first.clock.now().getTime();
    await first.close();
    const second = await createServer({ store });
    expect(second.clock.now().getTime()).toBeGreaterThanOrEqual(then);
    await second.close();
  }, 60_000);
});

describe('a server that is killed under load', () => {
  it('has kept every claim it answered, byte for byte, and none twice', async () => {
    const store = join(folder, 'killed.db');
    const answered = new Map<string, string>();
    for (let round = 0; round < 3; round += 1) {
      const child = startChild(store);
      const { url, account } = await ready(child);
      const hospital = createHospital(url, account);
      await hospital.login();
      // What other rounds stored is answered again; the power goes after so many answers of this one.
      let answers = 0;
      const sending = claims.map(async (bytes) => {
        const answer = await hospital.claim(bytes);
        if (answer.body['maKetQua'] === 200) answered.set(String(answer.body['maGiaoDich']), sha256Of(bytes));
        answers += 1;
        if (answers === 3 + round * 15) child.kill('SIGKILL');
      });
      await Promise.allSettled(sending);
      child.kill('SIGKILL');
    }
    const kept = await openStore(store);
    const rows = await kept.read
      .selectFrom('submission')
      .innerJoin('submission_bytes', 'submission_bytes.submission_id', 'submission.id')
      .select(['submission.id', 'submission.sha256', 'submission_bytes.bytes'])
      .execute();
    await kept.close();
    const stored = new Map(rows.map((row) => [row.id, row.sha256]));
    for (const [id, sha256] of answered) expect([id, stored.get(id)]).toEqual([id, sha256]);
    for (const row of rows) expect(sha256Of(bytesOf(row.bytes))).toBe(row.sha256);
    expect(new Set(stored.values()).size).toBe(rows.length);
    expect(answered.size).toBeGreaterThan(0);
  }, 240_000);
});

function startChild(store: string): ChildProcess {
  return spawn(
    process.execPath,
    [
      '--conditions=@bhxh/source',
      '--import',
      'tsx',
      fileURLToPath(new URL('server-child.ts', import.meta.url)),
      store,
    ],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
}

const ready = (child: ChildProcess): Promise<{ url: string; account: DemoAccount }> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { url: string; account: DemoAccount }));
    child.once('exit', () => reject(new Error('The server did not start')));
  });
