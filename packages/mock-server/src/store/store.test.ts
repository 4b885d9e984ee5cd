import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receive, sha256Of, type Arrival, type Receipt } from '../lifecycle/receive.ts';
import { startPostgres, type TestPostgres } from '../../test/postgres.ts';
import { openStore } from './open-store.ts';
import type { Connection, Store } from './store.ts';
import { bytesOf } from './tables.ts';

const AT = new Date('2026-11-21T01:00:00Z');

const arrival = (text: string, change: Partial<Arrival> = {}): Arrival => ({
  kind: 'claim',
  form: '130',
  facility: '99001',
  accountId: 'a',
  bytes: Buffer.from(text),
  mayCorrect: true,
  businessKey: 'LK1',
  scenario: undefined,
  signature: undefined,
  at: AT,
  checkAfter: 0,
  ...change,
});

const take = async (store: Store, from: Arrival): Promise<Receipt> =>
  JSON.parse((await receive(store, from, (receipt) => receipt)).body) as Receipt;

async function seed(store: Store): Promise<void> {
  await store.write(async (connection) => {
    for (const code of ['99001', '99002']) {
      await connection
        .insertInto('facility')
        .values({
          code,
          name: code,
          province: '99',
          status: 'active',
          issues_certificates: 1,
          tax_code: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    await connection
      .insertInto('account')
      .values({
        id: 'a',
        username: 'a',
        role: 'facility',
        facility: '99001',
        secret: '',
        status: 'active',
        reads_history: 0,
        addresses: null,
        changed_at: 0,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** What every store must do; `open` reaches the same data again after a close, where the place keeps any. */
function storeSuite(place: () => string, keeps: boolean): void {
  let store: Store;

  beforeAll(async () => {
    store = await openStore(place());
    await seed(store);
  }, 60_000);
  afterAll(async () => {
    await store.close();
  });

  it('gives identical bytes the receipt of the first time, however many arrive at once', async () => {
    const receipts = await Promise.all(Array.from({ length: 20 }, () => take(store, arrival('same'))));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  });

  it('numbers other bytes of a known MA_LK as revisions without a gap, also when they arrive together', async () => {
    const texts = Array.from({ length: 10 }, (_, index) => `revision ${index}`);
    await Promise.all(texts.map((text) => take(store, arrival(text, { businessKey: 'LK2' }))));
    const rows = await store.read
      .selectFrom('submission')
      .select('revision')
      .where('business_key', '=', 'LK2')
      .orderBy('revision')
      .execute();
    expect(rows.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('keeps the facilities apart: the same bytes from another are another submission', async () => {
    const mine = await take(store, arrival('shared', { businessKey: 'LK3' }));
    const theirs = await take(store, arrival('shared', { businessKey: 'LK3', facility: '99002' }));
    expect(theirs.id).not.toBe(mine.id);
    expect(theirs.isReplay).toBe(false);
  });

  it('stores row, bytes, event and job together', async () => {
    const { id } = await take(store, arrival('together\u0000 bytes', { businessKey: 'LK4' }));
    const [bytes, event, job] = await Promise.all([
      store.read
        .selectFrom('submission_bytes')
        .select('bytes')
        .where('submission_id', '=', id)
        .executeTakeFirstOrThrow(),
      store.read.selectFrom('event').selectAll().where('subject', '=', id).executeTakeFirstOrThrow(),
      store.read.selectFrom('job').selectAll().where('subject', '=', id).executeTakeFirstOrThrow(),
    ]);
    expect(sha256Of(bytesOf(bytes.bytes))).toBe(sha256Of(Buffer.from('together\u0000 bytes')));
    expect(event).toMatchObject({ type: 'claim.received', at: AT.getTime(), facility: '99001' });
    expect(job).toMatchObject({ kind: 'check', due_at: AT.getTime() });
  });

  it('undoes only the unit that failed when several share a commit', async () => {
    const set = (name: string, fails: boolean): Promise<void> =>
      store.write(async (connection) => {
        await connection.insertInto('setting').values({ name, value: 'x' }).execute();
        if (fails) throw new Error('no');
      });
    const results = await Promise.allSettled([set('one', false), set('two', true), set('three', false)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const names = await store.read
      .selectFrom('setting')
      .select('name')
      .where('name', 'in', ['one', 'two', 'three'])
      .orderBy('name')
      .execute();
    expect(names.map(({ name }) => name)).toEqual(['one', 'three']);
  });

  it('refuses a document of a facility that does not exist', async () => {
    await expect(take(store, arrival('x', { facility: '99999' }))).rejects.toThrow();
  });

  if (keeps) {
    it('has everything that was answered after it is opened again', async () => {
      const { id } = await take(store, arrival('kept', { businessKey: 'LK5' }));
      await store.close();
      store = await openStore(place());
      const again = await take(store, arrival('kept', { businessKey: 'LK5' }));
      expect(again).toMatchObject({ id, isReplay: true });
    });
  }
}

describe('a store in memory', () => {
  storeSuite(() => 'memory', false);
});

it('says which place cannot be opened, and never the password of a database', async () => {
  for (const [place, reason] of [
    [join(tmpdir(), 'nowhere', 'all.db'), 'ENOENT'],
    [tmpdir(), 'EISDIR'],
  ] as const) {
    const refused = await openStore(place).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect((refused as Error).message).toContain(`${place} cannot be opened (${reason})`);
  }
  const failed = await openStore('postgres://user:secret@127.0.0.1:1/x').catch((error: Error) => error);
  expect(failed).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  expect((failed as Error).message).not.toContain('secret');
});

describe('a store in a SQLite file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bhxh-store-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  storeSuite(() => join(folder, 'store.db'), true);
});

describe('a store on PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  storeSuite(() => postgres.address, true);

  it('goes on with statements it had planned when another node changes their tables', async () => {
    const store = await openStore(postgres.address);
    const other = new pg.Client({ connectionString: postgres.address });
    await other.connect();
    const settings = (connection: Connection): Promise<unknown[]> =>
      connection.selectFrom('setting').selectAll().where('name', '=', 'one').execute();
    try {
      const before = await settings(store.read);
      await store.write(settings);
      const { rows } = await sql`select name from pg_prepared_statements`.execute(store.read);
      expect(rows.length).toBeGreaterThan(0);
      await other.query('alter table setting add column changed_first text');
      expect(await settings(store.read)).toEqual(
        before.map((row) => ({ ...(row as object), changed_first: null })),
      );
      await store.write(settings);
      await other.query('alter table setting drop column changed_first');
      expect(await store.write(settings)).toEqual(before);
    } finally {
      await other.end();
      await store.close();
    }
  });
});
