// The commands that steer a running reference server, against one over a socket.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, createVirtualClock, type BhxhServer } from '@bhxh/mock-server';
import { startNodeServer, type NodeHost } from '@bhxh/mock-server/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandContext, CommandRun } from '../src/command-context.ts';
import { run as closeMonth } from '../src/commands/mock-close-month.ts';
import { run as clock } from '../src/commands/mock-clock.ts';
import { run as reset } from '../src/commands/mock-reset.ts';
import { run as scenarios } from '../src/commands/mock-scenarios.ts';
import { en } from '../src/messages/en.ts';

let folder: string;
let readyFile: string;
let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-control-'));
  readyFile = join(folder, 'ready.json');
  server = await createServer({
    demo: true,
    clock: createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T13:00:00Z') }),
  });
  host = await startNodeServer(server, { readyFile });
}, 60_000);
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

async function say(command: CommandRun, words: readonly string[] = [], ready = readyFile): Promise<string> {
  let said = '';
  const code = await command({
    arguments: words,
    options: { readyFile: ready },
    format: 'text',
    language: 'en',
    messages: en,
    streams: { write: (text: string) => void (said += text), note: () => undefined },
    signal: new AbortController().signal,
    elapsed: () => performance.now(),
  } as unknown as CommandContext);
  expect(code).toBe(0);
  return said;
}

test('the clock is shown, moved by a duration or to a moment, stopped and let go', async () => {
  expect(await say(clock)).toBe('2026-11-20T13:00:00.000Z (frozen)\n');
  expect(await say(clock, ['advance', '10m'])).toBe('2026-11-20T13:10:00.000Z (frozen)\n');
  expect(await say(clock, ['advance', '2d'])).toBe('2026-11-22T13:10:00.000Z (frozen)\n');
  expect(await say(clock, ['advance', '2026-12-01T00:00+07:00'])).toBe('2026-11-30T17:00:00.000Z (frozen)\n');
  expect(await say(clock, ['freeze', '2026-12-01T00:00Z'])).toBe('2026-12-01T00:00:00.000Z (frozen)\n');
  expect(await say(clock, ['resume'])).toMatch(/^2026-12-01T00:00:\d\d\.\d{3}Z\n$/);
  await expect(say(clock, ['advance', '2026-11-01T00:00Z'])).rejects.toMatchObject({
    code: 'ERR_SERVER_REFUSED',
    message: expect.stringContaining('CLOCK_BACKWARD') as unknown,
  });
});

test('a move that is none is refused before the server is asked', async () => {
  for (const words of [
    ['jump'],
    ['advance'],
    ['advance', 'soon'],
    ['advance', '2026-12-01T00:00'],
    ['resume', '1h'],
  ]) {
    await expect(say(clock, words, '/nowhere')).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
  }
});

test('scenarios are listed, the standing one marked, and another can be made to stand', async () => {
  expect(await say(scenarios)).toMatch(/^\* success /m);
  const after = await say(scenarios, ['locked']);
  expect(after).toMatch(/^\* locked /m);
  expect(after).toMatch(/^ {2}success /m);
  await expect(say(scenarios, ['nonsense'])).rejects.toMatchObject({
    message: expect.stringContaining('SCENARIO_UNKNOWN') as unknown,
  });
});

test('a reset leaves a demo as it began, and its standing scenario is the ordinary one again', async () => {
  expect(await say(reset)).toBe('The server holds its demo data and nothing else.\n');
  expect(await say(scenarios)).toMatch(/^\* success /m);
});

test('a ready file that is missing, damaged or of a server that is gone is told apart', async () => {
  const without = { arguments: [], options: {} } as unknown as CommandContext;
  await expect(reset(without)).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
  await expect(say(reset, [], join(folder, 'none.json'))).rejects.toMatchObject({
    code: 'ERR_INPUT_UNREADABLE',
  });
  const other = join(folder, 'other.json');
  writeFileSync(other, '{"url":"http://127.0.0.1:9"}');
  await expect(say(reset, [], other)).rejects.toMatchObject({ code: 'ERR_INPUT_UNREADABLE' });
  writeFileSync(other, '{"url":"http://127.0.0.1:9","adminKey":"k"}');
  await expect(say(reset, [], other)).rejects.toMatchObject({
    code: 'ERR_SERVER_UNREACHABLE',
    category: 'network',
  });
});

test('a month is closed and followed to its end, and one that has not ended is refused', async () => {
  const done = /^2026-09 {2}\d+ units {2}0 workers {2}Due 0 {2}Interest 0\n[0-9a-f]{64}\n$/;
  const first = await say(closeMonth, ['2026-09']);
  expect(first).toMatch(done);
  expect(await say(closeMonth, ['2026-09'])).toBe(first);
  await expect(say(closeMonth, ['2029-09'])).rejects.toMatchObject({
    message: expect.stringContaining('MONTH_NOT_ENDED') as unknown,
  });
  await expect(say(closeMonth, ['September'])).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
});
