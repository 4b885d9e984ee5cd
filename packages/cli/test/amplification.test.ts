// T-10: how often `bhxh submit` knocks at a server that is down or says no. At 8 % faults in killed.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HostileServer, raw, startHostileServer, uploadPath } from '../../sdk/test/hostile-server.ts';
import { type Ended, runBhxh, surroundingsOf, writeClaims } from './bhxh-process.ts';

const files = 40;
let folder: string;
let server: HostileServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-amplification-'));
  server = await startHostileServer();
  writeClaims(join(folder, 'in'), files);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const submit = (): Promise<Ended> =>
  runBhxh(
    ['submit', 'in', '--format', 'json', '--concurrency', '8'],
    surroundingsOf(folder, server.url, { username: '99001_BV', password: 'synthetic-password' }),
  );
const uploads = (): number => server.seen.filter(({ path }) => path === uploadPath).length;

test('T-10: a server that is down is left alone: at most 1.5 requests a file, exit 5, all planned', async () => {
  server.script(uploadPath, raw('', 503));
  const ended = await submit();
  expect(ended.status, ended.stderr).toBe(5);
  expect(uploads()).toBeLessThanOrEqual(files * 1.5);
  const { counts } = JSON.parse(ended.stdout) as { counts: Record<string, number> };
  expect(counts).toEqual({ planned: files });
}, 180_000);

test.each([400, 404, 409, 410, 413, 415, 422])(
  'T-10: a refusal by %i is not repeated',
  async (status) => {
    server.script(uploadPath, raw('', status));
    const ended = await submit();
    expect(ended.status, ended.stderr).not.toBe(0);
    const sent = server.seen.filter(({ path }) => path === uploadPath).map(({ text }) => text);
    expect(sent.length).toBeGreaterThan(0);
    expect(new Set(sent).size).toBe(sent.length);
  },
  180_000,
);
