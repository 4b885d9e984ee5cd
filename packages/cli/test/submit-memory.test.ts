// T-06: the memory of `bhxh submit` does not depend on how many documents it sends; measured by the system, on Linux.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bhxh, surroundingsOf, writeClaims } from './bhxh-process.ts';

const long = process.env['BHXH_TEST_LONG'] === '1';
/** T-06 compares with ten thousand: a run of a thousand ends before its memory has settled. */
const few = long ? 10_000 : 4_000;
/** A collector that is left alone needs 180 MB and more for the short form. */
const most = long ? 200 : 140;

let folder: string;
let gateway: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-memory-'));
  const token = { maKetQua: '200', APIKey: { access_token: 'a', id_token: 'i', expires_in: 'soon' } };
  let taken = 0;
  gateway = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const receipt = {
        maKetQua: '200',
        maGiaoDich: `GD${++taken}`,
        thoiGianTiepNhan: '20261122080000',
        thongDiep: '',
      };
      const answer = request.url === '/api/token/take' ? token : receipt;
      response.writeHead(request.method === 'POST' ? 200 : 404).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(() => {
  gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Megabytes, at their highest. */
function peakOf({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function peakOfSubmitting(count: number): Promise<number> {
  const input = join(folder, `in-${count}`);
  writeClaims(input, count);
  const { cwd, env } = surroundingsOf(folder, url, { username: '99001_BV', password: 'synthetic' });
  const words = ['submit', input, '--journal', join(folder, `${count}.journal`), '--quiet'];
  const child = spawn(process.execPath, [bhxh, ...words], {
    cwd,
    env: env as NodeJS.ProcessEnv,
    stdio: 'ignore',
  });
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, peakOf(child))), 20);
  const status = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  expect(status).toBe(0);
  return peak;
}

test(
  'a submission stays within its memory, whatever it sends',
  { timeout: long ? 3_600_000 : 300_000 },
  async () => {
    if (process.platform !== 'linux') return;
    const peak = await peakOfSubmitting(few);
    expect(peak).toBeGreaterThan(50);
    expect(peak).toBeLessThanOrEqual(most);
    if (!long) return;
    const tenfold = await peakOfSubmitting(10 * few);
    expect(tenfold).toBeLessThanOrEqual(most);
    expect(tenfold / peak).toBeLessThanOrEqual(1.1);
    process.stdout.write(`T-06 memory: ${peak.toFixed(0)} MB, ${tenfold.toFixed(0)} MB tenfold\n`);
  },
);
