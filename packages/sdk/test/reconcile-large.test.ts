import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'bhxh-reconcile-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fixture = fileURLToPath(new URL('reconcile-large-child.ts', import.meta.url));
const isLong = process.env['BHXH_TEST_LONG'] === '1';

interface Taken {
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly bank: number;
  readonly book: number;
  readonly matched: Readonly<Record<string, number>>;
  readonly classes: Readonly<Record<string, number>>;
  readonly proven: boolean;
}

function start(
  count: number,
  work: string,
): { readonly child: ChildProcess; readonly text: Promise<string> } {
  const child = spawn(
    process.execPath,
    ['--conditions=@bhxh/source', '--import', 'tsx', fixture, String(count), work],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const text = new Promise<string>((resolve, reject) => {
    let all = '';
    child.stdout?.on('data', (chunk) => (all += String(chunk)));
    child.on('error', reject);
    child.on('close', () => resolve(all));
  });
  return { child, text };
}

async function run(count: number, work: string): Promise<Taken> {
  return JSON.parse(await start(count, work).text) as Taken;
}

test(
  `${isLong ? '10,000,000' : '40,000'} lines on each side are compared in bounded memory, every mismatch found and the sums proven`,
  async () => {
    const count = isLong ? 10_000_000 : 40_000;
    const taken = await run(count, join(folder, 'whole'));
    const each = count / 500;
    expect(taken.classes).toEqual({
      AMOUNT_DIFFERS: each,
      DUPLICATE_IN_BOOK: each,
      LATE_POSTING: each,
      MISSING_AT_BANK: each,
      MISSING_IN_BOOK: each,
    });
    expect(taken.proven).toBe(true);
    expect([taken.bank, taken.book]).toEqual([count - each, count]);
    expect(taken.peakMegabytes).toBeLessThan(1500);
    if (isLong) console.info(JSON.stringify(taken));
  },
  isLong ? 7_200_000 : 120_000,
);

test('a run that is killed goes on where it stopped, with the same result', async () => {
  const work = join(folder, 'killed');
  const { child, text } = start(20_000, work);
  await expect
    .poll(() => existsSync(join(work, 'result-0004.json')), { timeout: 100_000, interval: 5 })
    .toBe(true);
  child.kill('SIGKILL');
  await text;
  const { seconds: _seconds, peakMegabytes: _peak, ...resumed } = await run(20_000, work);
  const whole = join(folder, 'again');
  const { seconds: _other, peakMegabytes: _others, ...expected } = await run(20_000, whole);
  expect(resumed).toEqual(expected);
}, 180_000);
