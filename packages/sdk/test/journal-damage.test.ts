// a journal that is damaged anywhere is found out, or doubts what it cannot know; what was sent is never sent again unasked.
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BhxhError } from '../src/errors/bhxh-error.ts';
import {
  type Item,
  openJournal,
  planSubmission,
  repairJournal,
  runSubmission,
  type SubmissionTarget,
} from '../src/submission/index.ts';
import { randomFrom, smallClaim } from './fault-gateway.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
const patience = long ? 7_200_000 : 120_000;
const now = (): Date => new Date();
const name = 'night.journal';
const page = 4096;
/** 1 to 8 accepted, 9 rejected, 10 on its way when the process died, 11 and 12 never sent. */
const documents = Array.from({ length: 12 }, (_, at) => smallClaim(at + 1));
const hashes = documents.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
const unsent = new Set(hashes.slice(10));

let folder: string;
let paths: string[];
let cases = 0;

/** A server that can be asked nothing and knows no keys: the real one, as far as is published. */
function mute(sent: string[]): SubmissionTarget {
  return {
    host: 'gateway.invalid',
    sender: 'mock/99001',
    identify: (bytes) => ({
      kind: 'claim',
      route: 'claim',
      key: /LK\d+/.exec(Buffer.from(bytes).toString('latin1'))?.[0] ?? hashOf(bytes),
    }),
    offers: async () => ({ idempotencyKey: false, statusQuery: false }),
    async send(item, bytes, { onSend }) {
      await onSend();
      sent.push(hashOf(bytes));
      return { id: `GD${item.id}`, at: '20261122080000', text: '', attempts: 1 };
    },
    find: async () => null,
    async *list() {},
  };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-damage-'));
  paths = [];
  for (const [at, bytes] of documents.entries()) {
    const path = join(folder, `${at + 1}.xml`);
    await writeFile(path, bytes);
    paths.push(path);
  }
  const at = join(folder, 'made');
  await mkdir(at);
  const open = (): ReturnType<typeof openJournal> =>
    openJournal({ path: join(at, name), keyFile: join(folder, 'key'), now });
  const target = mute([]);
  const planned: Item[] = [];
  let journal = await open();
  for await (const event of planSubmission({ journal, target, sources: paths.map((path) => ({ path })) })) {
    if (event.kind === 'planned') planned.push(event.item);
  }
  const settle = async (from: number, to: number): Promise<void> => {
    for (const item of planned.slice(from, to)) {
      await journal.record(item, { state: 'sending', attempts: 0, bytes: documents[item.id - 1]! });
      await journal.record(item, {
        state: 'accepted',
        attempts: 1,
        receipt: { id: `GD${item.id}`, at: '20261121080000', text: '' },
      });
    }
  };
  await settle(0, 5);
  // One part stands in the database, the other in the write-ahead log.
  await journal.close();
  journal = await open();
  await settle(5, 8);
  await journal.record(planned[8]!, { state: 'sending', attempts: 0, bytes: documents[8]! });
  await journal.record(planned[8]!, {
    state: 'rejected',
    attempts: 1,
    problem: { code: 'ERR_SUBMISSION_REJECTED', where: 'server', vi: '', en: '' },
  });
  await journal.record(planned[9]!, { state: 'sending', attempts: 0, bytes: documents[9]! });
  await copyJournal(at, join(folder, 'killed'));
  await journal.close();
  await copyJournal(at, join(folder, 'closed'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const parts = [name, `${name}-wal`, `${name}.head`] as const;
type Part = (typeof parts)[number];

async function copyJournal(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const part of parts) await copyFile(join(from, part), join(to, part)).catch(() => {});
  await cp(join(from, `${name}.receipts`), join(to, `${name}.receipts`), { recursive: true });
}

type Outcome = 'refused' | 'doubted' | 'as it was';

/** Damages a copy, then plans and sends everything again, as `bhxh submit` would. */
async function suffer(image: 'killed' | 'closed', harm: (at: string) => Promise<void>): Promise<Outcome> {
  const at = join(folder, `case-${++cases}`);
  try {
    await copyJournal(join(folder, image), at);
    await harm(at);
    const outcome = await sendAll(join(at, name));
    if (outcome !== 'refused') return outcome;
    // What a person does then must not send anything again either.
    try {
      await repairJournal(join(at, name), join(at, 'repaired.journal'), now);
    } catch (error) {
      expect(error).toBeInstanceOf(BhxhError);
      return 'refused';
    }
    expect(await sendAll(join(at, 'repaired.journal'))).not.toBe('refused');
    return 'refused';
  } finally {
    await rm(at, { recursive: true, force: true });
  }
}

async function sendAll(path: string): Promise<Outcome> {
  const sent: string[] = [];
  const target = mute(sent);
  let journal;
  try {
    journal = await openJournal({ path, keyFile: join(folder, 'key'), now });
  } catch (error) {
    expect(error).toBeInstanceOf(BhxhError);
    return 'refused';
  }
  try {
    const sources = paths.map((file) => ({ path: file }));
    for await (const event of planSubmission({ journal, target, sources })) void event;
    for await (const event of runSubmission({ journal, target, now })) void event;
    expect(sent.filter((sha256) => !unsent.has(sha256))).toEqual([]);
    expect(new Set(sent).size).toBe(sent.length);
    return sent.length === unsent.size ? 'as it was' : 'doubted';
  } catch (error) {
    if (!(error instanceof BhxhError)) throw error;
    return 'refused';
  } finally {
    await journal.close().catch((error: unknown) => expect(error).toBeInstanceOf(BhxhError));
  }
}

async function flip(file: string, offset: number, bit: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[offset]! ^= 1 << bit;
  await writeFile(file, bytes);
}

const sizeOf = async (image: string, part: Part): Promise<number> =>
  (await readFile(join(folder, image, part))).length;

/** Up to `count` places of a range: all of them in the long form, spread and seeded in the short one. */
function placesIn(from: number, to: number, count: number, random: () => number): number[] {
  if (to - from <= count) return Array.from({ length: to - from }, (_, at) => from + at);
  const places = new Set<number>();
  while (places.size < count) places.add(from + Math.floor(random() * (to - from)));
  return [...places];
}

async function tally(
  what: string,
  harms: readonly { image: 'killed' | 'closed'; harm: (at: string) => Promise<void> }[],
): Promise<Record<Outcome, number>> {
  const met: Record<Outcome, number> = { refused: 0, doubted: 0, 'as it was': 0 };
  for (const { image, harm } of harms) met[await suffer(image, harm)]++;
  process.stdout.write(`X-06 ${what}: ${harms.length} times, ${JSON.stringify(met)}\n`);
  return met;
}

describe('X-06: a damaged journal', () => {
  it('undamaged sends what was never sent and nothing else', async () => {
    for (const image of ['killed', 'closed'] as const) {
      expect(await suffer(image, async () => {})).toBe('as it was');
    }
  });

  it('a changed bit in the last three records', { timeout: patience }, async () => {
    const random = randomFrom(61);
    const frame = page + 24;
    const size = await sizeOf('killed', `${name}-wal`);
    const places = placesIn(size - 3 * frame, size, long ? Number.POSITIVE_INFINITY : 25, random);
    const met = await tally(
      'bit of the last three records',
      places.map((place) => ({
        image: 'killed',
        harm: (at) => flip(join(at, `${name}-wal`), place, Math.floor(random() * 8)),
      })),
    );
    expect(met.refused + met.doubted).toBeGreaterThan(0);
  });

  it('a changed bit anywhere', { timeout: patience }, async () => {
    const random = randomFrom(62);
    const places = await Promise.all(
      parts.map(async (part) => [part, await sizeOf('killed', part)] as const),
    );
    const met = await tally(
      'bit anywhere',
      Array.from({ length: long ? 1_000 : 25 }, () => {
        const image = random() < 0.5 ? 'killed' : 'closed';
        const [part, size] = image === 'closed' ? places[0]! : places[Math.floor(random() * 3)]!;
        const place = Math.floor(random() * size);
        return { image, harm: (at: string) => flip(join(at, part), place, Math.floor(random() * 8)) };
      }),
    );
    expect(met.refused + met.doubted).toBeGreaterThan(0);
  });

  it('an end that is cut off', { timeout: patience }, async () => {
    const random = randomFrom(63);
    const frame = page + 24;
    const log = await sizeOf('killed', `${name}-wal`);
    const whole = await sizeOf('closed', name);
    const harms = [
      ...placesIn(log - 3 * frame, log, long ? Number.POSITIVE_INFINITY : 12, random).map((length) => ({
        image: 'killed' as const,
        harm: (at: string) => truncate(join(at, `${name}-wal`), length),
      })),
      ...placesIn(0, whole, long ? 300 : 8, random).map((length) => ({
        image: 'closed' as const,
        harm: (at: string) => truncate(join(at, name), length),
      })),
    ];
    const met = await tally('cut', harms);
    expect(met['as it was']).toBeLessThanOrEqual(harms.length / 10);
  });

  it('pages in each other’s place', { timeout: patience }, async () => {
    const count = (await sizeOf('closed', name)) / page;
    const pairs = Array.from({ length: count }, (_, a) =>
      Array.from({ length: count - a - 1 }, (_unused, b) => [a, a + b + 1] as const),
    ).flat();
    const random = randomFrom(64);
    const chosen = long ? pairs : pairs.filter(() => random() < 12 / pairs.length);
    const met = await tally(
      'pages swapped',
      chosen.map(([a, b]) => ({
        image: 'closed',
        async harm(at) {
          const bytes = await readFile(join(at, name));
          const first = Buffer.from(bytes.subarray(a * page, (a + 1) * page));
          bytes.copyWithin(a * page, b * page, (b + 1) * page);
          first.copy(bytes, b * page);
          await writeFile(join(at, name), bytes);
        },
      })),
    );
    expect(met.refused).toBeGreaterThan(0);
  });

  // What never left may still be sent where the journal of it is gone: its bytes were never stored.
  it.each<[string, 'killed' | 'closed', readonly Part[]]>([
    ['the write-ahead log', 'killed', [`${name}-wal`]],
    ['the witness', 'closed', [`${name}.head`]],
    ['the log and the witness', 'killed', [`${name}-wal`, `${name}.head`]],
    ['the journal', 'closed', [name]],
    ['everything but the stored bytes', 'closed', [name, `${name}.head`]],
    ['everything but the stored bytes of a killed process', 'killed', parts],
  ])('without %s nothing that was sent is sent again', async (_, image, gone) => {
    const outcome = await suffer(image, async (at) => {
      for (const part of gone) await rm(join(at, part), { force: true });
    });
    expect(outcome).toBe(gone.includes(name) ? 'as it was' : 'doubted');
  });
});
