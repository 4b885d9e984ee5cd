// The client of the declarations gateway and its descriptor for the submission engine, against the reference server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, createVirtualClock, type BhxhServer, type VirtualClock } from '@bhxh/mock-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  buildDossier,
  createDeclarationsClient,
  declarationsTarget,
  type DeclarationsClient,
  type Dossier,
} from '../src/declarations/index.ts';
import { openSpecifications } from '../src/specifications/index.ts';
import { openJournal, planSubmission, runSubmission } from '../src/submission/index.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const unit = 'ZZ0001A';
let folder: string;
let clock: VirtualClock;
let server: BhxhServer;
let client: DeclarationsClient;

function open(own: Partial<Parameters<typeof createDeclarationsClient>[0]> = {}): DeclarationsClient {
  const account = server.accounts.find(({ role, units }) => role === 'unit' && units?.includes(unit));
  return createDeclarationsClient({
    environment: 'mock',
    url: 'http://127.0.0.1',
    unit,
    credentials: { username: account?.username ?? '', password: account?.password ?? '' },
    now: () => clock.now(),
    sleep: () => Promise.resolve(),
    fetch: (request) => server.fetch(request),
    ...own,
  });
}

const dossier = (note: string): Dossier => ({
  provider: { MaIVAN: '99999', TenIVAN: 'Provider' },
  unit: { MaSoBHXH: unit, CoQuanQuanLy: '09901' },
  dossier: { TenThuTuc: note, MaThuTuc: '600', KyKeKhai: '10/2026', NgayLap: '10/10/2026' },
  forms: [],
  attachments: [],
});
const bytesOf = (note: string): Promise<Uint8Array> => buildDossier(specifications, dossier(note));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-dossiers-'));
  clock = createVirtualClock(undefined, { frozenAt: new Date('2026-10-12T02:00:00Z') });
  server = await createServer({ demo: true, clock });
  client = open();
}, 60_000);
afterAll(async () => {
  await client.close();
  await server.close();
  await rm(folder, { recursive: true });
});

it('sends a dossier, is told the same of it again, and follows it to a notice with its reasons', async () => {
  const bytes = await bytesOf('a');
  const receipt = await client.submitDossier(bytes);
  expect((await client.submitDossier(bytes)).maGiaoDich).toBe(receipt.maGiaoDich);
  clock.advance(5 * 60_000);
  await server.idle();
  const status = await client.readDossierStatus(receipt.maGiaoDich);
  expect(status.state).toBe('refused');
  expect(status.reasons.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['signature-invalid', 'form-invalid']),
  );
  const notice = await client.readDocument(status.documents[0]?.id ?? '');
  expect(Buffer.from(notice).toString()).toContain('<LoaiThongBao>TU-CHOI</LoaiThongBao>');
  expect(await client.readNoticeCertificate()).toContain('BEGIN CERTIFICATE');
  expect((await client.readUnit()).agency).toBe('09901');
});

it('shows a household to who knows its number and its head, and to nobody else', async () => {
  const number = '9900000777';
  const member = { household: number, birth_date: '19900302' };
  await server.store.write(async (connection) => {
    await connection.insertInto('household').values({ number, head_name: 'Trần Thị Chủ' }).execute();
    await connection
      .insertInto('household_member')
      .values([
        { ...member, place: 1, full_name: 'Trần Thị Chủ', relation: '00', bhxh_number: null },
        { ...member, place: 2, full_name: 'Lê Văn Con', relation: '08', bhxh_number: '9900000778' },
      ])
      .execute();
  });
  const { found, members } = await client.lookUpHousehold({ number, headName: 'TRẦN THỊ CHỦ' });
  expect(found).toBe(true);
  expect(members?.map(({ fullName, relation, bhxhNumber }) => [fullName, relation, bhxhNumber])).toEqual([
    ['Trần Thị Chủ', '00', null],
    ['Lê Văn Con', '08', '9900000778'],
  ]);
  expect(await client.lookUpHousehold({ number, headName: 'Lê Văn Con' })).toEqual({ found: false });
});

it('takes a new token when the old one has died, and stops at a wrong password', async () => {
  clock.advance(11 * 60_000);
  expect((await client.readUnit()).unitCode).toBe(unit);
  const wrong = open({ credentials: { username: 'ZZ0001A_DV', password: 'wrong' } });
  await expect(wrong.readUnit()).rejects.toMatchObject({ category: 'auth', code: 'ERR_CREDENTIALS' });
  await expect(wrong.readUnit()).rejects.toMatchObject({ category: 'auth' });
});

it('calls a dossier unknown when its answer is lost, and an unreadable answer too', async () => {
  for (const scenario of ['timeout-after-commit', 'garbage-answer', 'html-page']) {
    const faulty = open({
      fetch: (request) => {
        if (request.url.endsWith('/dossiers')) request.headers.set('x-bhxh-scenario', scenario);
        return server.fetch(request);
      },
    });
    await expect(faulty.submitDossier(await bytesOf(scenario)), scenario).rejects.toMatchObject({
      category: 'unknown-outcome',
    });
  }
});

it('goes through the submission engine: sent once, found after a lost answer, listed', async () => {
  const target = declarationsTarget(
    open({
      fetch: (request) => {
        if (request.method === 'POST' && request.url.endsWith('/dossiers') && !lost) {
          lost = true;
          request.headers.set('x-bhxh-scenario', 'timeout-after-commit');
        }
        return server.fetch(request);
      },
    }),
  );
  let lost = false;
  const journal = await openJournal({
    now: () => clock.now(),
    env: { ...process.env, BHXH_STATE_HOME: folder },
    path: join(folder, 'dossiers.journal'),
  });
  const files = new Map([
    ['b', await bytesOf('b')],
    ['c', await bytesOf('c')],
  ]);
  const sources = [...files].map(([path, bytes]) => ({ path, read: () => Promise.resolve(bytes) }));
  for await (const event of planSubmission({ journal, target, sources })) expect(event.kind).toBe('planned');
  for await (const event of runSubmission({
    journal,
    target,
    now: () => clock.now(),
    readFile: (path) => Promise.resolve(files.get(path) ?? Buffer.alloc(0)),
    sleep: () => Promise.resolve(),
    askAfter: [0],
  }))
    void event;
  const states: string[] = [];
  for await (const { state, key } of journal.items({})) states.push(`${key} ${state}`);
  expect(states).toHaveLength(2);
  expect(states.every((state) => /^600 10\/2026 (accepted|confirmed)$/.test(state))).toBe(true);
  const held = [];
  for await (const one of target.list({})) held.push(one.sha256);
  expect(new Set(held).size).toBe(held.length);
  await journal.close();
  expect(() => target.identify(Buffer.from('<Hoso><MaSoBHXH>ZZ0002A</MaSoBHXH></Hoso>'))).toThrow(/ZZ0002A/);
  expect(() => target.identify(Buffer.from('<x/>'))).toThrow();
});
