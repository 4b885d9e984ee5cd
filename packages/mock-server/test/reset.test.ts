import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAccount, setAccountStatus } from '../src/accounts/accounts.ts';
import { startNodeServer } from '../src/hosts/node.ts';
import { readReservedCards, reservedCard } from '../src/seed/reserved-cards.ts';
import { createServer, type BhxhServer, type ServerOptions } from '../src/server.ts';
import { answerOf, createHospital, type Answer } from './hospital.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-reset-'));
});
afterAll(() => rm(folder, { recursive: true }));

const start = (options: ServerOptions = {}): Promise<BhxhServer> =>
  createServer({ adminKey: 'key', ...options });

const reset = async (server: BhxhServer): Promise<Answer> =>
  await answerOf(
    await server.fetch(
      new Request('http://server/control/reset', {
        method: 'POST',
        headers: { 'x-bhxh-admin-key': 'key' },
      }),
      { address: '127.0.0.1' },
    ),
  );

const counts = async (server: BhxhServer): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const table of [
    'submission',
    'submission_bytes',
    'event',
    'job',
    'idempotency_key',
    'token',
    'person',
    'card',
    'officer',
    'facility',
    'account',
  ] as const) {
    found[table] = (await server.store.read.selectFrom(table).selectAll().execute()).length;
  }
  return found;
};

describe('a reset', () => {
  it('drops what arrived, keeps the accounts of the ready file, and seeds the rest anew', async () => {
    const server = await start({ demo: true });
    const seeded = await counts(server);
    const host = await startNodeServer(server);
    const hospital = createHospital(host.url, server.accounts[0]!);
    await hospital.login();
    await hospital.claim(Buffer.from('<a/>'), {}, { 'Idempotency-Key': 'k' });
    await hospital.claim(Buffer.from('<b/>'), {}, { 'x-bhxh-scenario': 'slow-checking' });
    await addAccount(server.store, server.clock, { username: 'guest', password: 'p', role: 'officer' });
    await setAccountStatus(server.store, server.clock, server.accounts[1]!.username, 'suspended');
    await server.store.write((connection) =>
      connection.deleteFrom('card').where('number', '=', reservedCard('000')).execute(),
    );
    expect(await counts(server)).not.toEqual(seeded);

    expect((await reset(server)).body).toEqual({ reset: true });
    expect(await counts(server)).toEqual(seeded);
    expect((await hospital.claim(Buffer.from('<a/>'))).body['maKetQua']).toBe(401);
    await hospital.login();
    const again = await hospital.claim(Buffer.from('<a/>'), {}, { 'Idempotency-Key': 'k' });
    expect(again.headers.get('idempotency-replayed')).toBeNull();
    expect(again.body['thongDiep']).not.toContain('trước đó');
    const officer = readReservedCards().officer;
    const card = await hospital.ask('/api/egw/KQNhanLichSuKCB2024', {
      maThe: reservedCard('000'),
      hoTen: readReservedCards().hoTen,
      ngaySinh: '15/01/1990',
      hoTenCb: officer.hoTenCb,
      cccdCb: officer.cccdCb,
    });
    expect(card.body['maKetQua']).toBe('000');
    const other = createHospital(host.url, server.accounts[1]!);
    expect((await other.token()).body['maKetQua']).toBe('200');
    await host.close();
  });

  it('is refused where the store did not begin as a demo, whoever starts it as one later', async () => {
    const store = join(folder, 'real.db');
    const first = await start({ store });
    await first.store.write((connection) =>
      connection
        .insertInto('facility')
        .values({
          code: '99500',
          name: 'A',
          province: '99',
          status: 'active',
          issues_certificates: 1,
          tax_code: null,
        })
        .execute(),
    );
    expect((await reset(first)).body['code']).toBe('NOT_A_DEMO');
    await first.close();
    const second = await start({ store, demo: true });
    const refused = await reset(second);
    expect([refused.status, refused.body['code']]).toEqual([409, 'NOT_A_DEMO']);
    expect((await counts(second))['facility']).toBe(8);
    await second.close();
  });

  it('still works after a restart of the demo', async () => {
    const store = join(folder, 'demo.db');
    const first = await start({ store, demo: true });
    const seeded = await counts(first);
    await first.close();
    const second = await start({ store });
    expect((await reset(second)).status).toBe(200);
    expect(await counts(second)).toEqual(seeded);
    await second.close();
  });
});
