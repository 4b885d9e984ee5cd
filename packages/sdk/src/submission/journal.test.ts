import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BhxhError } from '../errors/index.ts';
import type { NewItem } from './item.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import { type JournalFiles, realFiles } from './journal-files.ts';
import { thisProcess } from './process-identity.ts';
import { type Database, loadSqlite } from './sqlite.ts';

let folder: string;
let path: string;
let journals: Journal[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-journal-'));
  path = join(folder, 'night.journal');
});
afterEach(async () => {
  for (const journal of journals) await journal.close().catch(() => {});
  journals = [];
  await rm(folder, { recursive: true, force: true });
});

async function open(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({
    path,
    keyFile: join(folder, 'key'),
    now: () => new Date(),
    ...options,
  });
  journals.push(journal);
  return journal;
}

const bytesOf = (number: number): Buffer => Buffer.from(`<A>document ${number} of a synthetic patient</A>`);
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function newItem(number: number, extra: Partial<NewItem> = {}): NewItem {
  const bytes = bytesOf(number);
  return {
    sender: 'mock/99001',
    kind: 'claim',
    route: 'claim:3176',
    key: `LK${number}`,
    sha256: sha(bytes),
    size: bytes.length,
    path: `/in/${number}.xml`,
    ...extra,
  };
}

async function failure(work: Promise<unknown>): Promise<BhxhError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BhxhError);
  return error as BhxhError;
}

const receipt = { id: 'GD1', at: '20261121080000', text: '' };

/** A journal with one item in each of the usual states, closed. */
async function filledJournal(count = 6): Promise<void> {
  const journal = await open();
  const added = await journal.add(Array.from({ length: count }, (_unused, at) => newItem(at + 1)));
  for (const { item } of added.slice(0, count - 2)) {
    await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(item.id) });
    await journal.record(item, {
      state: 'accepted',
      attempts: 1,
      receipt: { ...receipt, id: `GD${item.id}` },
    });
  }
  await journal.close();
}

describe('a journal in a file', () => {
  it('keeps sent bytes encrypted, under a key that only the user can read', async () => {
    await filledJournal();
    const segment = await readFile(join(folder, 'night.journal.receipts', '000001.seg'));
    expect(segment.includes('synthetic patient')).toBe(false);
    expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
    await rm(join(folder, 'key'));
    const journal = await open();
    expect(await failure(journal.sentBytes((await journal.item(1))!))).toMatchObject({
      code: 'ERR_RECEIPT_KEY_MISMATCH',
    });
  });

  it('keeps them plain only when told so', async () => {
    const journal = await open({ encryption: 'none' });
    const item = (await journal.add([newItem(1)]))[0]!.item;
    await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(1) });
    await journal.close();
    const segment = await readFile(join(folder, 'night.journal.receipts', '000001.seg'));
    expect(segment.includes('synthetic patient')).toBe(true);
  });
});

describe('one process per journal', () => {
  it('refuses a second opener and names the first', async () => {
    await open();
    const error = await failure(open());
    expect(error).toMatchObject({ code: 'ERR_JOURNAL_BUSY', category: 'usage' });
    expect(error.message).toContain(`pid ${process.pid}`);
  });

  it('takes over from an owner that is provably gone', async () => {
    await (await open()).close();
    const self = await thisProcess();
    for (const owner of [
      { ...self, pid: 2 ** 22 + 1 },
      { ...self, boot: 'an earlier boot' },
      { ...self, pid: 1, started: '0' },
    ]) {
      await writeFile(`${path}.lock`, JSON.stringify(owner));
      await (await open()).close();
    }
  });

  it('leaves the lock of an owner that may be alive, on this machine or another', async () => {
    await (await open()).close();
    const self = await thisProcess();
    for (const text of [
      JSON.stringify(self),
      JSON.stringify({ ...self, host: `${hostname()}-2`, pid: 1 }),
      'garbage',
    ]) {
      await writeFile(`${path}.lock`, text);
      expect(await failure(open())).toMatchObject({ code: 'ERR_JOURNAL_BUSY' });
    }
  });
});

describe('a damaged journal', () => {
  it('is refused or leaves no planned item behind, wherever a byte is changed', async () => {
    await filledJournal(12);
    const original = await readFile(path);
    let refused = 0;
    const step = Math.max(1, Math.floor(original.length / 150));
    for (let at = 0; at < original.length; at += step) {
      const damaged = Buffer.from(original);
      damaged[at]! ^= 0x20;
      await writeFile(path, damaged);
      await rm(`${path}-wal`, { force: true });
      await rm(`${path}-shm`, { force: true });
      try {
        const journal = await open();
        // A byte that says nothing was hit (free space, a format version): the content must be what it was.
        expect(await journal.counts()).toMatchObject({ accepted: 10, planned: 2 });
        await journal.close();
      } catch (error) {
        expect(error).toBeInstanceOf(BhxhError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10);
  });

  it('with a lost tail opens, and nothing that was open is sent unasked', async () => {
    const journal = await open();
    await journal.add([newItem(1), newItem(2)]);
    await journal.close();
    await copyFile(path, `${path}.early`);
    const later = await open();
    const item = (await later.item(1))!;
    await later.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(1) });
    await later.record(item, { state: 'accepted', attempts: 1, receipt });
    const third = (await later.add([newItem(3)]))[0]!.item;
    await later.record(third, { state: 'sending', attempts: 0, bytes: bytesOf(3) });
    await later.close();
    await copyFile(`${path}.early`, path);
    await rm(`${path}-wal`, { force: true });
    await rm(`${path}-shm`, { force: true });

    const after = await open();
    expect(after.tailLost).toBe(true);
    expect(await after.counts()).toMatchObject({ planned: 0, unknown: 2 });
    const added = await after.add([newItem(3), newItem(4)]);
    expect(added.map(({ item: { state } }) => state)).toEqual(['unknown', 'planned']);
  });

  it('that is no database at all is refused', async () => {
    await filledJournal();
    await writeFile(path, 'not a database, but long enough to look at it twice'.repeat(40));
    expect(await failure(open())).toMatchObject({ code: 'ERR_JOURNAL_DAMAGED', category: 'input' });
  });

  it('that was emptied is not taken for a new one', async () => {
    await filledJournal();
    const emptied = join(folder, 'emptied.journal');
    await copyFile(`${path}.head`, `${emptied}.head`);
    path = emptied;
    const journal = await open();
    expect(journal.tailLost).toBe(true);
  });
});

describe('a disk that fails', () => {
  it('inside SQLite at any call keeps what was shown and hides what was not', async () => {
    const real = await loadSqlite();
    let outcomes = '';
    for (let nth = 1; nth <= 16; nth++) {
      let calls = 0;
      let active = false;
      const strike = (): void => {
        if (active && ++calls === nth) {
          throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
        }
      };
      const openDatabase = (at: string): Database => {
        const db = real(at);
        return {
          exec(sql) {
            strike();
            return db.exec(sql);
          },
          prepare(sql) {
            const statement = db.prepare(sql);
            return {
              run(...values) {
                strike();
                return statement.run(...values);
              },
              get: (...values) => statement.get(...values),
              all: (...values) => statement.all(...values),
              iterate: (...values) => statement.iterate(...values),
            };
          },
          pragma: (sql) => db.pragma(sql),
          close: () => db.close(),
        };
      };
      path = join(folder, `sqlite-${nth}.journal`);
      const journal = await open({ openDatabase });
      const added = await journal.add([newItem(1), newItem(2)]);
      active = true;
      const shown = new Set<number>();
      const send = async ({ item }: (typeof added)[number]): Promise<void> => {
        await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(item.id) });
        await journal.record(item, { state: 'accepted', attempts: 1, receipt });
        shown.add(item.id);
      };
      for (const one of added)
        await send(one).catch((error: unknown) => expect(error).toBeInstanceOf(BhxhError));
      active = false;
      await journal.close().catch(() => {});
      const next = await open();
      for (const { item } of added) {
        const { state } = (await next.item(item.id))!;
        outcomes += state[0];
        if (shown.has(item.id)) expect(state).toBe('accepted');
        else expect(['planned', 'unknown']).toContain(state);
      }
      await next.close();
    }
    // Every kind of end was met: nothing sent, sent without an outcome, accepted.
    expect(new Set(outcomes)).toEqual(new Set(['p', 'u', 'a']));
  });

  it('at any call leaves no accepted record behind that was not durable, and the next opening completes', async () => {
    for (let nth = 1; nth <= 14; nth++) {
      let calls = 0;
      let active = false;
      const guard = <T>(work: () => Promise<T>): Promise<T> => {
        if (active && ++calls === nth) {
          return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
        }
        return work();
      };
      const files: JournalFiles = {
        ...realFiles,
        makeFolder: (folderPath) => guard(() => realFiles.makeFolder(folderPath)),
        async openFile(filePath, access) {
          const file = await guard(() => realFiles.openFile(filePath, access));
          return {
            ...file,
            append: (bytes) => guard(() => file.append(bytes)),
            writeAt: (bytes, position) => guard(() => file.writeAt(bytes, position)),
            datasync: () => guard(() => file.datasync()),
          };
        },
      };
      path = join(folder, `disk-${nth}.journal`);
      const journal = await open({ files });
      const item = (await journal.add([newItem(1)]))[0]!.item;
      active = true;
      let shown = false;
      try {
        await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(1) });
        await journal.record(item, { state: 'accepted', attempts: 1, receipt });
        shown = true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_JOURNAL_UNWRITABLE', category: 'input' });
        // Once it failed, it refuses everything.
        expect(await failure(journal.record(item, { state: 'planned', attempts: 0, reason: '' }))).toBe(
          error,
        );
      }
      await journal.close().catch(() => {});
      const next = await open();
      const { state } = (await next.item(1))!;
      expect(shown ? ['accepted'] : ['planned', 'unknown', 'accepted']).toContain(state);
      await next.close();
    }
  });
});
