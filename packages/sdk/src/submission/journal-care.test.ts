import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ItemReceipt, NewItem } from './item.ts';
import { type Journal, openJournal } from './journal.ts';
import { type ReconcileEvent, reconcileSubmission } from './reconcile.ts';
import { repairJournal } from './repair-journal.ts';
import { resolveItem } from './resolve.ts';
import type { HeldDocument, SubmissionTarget } from './target.ts';
import { verifyJournal } from './verify-journal.ts';

const now = (): Date => new Date('2026-11-21T08:00:00Z');
const sender = 'mock/99001';
let folder: string;
let path: string;
let journals: Journal[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-care-'));
  path = join(folder, 'night.journal');
});
afterEach(async () => {
  for (const journal of journals) await journal.close();
  journals = [];
  await rm(folder, { recursive: true, force: true });
});

async function open(at = path): Promise<Journal> {
  const journal = await openJournal({ path: at, keyFile: join(folder, 'key'), now });
  journals.push(journal);
  return journal;
}

const bytesOf = (number: number): Buffer => Buffer.from(`<A>${number}</A>`);
const hashOf = (number: number): string => createHash('sha256').update(bytesOf(number)).digest('hex');
const receiptOf = (number: number): ItemReceipt => ({ id: `GD${number}`, at: '20261121080000', text: '' });

function newItem(number: number): NewItem {
  return {
    sender,
    kind: 'claim',
    route: 'claim:3176',
    key: `LK${number}`,
    sha256: hashOf(number),
    size: bytesOf(number).length,
    path: `/in/${number}.xml`,
  };
}

/** Items 1 and 2 accepted, 3 unknown, 4 planned. */
async function fill(): Promise<Journal> {
  const journal = await open();
  const added = await journal.add([1, 2, 3, 4].map(newItem));
  for (const { item } of added.slice(0, 3)) {
    await journal.record(item, { state: 'sending', attempts: 0, bytes: bytesOf(item.id) });
    const problem = { code: 'ERR_NO_ANSWER_AFTER_SEND', where: 'server', vi: '', en: '' } as const;
    await journal.record(
      item,
      item.id === 3
        ? { state: 'unknown', attempts: 1, problem }
        : { state: 'accepted', attempts: 1, receipt: receiptOf(item.id) },
    );
  }
  return journal;
}

describe('a verdict on a journal', () => {
  it('is given beside a running writer and counts what is there', async () => {
    await fill();
    expect(await verifyJournal(path)).toMatchObject({
      sound: true,
      damage: null,
      tailLost: false,
      items: 4,
      counts: { accepted: 2, unknown: 1, planned: 1 },
    });
  });

  it('names the damaged block and leaves the file as it is', async () => {
    await (await fill()).close();
    const bytes = await readFile(path);
    bytes[bytes.indexOf('GD2')] = 0x58;
    await writeFile(path, bytes);
    const verdict = await verifyJournal(path);
    expect(verdict.sound).toBe(false);
    expect(verdict.damage).toMatch(/^block \d+$/);
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it('refuses a file that is not there', async () => {
    await expect(verifyJournal(join(folder, 'none'))).rejects.toMatchObject({
      code: 'ERR_JOURNAL_UNWRITABLE',
    });
  });
});

describe('a repair', () => {
  it('keeps what can be believed in a new file and makes everything open unknown', async () => {
    await (await fill()).close();
    const bytes = await readFile(path);
    bytes[bytes.lastIndexOf('ERR_NO_ANSWER_AFTER_SEND","where')] = 0x58;
    await writeFile(path, bytes);
    await expect(openJournal({ path, keyFile: join(folder, 'key'), now })).rejects.toMatchObject({
      code: 'ERR_JOURNAL_DAMAGED',
    });
    const repaired = join(folder, 'repaired.journal');
    const result = await repairJournal(path, repaired, now);
    expect(result).toMatchObject({ items: 4, unknown: 2, doubted: 0 });
    expect((await verifyJournal(repaired)).sound).toBe(true);
    const journal = await open(repaired);
    expect(await journal.counts()).toMatchObject({ accepted: 2, unknown: 2, planned: 0 });
    const first = (await journal.item(1))!;
    expect(first.receipt).toEqual(receiptOf(1));
    expect(Buffer.from((await journal.sentBytes(first))!)).toEqual(bytesOf(1));
    expect((await readFile(path)).equals(bytes)).toBe(true);
    await expect(repairJournal(path, repaired, now)).rejects.toMatchObject({
      code: 'ERR_REPAIR_TARGET_EXISTS',
    });
  });

  it('doubts documents that were stored for sending but of which no good block speaks', async () => {
    await (await fill()).close();
    const bytes = await readFile(path);
    // The first block is hit, so that every item is gone, but not what was stored.
    bytes[bytes.indexOf('claim:3176')] = 0x58;
    await writeFile(path, bytes);
    const repaired = join(folder, 'repaired.journal');
    const result = await repairJournal(path, repaired, now).catch(() => null);
    expect(result).toMatchObject({ blocks: 0, items: 0, doubted: 3 });
    const journal = await open(repaired);
    const added = await journal.add([newItem(2), newItem(4)]);
    expect(added.map(({ item }) => item.state)).toEqual(['unknown', 'planned']);
  });
});

describe('an unknown outcome', () => {
  it('is closed on a person’s word, either way, and only while it is unknown', async () => {
    const journal = await fill();
    const item = (await journal.item(3))!;
    const accepted = await resolveItem(journal, item, { verdict: 'accepted', receipt: receiptOf(3) });
    expect(accepted).toMatchObject({ state: 'accepted', receipt: receiptOf(3) });
    await expect(resolveItem(journal, item, { verdict: 'not-received' })).rejects.toMatchObject({
      code: 'ERR_NOT_UNKNOWN',
      category: 'usage',
    });
  });

  it('that was not received goes back to the queue', async () => {
    const journal = await fill();
    await resolveItem(journal, (await journal.item(3))!, { verdict: 'not-received' });
    expect((await journal.queue(sender, 10, null)).map(({ id }) => id)).toEqual([3, 4]);
  });
});

describe('a reconciliation', () => {
  it('confirms, finds what is missing, foreign or there twice', async () => {
    const journal = await fill();
    const held = (number: number, id: string): HeldDocument => ({
      kind: 'claim',
      key: `LK${number}`,
      sha256: hashOf(number),
      receipt: { ...receiptOf(number), id },
    });
    const documents = [held(1, 'GD1'), held(1, 'GD9'), held(3, 'GD3'), held(8, 'GD8')];
    const target = {
      sender,
      async *list() {
        yield* documents;
      },
    } as unknown as SubmissionTarget;
    const events: ReconcileEvent[] = [];
    for await (const event of reconcileSubmission({
      journal,
      target,
      from: '2026-11-21',
      to: '2026-11-21',
    })) {
      events.push(event);
    }
    expect(events.map((event) => [event.kind, 'item' in event ? event.item.id : event.document.key])).toEqual(
      [
        ['confirmed', 1],
        ['doubled', 1],
        ['confirmed', 3],
        ['foreign', 'LK8'],
        ['missing', 2],
      ],
    );
    expect(await journal.counts()).toMatchObject({ confirmed: 2, accepted: 1, unknown: 0 });
    const other: ReconcileEvent[] = [];
    for await (const event of reconcileSubmission({
      journal,
      target: { ...target, async *list() {} } as unknown as SubmissionTarget,
      from: '2026-11-22',
    })) {
      other.push(event);
    }
    expect(other).toEqual([]);
  });
});

it('a receipt store is readable by its owner only', async () => {
  await fill();
  expect((await stat(join(folder, 'night.journal.receipts'))).mode & 0o077).toBe(0);
  expect((await stat(join(folder, 'night.journal.receipts', '000001.seg'))).mode & 0o077).toBe(0);
});
