// N-27 as a race: where keys are required, two different files of one episode at the same moment never both pass.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { sha256Of } from '../src/lifecycle/receive.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { createHospital } from './hospital.ts';
import { startPostgres } from './postgres.ts';
import { claimOf } from './steady-load.ts';

const PAIRS = 50;

/** The same episode once more, in other bytes. */
const otherOf = (number: number): Buffer =>
  Buffer.from(
    Buffer.from(claimOf(number)).toString('utf8').replace('<CHUKYDONVI/>', '<CHUKYDONVI> </CHUKYDONVI>'),
  );

/** Every file of every pair at once, to the nodes in turn; then what was answered and what is stored. */
async function race(places: readonly string[]): Promise<void> {
  const servers: BhxhServer[] = [];
  const hosts: NodeHost[] = [];
  try {
    for (const [number, store] of places.entries()) {
      const server = await createServer({ demo: number === 0, store, requireIdempotencyKey: true });
      servers.push(server);
      hosts.push(await startNodeServer(server));
    }
    let turn = 0;
    const hospital = createHospital(() => hosts[(turn += 1) % hosts.length]!.url, servers[0]!.accounts[0]!);
    await hospital.login();
    const pairs = Array.from({ length: PAIRS }, (_, number) => [claimOf(number), otherOf(number)] as const);
    const answers = await Promise.all(
      pairs.map((pair, number) =>
        Promise.all(
          pair.map((bytes, half) =>
            hospital.claim(bytes, {}, { 'Idempotency-Key': `pair-${number}-${half}` }),
          ),
        ),
      ),
    );
    const rows = await servers[0]!.store.read
      .selectFrom('submission')
      .select(['sha256', 'revision'])
      .where('kind', '=', 'claim')
      .execute();
    const held = new Set(rows.map(({ sha256 }) => sha256));
    expect(rows.map(({ revision }) => revision)).toEqual(rows.map(() => 1));
    expect(rows.length).toBe(PAIRS);
    for (const [number, pair] of pairs.entries()) {
      const taken = answers[number]!.findIndex(({ body }) => body['maKetQua'] === 200);
      const refused = 1 - taken;
      expect(answers[number]![refused]).toMatchObject({
        status: 409,
        body: {
          code: 'DUPLICATE_DIFFERENT',
          stored: sha256Of(pair[taken as 0 | 1]),
          sent: sha256Of(pair[refused as 0 | 1]),
        },
      });
      expect(held.has(sha256Of(pair[taken as 0 | 1]))).toBe(true);
    }
  } finally {
    for (const host of hosts) await host.close();
  }
}

it('N-27: of 50 pairs sent at once to one server on SQLite, one file of each is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-pairs-'));
  try {
    await race([join(folder, 'server.sqlite')]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

it('N-27: of 50 pairs sent at once to two servers on one PostgreSQL, one file of each is taken', async () => {
  const postgres = await startPostgres();
  try {
    await race([postgres.address, postgres.address]);
  } finally {
    await postgres.stop();
  }
}, 240_000);
