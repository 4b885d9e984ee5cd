// N-59: how `bhxh submit` ends when it is told to or when nobody reads on; Ctrl-C once and twice are in submit-options.test.ts.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../sdk/test/fault-proxy.ts';
import {
  bhxh,
  runBhxh,
  type ServerProcess,
  startBhxh,
  startServer,
  type Surroundings,
  surroundingsOf,
  until,
  writeClaims,
} from './bhxh-process.ts';

const files = 12;
let home: string;
let server: ServerProcess;
let proxy: FaultProxy;
let around: Surroundings;
let numbered = 1;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bhxh-ends-'));
  server = await startServer(home);
}, 180_000);
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(async () => {
  const folder = mkdtempSync(join(home, 'case-'));
  proxy = await startFaultProxy({ target: server.url, seed: 1, delay: 150 });
  around = surroundingsOf(folder, proxy.url, server.account);
  writeClaims(join(folder, 'in'), files, numbered);
  numbered += files;
});
afterEach(() => proxy.close());

async function theRestIsSentOnce(): Promise<void> {
  const verified = await runBhxh(['journal', 'verify'], around);
  expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  const resumed = await runBhxh(['submit', 'in', '--resume'], around);
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(proxy.passed).toHaveLength(files);
  expect(new Set(proxy.passed).size).toBe(files);
}

test('N-59: SIGTERM lets what is on its way finish and ends with 130', async () => {
  const submitting = startBhxh(['submit', 'in', '--concurrency', '2'], around);
  await until(() => proxy.uploads >= 3);
  submitting.process.kill('SIGTERM');
  const ended = await submitting.ended;
  expect(ended.status, ended.stderr).toBe(130);
  expect(proxy.passed).toHaveLength(proxy.uploads);
  await theRestIsSentOnce();
}, 180_000);

test('N-59: a reader that closes standard output ends the command without a word, and the journal is safe', async () => {
  const child = spawn(process.execPath, [bhxh, 'submit', 'in', '--concurrency', '2'], {
    cwd: around.cwd,
    env: around.env as NodeJS.ProcessEnv,
  });
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += piece));
  child.stdout.destroy();
  await new Promise((resolve) => child.once('close', resolve));
  expect(stderr).not.toMatch(/EPIPE|ERR_BUG|\n\s+at /);
  await theRestIsSentOnce();
}, 180_000);

test('N-59: a listing into a closed pipe ends silently', async () => {
  const listing = spawn(
    'sh',
    ['-c', `"$0" "$1" codes list MA_BENH --lang en | head -1`, process.execPath, bhxh],
    {
      cwd: around.cwd,
      env: around.env as NodeJS.ProcessEnv,
    },
  );
  let stderr = '';
  listing.stderr.on('data', (piece) => (stderr += piece));
  await new Promise((resolve) => listing.once('close', resolve));
  expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
}, 180_000);
