import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@bhxh/sdk';
import { claimsTarget, openJournal, planSubmission, runSubmission } from '@bhxh/sdk/submission';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../src/clock/clock.ts';
import { startNodeServer, type NodeHost } from '../src/hosts/node.ts';
import { createServer, type BhxhServer } from '../src/server.ts';
import { answerOf, claimPath, createHospital, type Answer, type Hospital } from './hospital.ts';

/** A Friday evening, outside the gateway's office hours. */
const START = new Date('2026-11-20T13:00:00Z');
const DAY = 86_400_000;

let folder: string;
let clock: VirtualClock;
let server: BhxhServer;
let host: NodeHost;
let hospital: Hospital;
let other: Hospital;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-keys-'));
  clock = createVirtualClock(undefined, { frozenAt: START });
  server = await createServer({ demo: true, clock, store: join(folder, 'keys.db') });
  host = await startNodeServer(server);
  hospital = createHospital(host.url, server.accounts[0]!);
  other = createHospital(host.url, server.accounts[1]!);
  await hospital.login();
  await other.login();
}, 60_000);
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const send = (text: string, key: string, from: Hospital = hospital): Promise<Answer> =>
  from.claim(Buffer.from(`<${text}/>`), {}, { 'Idempotency-Key': key });

const stored = async (): Promise<number> =>
  (await server.store.read.selectFrom('submission').select('id').execute()).length;

describe('an idempotency key', () => {
  it('is announced', async () => {
    expect((await hospital.get('/.well-known/bhxh')).body).toMatchObject({
      idempotencyKey: true,
      statusQuery: true,
    });
  });

  it('brings the stored answer again for the same content (N-26), to the byte, under a new token too', async () => {
    const first = await send('a', 'key-a');
    const count = await stored();
    await hospital.login();
    const again = await send('a', 'key-a');
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await stored()).toBe(count);
  });

  it('is refused with 422 for another content or another path (N-28), and nothing is stored', async () => {
    await send('b', 'key-b');
    const count = await stored();
    const changed = await send('b2', 'key-b');
    expect([changed.status, changed.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    const elsewhere = await hospital.claim(
      Buffer.from('<b/>'),
      {},
      { 'Idempotency-Key': 'key-b' },
      '/api/qd130/guiHoSoXmlQD4750',
    );
    expect(elsewhere.status).toBe(422);
    expect(changed.text).not.toContain('key-b');
    expect(await stored()).toBe(count);
  });

  it('waits its turn while the first request runs: 409 with Retry-After, then the same answer (N-29)', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const held = server.store.write(() => gate);
    // Either may be the one that came first and waits for the gate.
    const both = [send('c', 'key-c'), send('c', 'key-c')];
    const second = await Promise.race(both);
    expect([second.status, second.headers.get('retry-after'), second.body['code']]).toEqual([
      409,
      '1',
      'IDEMPOTENCY_KEY_RUNNING',
    ]);
    release();
    await held;
    const first = (await Promise.all(both)).find(({ status }) => status === 200);
    expect((await send('c', 'key-c')).text).toBe(first?.text);
  });

  it('is never needed by an existing hospital system', async () => {
    const first = await hospital.claim(Buffer.from('<plain/>'));
    const again = await hospital.claim(Buffer.from('<plain/>'));
    expect(again.body['maGiaoDich']).toBe(first.body['maGiaoDich']);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
  });

  it('may not be empty, longer than 255 characters, or hold anything but visible ASCII (N-31)', async () => {
    expect((await send('long', 'k'.repeat(255))).status).toBe(200);
    for (const key of ['k'.repeat(256), 'two words', 'tab\there', 'é', '']) {
      const answer = await send('d', key);
      expect([key.length, answer.status, answer.body['code']]).toEqual([
        key.length,
        400,
        'IDEMPOTENCY_KEY_INVALID',
      ]);
    }
  });

  it('belongs to its facility', async () => {
    const mine = await send('e', 'key-e');
    const theirs = await send('f', 'key-e', other);
    expect(theirs.status).toBe(200);
    expect(theirs.body['maGiaoDich']).not.toBe(mine.body['maGiaoDich']);
  });

  it('is not used up by a request that was refused', async () => {
    const wrong = await hospital.claim(
      Buffer.from('<g/>'),
      { loaiHoSo: '9' },
      { 'Idempotency-Key': 'key-g' },
    );
    expect(wrong.body['maKetQua']).toBe(205);
    expect((await send('g', 'key-g')).body['maKetQua']).toBe(200);
  });

  it('brings the answer that a cut connection swallowed', async () => {
    const bytes = Buffer.from('<cut/>');
    const headers = { 'Idempotency-Key': 'key-cut' };
    await expect(
      hospital.claim(bytes, {}, { ...headers, 'x-bhxh-scenario': 'timeout-after-commit' }),
    ).rejects.toThrow();
    const again = await hospital.claim(bytes, {}, headers);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body['thongDiep']).not.toContain('trước đó');
  });

  it('works on the paths that take JSON as well', async () => {
    const { access, id } = hospital.tokens();
    const query = new URLSearchParams({
      token: access,
      id_token: id,
      username: hospital.username,
      password: hospital.md5,
      loaiHoSo: '3',
      maTinh: '99',
      maCSKCB: hospital.facility,
    });
    const old = async (bytes: readonly number[]): Promise<Answer> =>
      await answerOf(
        await fetch(`${host.url}/api/egw/guiHoSoGiamDinh4210?${query.toString()}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'key-old' },
          body: JSON.stringify(bytes),
        }),
      );
    const first = await old([...Buffer.from('<old/>')]);
    expect(first.body['maKetQua']).toBe(200);
    expect((await old([...Buffer.from('<old/>')])).text).toBe(first.text);
    expect((await old([...Buffer.from('<new/>')])).status).toBe(422);
  });

  it('is forgotten after 30 days of the server’s clock', async () => {
    await send('h', 'key-h');
    clock.advance(30 * DAY - 1_000);
    await hospital.login();
    expect((await send('i', 'key-h')).status).toBe(422);
    clock.advance(1_000);
    expect((await send('i', 'key-h')).body['maKetQua']).toBe(200);
    clock.advance(DAY);
    await hospital.login();
  });
});

describe('a server', () => {
  it('that is legacy announces nothing and takes no notice of keys', async () => {
    const legacy = await createServer({ demo: true, legacy: true });
    const old = await startNodeServer(legacy);
    const sender = createHospital(old.url, legacy.accounts[0]!);
    await sender.login();
    expect((await sender.get('/.well-known/bhxh')).status).toBe(404);
    const first = await send('a', 'same', sender);
    const next = await send('b', 'same', sender);
    expect([next.status, next.body['maKetQua']]).toEqual([200, 200]);
    expect(next.body['maGiaoDich']).not.toBe(first.body['maGiaoDich']);
    expect((await send('c', 'k'.repeat(300), sender)).body['maKetQua']).toBe(200);
    await old.close();
  });

  it('that insists on keys refuses a write without one (N-30)', async () => {
    const strict = await createServer({ demo: true, requireIdempotencyKey: true });
    const keyed = await startNodeServer(strict);
    const sender = createHospital(keyed.url, strict.accounts[0]!);
    await sender.login();
    const bare = await sender.upload(claimPath, {});
    expect([bare.status, bare.body['code']]).toEqual([400, 'IDEMPOTENCY_KEY_MISSING']);
    expect((await send('a', 'key', sender)).body['maKetQua']).toBe(200);
    await keyed.close();
  });

  it('that insists on keys takes other bytes of one MA_LK for a mistake, unless a revision is meant (N-27)', async () => {
    const strict = await createServer({ demo: true, requireIdempotencyKey: true });
    const keyed = await startNodeServer(strict);
    const sender = createHospital(keyed.url, strict.accounts[0]!);
    await sender.login();
    const table = Buffer.from('<TONG_HOP><MA_LK>N27</MA_LK></TONG_HOP>').toString('base64');
    const file = (more: string): Buffer =>
      Buffer.from(
        `<GIAMDINHHS><THONGTINHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>${table}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO>${more}</GIAMDINHHS>`,
      );
    const put = (more: string, key: string, revision = {}): Promise<Answer> =>
      sender.claim(file(more), {}, { 'Idempotency-Key': key, ...revision });
    const hash = (more: string): string => createHash('sha256').update(file(more)).digest('hex');
    expect((await put('', 'n27-a')).body['maKetQua']).toBe(200);
    const other = await put('<a/>', 'n27-b');
    expect([other.status, other.body]).toEqual([
      409,
      expect.objectContaining({ code: 'DUPLICATE_DIFFERENT', stored: hash(''), sent: hash('<a/>') }),
    ]);
    expect((await put('', 'n27-c')).body['maKetQua']).toBe(200);
    expect((await put('<a/>', 'n27-b', { 'X-Bhxh-Revision': '2' })).body['maKetQua']).toBe(200);
    await keyed.close();
  });
});

it('lets the SDK send under keys: what was lost is found again, and nothing arrives twice', async () => {
  const paths: string[] = [];
  for await (const { fileName, bytes } of generateClaims({ count: 6, seed: 77 })) {
    paths.push(join(folder, fileName));
    await writeFile(paths.at(-1)!, bytes);
  }
  const account = server.accounts[0]!;
  const seen: (string | null)[] = [];
  const cut = new Set<string>();
  const client = createClient({
    environment: 'mock',
    url: host.url,
    facility: account.facility!,
    credentials: { username: account.username, password: account.password },
    now: () => clock.now(),
    maxRate: 1_000,
    fetch: async (request) => {
      const key = request.headers.get('idempotency-key');
      if (new URL(request.url).pathname !== claimPath || key === null) return await fetch(request);
      seen.push(key);
      const answer = await fetch(request);
      // The first send of every claim is stored and its answer lost, or said to be still running.
      if (cut.has(key)) return answer;
      cut.add(key);
      await answer.arrayBuffer();
      const isRunning = cut.size % 2 === 0;
      return new Response('', isRunning ? { status: 409, headers: { 'Retry-After': '0' } } : { status: 200 });
    },
  });
  const journal = await openJournal({
    path: join(folder, 'journal'),
    keyFile: join(folder, 'journal-key'),
    now: () => new Date(),
  });
  const target = claimsTarget(client);
  for await (const event of planSubmission({ journal, target, sources: paths.map((path) => ({ path })) })) {
    expect(event.kind).toBe('planned');
  }
  const before = await stored();
  // A server that cannot be asked what arrived: the key alone has to make the second send harmless.
  const blind = {
    ...target,
    find: () => Promise.resolve(null),
  };
  let end: unknown;
  for await (const event of runSubmission({ journal, target: blind, now: () => new Date(), askAfter: [0] })) {
    end = event;
  }
  expect(end).toMatchObject({ counts: { accepted: 6 } });
  expect(new Set(seen).size).toBe(6);
  expect(seen.length).toBe(12);
  expect((await stored()) - before).toBe(6);
  await journal.close();
  await client.close();
}, 60_000);
