// A backup taken while documents arrive is one moment of the store, and goes back into either kind of store.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  backUpStore,
  checkStore,
  createServer,
  createVirtualClock,
  openStore,
  restoreStore,
} from '../src/index.ts';
import { startNodeServer } from '../src/hosts/node.ts';
import { createHospital } from './hospital.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

const now = (): Date => new Date('2026-11-20T03:00:00Z');
const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
let folder: string;
let postgres: TestPostgres;
let files: Uint8Array[];
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-backup-'));
  postgres = await startPostgres();
  files = [];
  for await (const { bytes } of generateClaims({ count: 60, seed: 77, specifications })) files.push(bytes);
}, 120_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

/** Sends every file and takes a backup in the middle; gives the hashes that were answered before it began. */
async function underLoad(place: string, path: string): Promise<{ before: string[]; all: number }> {
  const server = await createServer({
    store: place,
    demo: true,
    signaturesFrom: null,
    clock: createVirtualClock(undefined, { frozenAt: now() }),
  });
  const host = await startNodeServer(server);
  const hospital = createHospital(
    host.url,
    server.accounts.find(({ facility }) => facility === '99001')!,
  );
  await hospital.login();
  const answered: string[] = [];
  const send = async (file: Uint8Array): Promise<void> => {
    const { body } = await hospital.claim(file);
    answered.push(String(body['maGiaoDich']));
  };
  const half = files.length / 2;
  for (const file of files.slice(0, half)) await send(file);
  const before = [...answered];
  const rest = Promise.all(files.slice(half).map(send));
  const other = await openStore(place);
  const { rows } = await backUpStore(other, path, { now });
  await other.close();
  await rest;
  await host.close();
  expect(rows['submission']).toBeGreaterThanOrEqual(before.length);
  return { before, all: answered.length };
}

const linesOf = (path: string): string[] =>
  gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');

/** Tables and rows without the moment at which the backup was taken. */
function contentOf(path: string): unknown {
  const content: Record<string, string[]> = {};
  let table = '';
  let columns: string[] = [];
  for (const text of linesOf(path)) {
    const line = JSON.parse(text) as { table?: string; columns?: string[]; row?: unknown[] };
    if (line.table !== undefined) ({ table, columns = [] } = line);
    if (line.row !== undefined)
      (content[table] ??= []).push(
        JSON.stringify(
          Object.fromEntries(columns.map((name, index) => [name, line.row?.[index]]).toSorted()),
        ),
      );
  }
  return Object.fromEntries(Object.entries(content).map(([name, rows]) => [name, rows.toSorted()]));
}

test('a backup under load holds what was answered before it, and moves between SQLite and PostgreSQL unchanged', async () => {
  const { before } = await underLoad(at('server.db'), at('one.bhxh'));
  const restored = await restoreStore(at('one.bhxh'), postgres.address);
  const store = await openStore(postgres.address);
  const kept = await store.read.selectFrom('submission').select('id').execute();
  const ids = new Set(kept.map(({ id }) => id));
  expect(before.filter((id) => !ids.has(id))).toEqual([]);
  expect(ids.size).toBe(restored.rows['submission']);
  expect(await checkStore(store)).toEqual({ documents: ids.size, problems: [] });
  await backUpStore(store, at('two.bhxh'), { now });
  await store.close();
  await restoreStore(at('two.bhxh'), at('again.db'));
  const again = await openStore(at('again.db'));
  expect(await checkStore(again)).toEqual({ documents: ids.size, problems: [] });
  await backUpStore(again, at('three.bhxh'), { now });
  await again.close();
  expect(contentOf(at('two.bhxh'))).toEqual(contentOf(at('one.bhxh')));
  expect(contentOf(at('three.bhxh'))).toEqual(contentOf(at('one.bhxh')));
}, 180_000);

test.each(['SQLite', 'PostgreSQL'])(
  'a server goes on from a restored store on %s: the same accounts, no second copy, new documents after the old ones',
  async (kind) => {
    const place = kind === 'SQLite' ? at('again.db') : postgres.address;
    const server = await createServer({ store: place, demo: true, signaturesFrom: null });
    const host = await startNodeServer(server);
    const hospital = createHospital(
      host.url,
      server.accounts.find(({ facility }) => facility === '99001')!,
    );
    await hospital.login();
    const count = async (): Promise<number> =>
      (await server.store.read.selectFrom('submission').select('id').execute()).length;
    const held = await count();
    await hospital.claim(files[0]!);
    expect(await count()).toBe(held);
    for await (const { bytes } of generateClaims({ count: 1, seed: kind.length, specifications }))
      expect(String((await hospital.claim(bytes)).body['maKetQua'])).toBe('200');
    expect(await count()).toBe(held + 1);
    await host.close();
  },
  60_000,
);

test('a store that is in use is not overwritten', async () => {
  await expect(restoreStore(at('one.bhxh'), at('again.db'))).rejects.toMatchObject({
    code: 'ERR_BACKUP_STORE_NOT_EMPTY',
  });
});

test('a backup that is cut short, changed or of something else leaves the store empty', async () => {
  const lines = linesOf(at('one.bhxh'));
  const put = (name: string, content: string | Uint8Array): string => {
    writeFileSync(at(name), content);
    return at(name);
  };
  const packed = (kept: readonly string[]): Uint8Array => gzipSync(`${kept.join('\n')}\n`);
  const row = lines.findIndex((line) => line.startsWith('{"row"'));
  const cases = {
    'no end': packed(lines.slice(0, -1)),
    'half a file': readFileSync(at('one.bhxh')).subarray(0, 5_000),
    'a row less': packed(lines.toSpliced(row, 1)),
    'a row changed': packed(lines.with(row, (lines[row] ?? '').replace(/"row":\["/, '"row":["x'))),
    'rows twice': packed(lines.toSpliced(row, 0, lines[row] ?? '')),
    'no gzip': 'bhxh',
    'another JSON': gzipSync('{"head":{"schema":"other/1"}}\n'),
    empty: gzipSync(''),
  };
  for (const [name, content] of Object.entries(cases)) {
    const target = at(`${name}.db`);
    await expect(restoreStore(put(name, content), target), name).rejects.toMatchObject({
      code: 'ERR_BACKUP_DAMAGED',
    });
    const whole = await restoreStore(at('one.bhxh'), target);
    expect(whole.rows['submission'], name).toBeGreaterThan(0);
  }
  const newer = lines.with(
    0,
    (lines[0] ?? '').replace(/"migrations":\[[^\]]*\]/, '"migrations":["9999-later"]'),
  );
  await expect(restoreStore(put('newer', packed(newer)), at('newer.db'))).rejects.toMatchObject({
    code: 'ERR_BACKUP_NEWER',
  });
}, 60_000);

test('a document whose bytes are not those it was answered for is found', async () => {
  const store = await openStore(at('again.db'));
  const victim = await store.read.selectFrom('submission').select('id').executeTakeFirstOrThrow();
  await store.write((connection) =>
    connection
      .updateTable('submission_bytes')
      .set({ bytes: new TextEncoder().encode('something else') })
      .where('submission_id', '=', victim.id)
      .execute(),
  );
  expect((await checkStore(store)).problems).toEqual([{ code: 'BYTES_DIFFER', detail: victim.id }]);
  await store.close();
});
