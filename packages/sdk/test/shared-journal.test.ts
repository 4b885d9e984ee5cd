// What a journal of many processes promises beyond one of a single process; on a PostgreSQL of its own.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Item,
  type ItemChange,
  type ItemToAdd,
  openSharedJournal,
  readSharedStatus,
  repairJournal,
  type SharedJournal,
  shownAddress,
  verifyJournal,
} from '../src/submission/index.ts';
import { bytesOf, journalWorld, numberedItem } from './journal-world.ts';

const world = journalWorld('shared', openSharedJournal);
const { open } = world;
let path: string;
let schema: string;
beforeEach(() => {
  path = world.address;
  ({ schema } = world);
});

const sending = (number: number): ItemChange => ({ state: 'sending', attempts: 0, bytes: bytesOf(number) });
const accepted: ItemChange = {
  state: 'accepted',
  attempts: 1,
  receipt: { id: 'GD1', at: '20261122080000', text: '' },
};
const rejected: ItemChange = {
  state: 'rejected',
  attempts: 1,
  problem: { code: 'X', where: 'server', vi: '', en: '' },
};
const takenError = { code: 'ERR_ITEM_TAKEN' };

const newItem = (number: number): ItemToAdd => ({ ...numberedItem(number), bytes: bytesOf(number) });

/** As if nobody had heard of the process for longer than its lease. */
async function forgetWriter(journal: SharedJournal): Promise<void> {
  await journal.db.query(`UPDATE ${schema}.writers SET expires_at = clock_timestamp() - interval '1 second'
    WHERE id = '${journal.lease!.id}'`);
}

describe('two processes on one journal', () => {
  it('cannot both send an item, however old their view of it is', async () => {
    const [one, two] = [await open(), await open()];
    const { item } = (await one.add([newItem(1)]))[0]!;
    const seenByTwo = (await two.item(item.id))!;
    const claims = await Promise.allSettled([
      one.record(item, sending(1)),
      two.record(seenByTwo, sending(1)),
    ]);
    expect(claims.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(
      (claims.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason,
    ).toMatchObject(takenError);
    expect(await one.history(item.id)).toHaveLength(2);
  });

  it('add the same documents at the same time and get the same items', async () => {
    const [one, two] = [await open(), await open()];
    const items = Array.from({ length: 300 }, (_unused, at) => newItem(at));
    const [byOne, byTwo] = await Promise.all([one.add(items), two.add(items.toReversed())]);
    expect(byTwo.toReversed().map(({ item }) => item.id)).toEqual(byOne.map(({ item }) => item.id));
    expect([...byOne, ...byTwo].filter(({ fresh }) => fresh)).toHaveLength(300);
    expect(await verifyJournal(path)).toMatchObject({ sound: true, items: 300 });
  });

  it('and one that holds it cannot claim it again, nor does the second claim take anything from the first', async () => {
    const journal = await open();
    const { item } = (await journal.add([newItem(1)]))[0]!;
    const claims = await Promise.allSettled([
      journal.record(item, sending(1)),
      journal.record(item, sending(1)),
    ]);
    expect(claims.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(journal.record(item, sending(1))).rejects.toMatchObject(takenError);
    const [first] = claims as [PromiseFulfilledResult<Item>, unknown];
    await journal.record(first.value, accepted);
    expect(await journal.counts()).toMatchObject({ sending: 0, accepted: 1 });
  });

  it('record what came of a claim of their own and of no later one', async () => {
    const [slow, other] = [await open(), await open()];
    const { item } = (await slow.add([newItem(1)]))[0]!;
    const first = await slow.record(item, sending(1));
    await forgetWriter(slow);
    await other.lease!.renew();
    const asked = (await other.item(item.id))!;
    const again = await other.record(asked, { state: 'planned', attempts: 1, reason: 'not there' });
    await slow.lease!.renew();
    const second = await slow.record(again, sending(1));
    // What the first send heard late may not put the item back while the second is on its way.
    const back: ItemChange = { state: 'planned', attempts: 1, reason: 'refused' };
    await expect(slow.record(first, back)).rejects.toMatchObject(takenError);
    await slow.record(second, accepted);
    expect(await other.counts()).toMatchObject({ planned: 0, accepted: 1 });
  });

  it('leave an item of a lost process unknown, and its word comes too late once somebody acted', async () => {
    const [lost, other] = [await open(), await open()];
    const added = await lost.add([1, 2, 3].map(newItem));
    const claimed: Item[] = [];
    for (const { item } of added) claimed.push(await lost.record(item, sending(item.id)));
    await forgetWriter(lost);
    await other.lease!.renew();
    expect(await other.counts()).toMatchObject({ sending: 0, unknown: 3 });

    const [first, second, third] = claimed;
    // A rejection is an outcome over what another process said: refused.
    await expect(lost.record(first!, rejected)).rejects.toMatchObject(takenError);
    // An acceptance is what the server said, and nobody has acted yet.
    await lost.record(second!, accepted);
    const asked = (await other.item(third!.id))!;
    await other.record(asked, { state: 'planned', attempts: 1, reason: 'the server has nothing' });
    await expect(lost.record(third!, accepted)).rejects.toMatchObject(takenError);
    expect(await other.counts()).toMatchObject({ unknown: 1, accepted: 1, planned: 1 });
    expect(await verifyJournal(path)).toMatchObject({ sound: true });
  });

  it('let nobody claim whose lease ran out, until it is known again', async () => {
    const journal = await open();
    const { item } = (await journal.add([newItem(1)]))[0]!;
    await forgetWriter(journal);
    await expect(journal.record(item, sending(1))).rejects.toMatchObject(takenError);
    await journal.lease!.renew();
    expect(await journal.record(item, sending(1))).toMatchObject({ state: 'sending' });
  });

  it('give a claim back that took longer than the lease, so that it is never stuck', async () => {
    let clock = 0;
    const journal = await open({ elapsed: () => clock });
    const { item } = (await journal.add([newItem(1)]))[0]!;
    // As a process that is stopped and goes on: by its own clock the lease is over, in the database it is not.
    clock += 60_000;
    await expect(journal.record(item, sending(1))).rejects.toMatchObject(takenError);
    expect(await journal.counts()).toMatchObject({ planned: 1, sending: 0 });
    await journal.lease!.renew();
    expect(await journal.record((await journal.item(item.id))!, sending(1))).toMatchObject({
      state: 'sending',
    });
  });

  it('go on under a new name when they were taken for dead', async () => {
    const [slept, other] = [await open(), await open()];
    const before = slept.lease!.id;
    const added = await slept.add([newItem(1), newItem(2)]);
    await slept.record(added[0]!.item, sending(1));
    await forgetWriter(slept);
    await other.lease!.renew();
    await slept.lease!.renew();
    expect(slept.lease!.id).not.toBe(before);
    expect(await slept.record(added[1]!.item, sending(2))).toMatchObject({ state: 'sending' });
    expect(await other.counts()).toMatchObject({ unknown: 1, sending: 1 });
  });
});

describe('a database that fails', () => {
  it('by a restart is waited for, and what was begun becomes durable once', async () => {
    const journal = await open();
    const added = await journal.add(Array.from({ length: 60 }, (_unused, at) => newItem(at)));
    let restarting: Promise<void> | undefined;
    for (const [at, { item }] of added.entries()) {
      if (at === 20) restarting = world.postgres.restart();
      await journal.record(await journal.record(item, sending(at)), accepted);
    }
    await restarting;
    expect(await journal.counts()).toMatchObject({ accepted: 60 });
    expect((await journal.history(added[30]!.item.id)).map(({ state }) => state)).toEqual([
      'planned',
      'sending',
      'accepted',
    ]);
    expect(await verifyJournal(path)).toMatchObject({ sound: true, items: 60 });
  });

  it('set back to an earlier state leaves nothing that is sent unasked', async () => {
    const journal = await open();
    await journal.add([newItem(1), newItem(2)]);
    const [early] = await journal.db.query<{ count: number; hash: string; next_item: number }>(
      `SELECT count, hash, next_item FROM ${schema}.head`,
    );
    const third = (await journal.add([newItem(3)]))[0]!.item;
    await journal.record(await journal.record(third, sending(3)), accepted);
    await journal.close();
    // What restoring an old backup does.
    const hand = await open({ readOnly: true });
    await hand.db.query(`DELETE FROM ${schema}.items WHERE id = ${third.id}`);
    await hand.db.query(`DELETE FROM ${schema}.events WHERE block > $1`, [early!.count]);
    await hand.db.query(`DELETE FROM ${schema}.blocks WHERE sequence > $1`, [early!.count]);
    await hand.db.query(`UPDATE ${schema}.head SET count = $1, hash = $2, next_item = $3`, [
      early!.count,
      early!.hash,
      early!.next_item,
    ]);
    expect(await open({ readOnly: true })).toMatchObject({ tailLost: true });

    const after = await open();
    expect(after.tailLost).toBe(true);
    expect(await after.counts()).toMatchObject({ planned: 0, unknown: 2 });
    const again = await after.add([newItem(3), newItem(4)]);
    expect(again.map(({ item: { state } }) => state)).toEqual(['unknown', 'unknown']);
    await after.close();
    expect((await open()).tailLost).toBe(false);
  });

  it('whose rows were changed is found out, and repaired into another schema', async () => {
    const journal = await open();
    const added = await journal.add([1, 2, 3].map(newItem));
    await journal.record(await journal.record(added[0]!.item, sending(1)), accepted);
    await journal.db.query(`UPDATE ${schema}.items SET state = 'planned' WHERE id = ${added[0]!.item.id}`);
    expect(await verifyJournal(path)).toMatchObject({ sound: false, damage: `item ${added[0]!.item.id}` });
    await journal.db.query(`UPDATE ${schema}.items SET state = 'accepted' WHERE id = ${added[0]!.item.id}`);
    expect(await verifyJournal(path)).toMatchObject({ sound: true });
    await journal.db.query(
      `UPDATE ${schema}.events SET data = replace(data, 'GD1', 'GD9') WHERE state = 'accepted'`,
    );
    expect(await verifyJournal(path)).toMatchObject({ sound: false, damage: 'block 3' });
    await journal.close();
    await rm(join(world.folder, 'state'), { recursive: true });
    await expect(open()).rejects.toMatchObject({ code: 'ERR_JOURNAL_DAMAGED', category: 'input' });

    const target = `${path}_repaired`;
    const result = await repairJournal(path, target, () => new Date());
    expect(result).toMatchObject({ blocks: 2, items: 3, unknown: 3 });
    expect(await verifyJournal(target)).toMatchObject({ sound: true, items: 3 });
    await expect(repairJournal(path, target, () => new Date())).rejects.toMatchObject({
      code: 'ERR_REPAIR_TARGET_EXISTS',
    });
    const repaired = await open({ path: target });
    expect(Buffer.from((await repaired.storedBytes(added[1]!.item))!)).toEqual(bytesOf(2));
    expect((await repaired.add([newItem(9)]))[0]!.item.state).toBe('unknown');
  });

  it('that is not there is said at once, without the password', async () => {
    const away = 'postgres://someone:secret-word@127.0.0.1:1/none';
    const error = await open({ path: away }).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ code: 'ERR_JOURNAL_UNREACHABLE', category: 'unavailable' });
    expect(JSON.stringify((error as { sentences?: unknown }).sentences)).not.toContain('secret-word');
    expect(shownAddress(away)).toBe('postgres://someone:***@127.0.0.1:1/none');
    await expect(open({ path: `${path}x; DROP` })).rejects.toMatchObject({ code: 'ERR_JOURNAL_ADDRESS' });
    await expect(open({ readOnly: true })).rejects.toMatchObject({ code: 'ERR_JOURNAL_NOT_THERE' });
  });
});

describe('the documents in the database', () => {
  it('are sealed, open with the key only, and are found damaged when they are', async () => {
    const journal = await open();
    const item = (await journal.add([newItem(1)]))[0]!.item;
    const [row] = await journal.db.query<{ content: Buffer }>(`SELECT content FROM ${schema}.documents`);
    expect(row!.content.includes('synthetic patient')).toBe(false);
    expect(Buffer.from((await journal.storedBytes(item))!)).toEqual(bytesOf(1));
    expect(await journal.sentBytes(item)).toBeNull();

    const stranger = await open({ keyFile: join(world.folder, 'other-key') });
    await expect(stranger.storedBytes(item)).rejects.toMatchObject({ code: 'ERR_RECEIPT_KEY_MISMATCH' });
    await expect(stranger.add([newItem(2)])).rejects.toMatchObject({ code: 'ERR_RECEIPT_KEY_MISMATCH' });

    await journal.db.query(`UPDATE ${schema}.documents SET content = set_byte(content, 3, 7)`);
    await expect(journal.storedBytes(item)).rejects.toMatchObject({ code: 'ERR_RECEIPT_DAMAGED' });
  });

  it('are plain only when the first process said so', async () => {
    const journal = await open({ encryption: 'none' });
    await journal.add([newItem(1)]);
    const [row] = await journal.db.query<{ content: Buffer }>(`SELECT content FROM ${schema}.documents`);
    expect(row!.content.includes('synthetic patient')).toBe(true);
  });
});

it('the status tells who is alive, who is lost, and what waits since when', async () => {
  const [worker, lost] = [await open({ role: 'worker', concurrency: 4 }), await open({ role: 'worker' })];
  await worker.add([{ ...newItem(1), deadline: '2026-11-30T00:00:00.000Z' }, newItem(2)]);
  await forgetWriter(lost);
  const status = await readSharedStatus(path, () => new Date());
  expect(status.writers.map(({ state }) => state)).toEqual(['alive', 'lost']);
  expect(status.lanes).toMatchObject([
    {
      sender: 'mock/99001',
      counts: { planned: 2 },
      nextDeadline: '2026-11-30T00:00:00.000Z',
      pausedUntil: null,
    },
  ]);
  expect(status.lanes[0]!.oldestPlanned).not.toBeNull();
  expect(status.path).not.toContain('test-only');
});
