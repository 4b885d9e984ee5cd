import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../src/submission/index.ts';
import {
  type FaultGateway,
  type FaultGatewayOptions,
  randomFrom,
  smallClaim,
  startFaultGateway,
} from './fault-gateway.ts';

const child = fileURLToPath(new URL('./submitting-child.ts', import.meta.url));
/** 200 kills without a failure bound its rate below 1.5 % (3/n); the short form keeps the mechanism tested. */
const long = process.env['BHXH_TEST_LONG'] === '1';
const scale = long
  ? { files: 10_000, kills: 200, limit: 7_200_000 }
  : { files: 400, kills: 6, limit: 120_000 };
const faults = {
  unavailable: 0.05,
  timeoutAfterCommit: 0.01,
  resetAfterCommit: 0.005,
  resetBeforeCommit: 0.005,
  truncatedAfterCommit: 0.01,
};

let folder: string;
let gateway: FaultGateway;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-crash-'));
});
afterEach(async () => {
  await gateway?.close();
  await rm(folder, { recursive: true, force: true });
});

async function writeClaims(count: number): Promise<Set<string>> {
  const hashes = new Set<string>();
  await mkdir(join(folder, 'claims'));
  for (let number = 1; number <= count; number++) {
    const bytes = smallClaim(number, 2000);
    hashes.add(createHash('sha256').update(bytes).digest('hex'));
    await writeFile(join(folder, 'claims', `${String(number).padStart(6, '0')}.xml`), bytes);
  }
  return hashes;
}

interface Outcome {
  readonly reason: string;
  readonly code: string;
  readonly counts: Record<string, number>;
}

/** Runs the child; kills it with -9 after a while of sending, or lets it end. */
async function submit(url: string, killAfter?: number): Promise<{ outcome?: Outcome; shown: number }> {
  const submitting: ChildProcess = spawn(
    process.execPath,
    [
      '--conditions=@bhxh/source',
      '--import',
      'tsx',
      child,
      url,
      join(folder, 'claims'),
      join(folder, 'night.journal'),
      join(folder, 'key'),
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  let text = '';
  let errors = '';
  submitting.stdout!.on('data', (piece) => (text += piece));
  submitting.stderr!.on('data', (piece) => (errors += piece));
  if (killAfter !== undefined) {
    submitting.once('message', () => setTimeout(() => submitting.kill('SIGKILL'), killAfter));
  }
  const code = await new Promise<number | null>((resolve) => submitting.once('close', resolve));
  const last = text.trim().split('\n').at(-1) ?? '';
  const shown = text.split('\n').filter((line) => line.startsWith('shown ')).length;
  if (last.startsWith('{')) return { outcome: JSON.parse(last) as Outcome, shown };
  if (code !== null) throw new Error(`the child ended with ${code}: ${errors.slice(0, 2000)}`);
  return { shown };
}

async function killRepeatedly(count: number, kills: number, options: Omit<FaultGatewayOptions, 'faults'>) {
  const input = await writeClaims(count);
  gateway = await startFaultGateway({ ...options, faults });
  const random = randomFrom(options.seed ^ 0x5eed);
  let shown = 0;
  let killed = 0;
  for (; killed < kills; killed++) {
    const run = await submit(gateway.url, Math.floor(random() * 400));
    shown += run.shown;
    if (run.outcome) break;
  }
  const last = await submit(gateway.url);
  return { input, killed, shown: shown + last.shown, outcome: last.outcome! };
}

describe('a submission killed with -9 again and again', () => {
  it(
    'loses nothing and doubles nothing at a server that can be asked',
    { timeout: scale.limit },
    async () => {
      const seed = 20261121;
      const { input, killed, outcome } = await killRepeatedly(scale.files, scale.kills, {
        seed,
        idempotencyKey: false,
        statusQuery: true,
        visibleAfter: 100,
        answerAfter: 10,
      });
      expect(killed).toBeGreaterThan(2);
      expect(Object.keys(gateway.injected).length).toBeGreaterThanOrEqual(4);
      expect(gateway.posts).toBeLessThanOrEqual(input.size * 1.12 + killed * 8);
      expect(new Set(gateway.stored)).toEqual(input);
      expect(gateway.stored).toHaveLength(input.size);
      expect(outcome).toMatchObject({ reason: 'done' });
      expect((outcome.counts['accepted'] ?? 0) + (outcome.counts['confirmed'] ?? 0)).toBe(input.size);
    },
  );

  it(
    'sends nothing twice where nothing can be asked, and names what a person must look at',
    { timeout: 120_000 },
    async () => {
      const { input, outcome } = await killRepeatedly(200, 3, {
        seed: 7,
        idempotencyKey: false,
        statusQuery: false,
        answerAfter: 10,
      });
      const { counts } = outcome;
      expect(new Set(gateway.stored).size).toBe(gateway.stored.length);
      expect(counts['planned']).toBe(0);
      expect((counts['accepted'] ?? 0) + (counts['unknown'] ?? 0)).toBe(input.size);
      const journal = await openJournal({
        path: join(folder, 'night.journal'),
        keyFile: join(folder, 'key'),
        now: () => new Date(),
        readOnly: true,
      });
      const open = new Set<string>();
      for await (const item of journal.items({ states: ['unknown'] })) open.add(item.sha256);
      const missing = [...input].filter((sha256) => !gateway.stored.includes(sha256));
      expect(missing.filter((sha256) => !open.has(sha256))).toEqual([]);
      await journal.close();
    },
  );
});
