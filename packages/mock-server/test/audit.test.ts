// The audit log cannot be edited unnoticed: every way of changing it is found, and the untouched chain is clean.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuditLog, FIRST_PREVIOUS, hashOf } from '../src/audit/audit-log.ts';
import { verifyAudit, type AuditCheck } from '../src/audit/verify-audit.ts';
import { systemClock } from '../src/clock/clock.ts';
import { openStore } from '../src/store/open-store.ts';
import type { Store } from '../src/store/store.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';

const KEY = 'a key that stands nowhere in the store';
const ENTRIES = 40;
let folder: string;
let postgres: TestPostgres;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-audit-'));
  postgres = await startPostgres();
}, 120_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

async function filled(place: string): Promise<Store> {
  const store = await openStore(place);
  const log = createAuditLog(store, systemClock, KEY);
  for (let at = 0; at < ENTRIES; at += 1)
    await log.note({ actor: `user-${at}`, action: 'login.failed', subject: '99001', data: { at } });
  return store;
}

const codes = ({ problems }: AuditCheck): string[] =>
  [...new Set(problems.map(({ code }) => code))].toSorted();

test('many writers at once make one chain without a gap, on SQLite and on PostgreSQL with two nodes', async () => {
  for (const place of [join(folder, 'many.db'), postgres.address]) {
    const nodes = [await openStore(place), ...(place === postgres.address ? [await openStore(place)] : [])];
    const logs = nodes.map((store) => createAuditLog(store, systemClock, KEY));
    await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        logs[at % logs.length]!.note({ actor: 'a', action: 'b', subject: String(at) }),
      ),
    );
    const check = await verifyAudit(nodes[0]!, { key: KEY });
    expect([check.entries, check.problems]).toEqual([60, []]);
    for (const store of nodes) await store.close();
  }
}, 60_000);

test('a deed is written with what was done, or not at all', async () => {
  const store = await openStore(join(folder, 'together.db'));
  const log = createAuditLog(store, systemClock, undefined);
  const failing = store.write(async (connection) => {
    await log.add(connection, { actor: 'a', action: 'b', subject: 'c' });
    throw new Error('what was to be done failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect((await verifyAudit(store)).entries).toBe(0);
  await store.close();
});

const edits: readonly (readonly [string, (db: Libsql.Database) => void, readonly string[]])[] = [
  [
    'a changed actor',
    (db) => db.exec("update audit_entry set actor = 'somebody else' where place = 7"),
    ['AUDIT_CHANGED'],
  ],
  ['changed data', (db) => db.exec("update audit_entry set data = '{}' where place = 40"), ['AUDIT_CHANGED']],
  ['an entry taken out', (db) => db.exec('delete from audit_entry where place = 12'), ['AUDIT_GAP']],
  ['the end cut off', (db) => db.exec('delete from audit_entry where place > 35'), ['AUDIT_END']],
  ['everything taken out', (db) => db.exec('delete from audit_entry'), ['AUDIT_END']],
  [
    'two entries exchanged',
    (db) =>
      db.exec(
        'update audit_entry set place = 99 where place = 3; update audit_entry set place = 3 where place = 4; update audit_entry set place = 4 where place = 99',
      ),
    ['AUDIT_CHANGED', 'AUDIT_GAP'],
  ],
  [
    'an entry put in, with a hash of its own',
    (db) => {
      const content = {
        place: 41,
        at: 1,
        actor: 'x',
        action: 'y',
        subject: 'z',
        data: '{}',
        previous: FIRST_PREVIOUS,
      };
      db.prepare('insert into audit_entry values (?, ?, ?, ?, ?, ?, ?, ?, null)').run(
        ...Object.values(content),
        hashOf(content),
      );
    },
    ['AUDIT_END', 'AUDIT_GAP', 'AUDIT_SEAL'],
  ],
  [
    'the whole chain written anew by somebody who has the store and not the key',
    (db) => {
      const rows = db.prepare('select * from audit_entry order by place').all() as Parameters<
        typeof hashOf
      >[0][];
      let previous = FIRST_PREVIOUS;
      for (const row of rows) {
        const content = { ...row, actor: 'somebody else', previous };
        const hash = hashOf(content);
        db.prepare('update audit_entry set actor = ?, previous = ?, hash = ? where place = ?').run(
          content.actor,
          previous,
          hash,
          row.place,
        );
        previous = hash;
      }
      db.prepare("update setting set value = ? where name = 'audit-head'").run(
        JSON.stringify({ place: rows.length, hash: previous }),
      );
    },
    ['AUDIT_SEAL'],
  ],
];

test.each(edits)('%s is found', async (_name, edit, expected) => {
  const place = join(folder, `${randomUUID()}.db`);
  const store = await filled(place);
  const clean = await verifyAudit(store, { key: KEY });
  expect([clean.entries, clean.problems]).toEqual([ENTRIES, []]);
  const db = new Libsql(place);
  edit(db);
  db.close();
  expect(codes(await verifyAudit(store, { key: KEY }))).toEqual(expected);
  // Without the key, an entry that was noted elsewhere finds a chain that was written anew.
  const anchored = await verifyAudit(store, { anchor: clean.head! });
  expect(anchored.problems.length).toBeGreaterThan(0);
  await store.close();
});

test('another key is not the one the log was sealed with', async () => {
  const store = await filled(join(folder, 'other-key.db'));
  expect(codes(await verifyAudit(store, { key: 'another' }))).toEqual(['AUDIT_SEAL']);
  await store.close();
});
