// One list of promises for every store of the journal: a file, and a PostgreSQL of its own.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Item,
  type Journal,
  type JournalOptions,
  openJournal,
  resolveItem,
  verifyJournal,
} from '../src/submission/index.ts';
import { bytesOf, journalWorld, numberedItem as newItem } from './journal-world.ts';

const world = journalWorld('doors', openJournal);
let path: string;
const open = (options: Partial<JournalOptions> = {}): Promise<Journal> => world.open({ path, ...options });

const receipt = { id: 'GD1', at: '20261121080000', text: '' };
const problem = { code: 'X', where: 'server', vi: '', en: '' } as const;

const accept = async (journal: Journal, item: Item): Promise<void> => {
  const claimed = await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(item.id) });
  await journal.record(claimed, {
    state: 'accepted',
    attempts: 1,
    receipt: { ...receipt, id: `GD${item.id}` },
  });
};

describe.each(['SQLite', 'PostgreSQL'])('a journal in %s', (store) => {
  beforeEach(() => {
    path = store === 'SQLite' ? join(world.folder, 'night.journal') : world.address;
  });

  it('knows an item by sender, key and hash, and adds it once', async () => {
    const journal = await open();
    const [first] = await journal.add([newItem(1)]);
    const again = await journal.add([
      newItem(1, { path: '/elsewhere' }),
      newItem(1, { sender: 'mock/99002' }),
      newItem(2),
      newItem(2),
    ]);
    expect(again.map(({ fresh }) => fresh)).toEqual([false, true, true, false]);
    expect(again[0]!.item.id).toBe(first!.item.id);
    expect(await journal.counts('mock/99001')).toMatchObject({ planned: 2 });
    expect(await journal.counts()).toMatchObject({ planned: 3 });
  });

  it('gives everything back after it was closed and opened', async () => {
    const journal = await open();
    const added = await journal.add([1, 2, 3, 4, 5, 6].map((number) => newItem(number)));
    await Promise.all(added.slice(0, 4).map(({ item }) => accept(journal, item)));
    await journal.close();
    const next = await open();
    expect(await next.counts()).toMatchObject({ accepted: 4, planned: 2 });
    const item = (await next.item(2))!;
    expect(item.receipt).toEqual({ ...receipt, id: 'GD2' });
    expect(await next.history(2)).toMatchObject([
      { state: 'planned' },
      { state: 'sending' },
      { state: 'accepted' },
    ]);
    expect(Buffer.from((await next.sentBytes(item))!)).toEqual(bytesOf(2));
    expect(await next.sentBytes((await next.item(6))!)).toBeNull();
    expect((await next.findByHash('mock/99001', 'claim', item.sha256))?.id).toBe(2);
    const open2: number[] = [];
    for await (const { id } of next.items({ states: ['planned'], after: 5 })) open2.push(id);
    expect(open2).toEqual([6]);
  });

  it('turns what was being sent when its process died into unknown', async () => {
    const journal = await open();
    const item = (await journal.add([newItem(1)]))[0]!.item;
    await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(1) });
    await journal.close();
    const next = await open();
    expect(next.recovered).toBe(1);
    expect(await next.item(item.id)).toMatchObject({
      state: 'unknown',
      problem: { code: 'ERR_INTERRUPTED_WHILE_SENDING' },
    });
  });

  it('sends by deadline, and holds an item back while an earlier one of its key is open', async () => {
    const journal = await open();
    await journal.add([
      newItem(1),
      newItem(2, { deadline: '2026-11-30T00:00:00.000Z' }),
      newItem(3, { key: 'LK1' }),
      newItem(4, { sender: 'mock/99002' }),
    ]);
    expect((await journal.queue('mock/99001', 10, null)).map(({ id }) => id)).toEqual([2, 1]);
    await journal.record((await journal.item(1))!, { state: 'rejected', attempts: 1, problem });
    expect((await journal.queue('mock/99001', 10, null)).map(({ id }) => id)).toEqual([2, 3]);
    const behind = { due: '2026-11-30T00:00:00.000Z', id: 2 };
    expect((await journal.queue('mock/99001', 10, behind)).map(({ id }) => id)).toEqual([3]);
  });

  it('can be read while it is written', async () => {
    const writer = await open();
    await writer.add([newItem(1)]);
    const reader = await open({ readOnly: true });
    expect(await reader.counts()).toMatchObject({ planned: 1 });
    expect(reader.recovered).toBe(0);
    await expect(reader.add([newItem(2)])).rejects.toThrow();
  });

  it('keeps sent bytes under a key without which they cannot be read', async () => {
    const journal = await open();
    const item = (await journal.add([newItem(1)]))[0]!.item;
    await accept(journal, item);
    await journal.close();
    await rm(join(world.folder, 'key'));
    const next = await open();
    await expect(next.sentBytes((await next.item(1))!)).rejects.toMatchObject({
      code: 'ERR_RECEIPT_KEY_MISMATCH',
    });
  });

  it('is found sound with all its items, and a person can close an open outcome', async () => {
    const journal = await open();
    const added = await journal.add([newItem(1), newItem(2), newItem(3)]);
    await accept(journal, added[0]!.item);
    const claimed = await journal.record(added[1]!.item, {
      state: 'sending',
      attempts: 0,
      bytes: bytesOf(2),
    });
    const second = await journal.record(claimed, { state: 'unknown', attempts: 1, problem });
    expect(await resolveItem(journal, second, { verdict: 'not-received' })).toMatchObject({
      state: 'planned',
    });
    await expect(resolveItem(journal, second, { verdict: 'not-received' })).rejects.toMatchObject({
      code: 'ERR_NOT_UNKNOWN',
    });
    expect(await verifyJournal(path)).toMatchObject({
      sound: true,
      damage: null,
      items: 3,
      counts: { accepted: 1, planned: 2 },
    });
  });
});
