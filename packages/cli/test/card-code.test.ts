// A scanned code looks a card up at a reference server over a socket.
import { createServer, createVirtualClock, type BhxhServer } from '@bhxh/mock-server';
import { startNodeServer, type NodeHost } from '@bhxh/mock-server/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandContext } from '../src/command-context.ts';
import { run } from '../src/commands/card-check.ts';
import { en } from '../src/messages/en.ts';

let server: BhxhServer;
let host: NodeHost;

beforeAll(async () => {
  server = await createServer({
    demo: true,
    clock: createVirtualClock(undefined, { frozenAt: new Date('2026-11-20T03:00:00Z') }),
  });
  host = await startNodeServer(server, {});
}, 60_000);
afterAll(() => host.close());

const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');
const name = 'Nguyễn Thị Thử Nghiệm';
const cardCode = `DN4999900000000|${hex(name)}|15/01/1990|2|-|99 - 001|01/01/2025|-|-|-|-|-|-|x|$`;
const citizenCode = `099000000000||${name}|15011990|Nữ||`;

async function check(qr: string, stdin = ''): Promise<{ code: number; said: Record<string, unknown> }> {
  let said = '';
  const code = await run({
    arguments: [],
    options: { qr, officer: 'Trần Văn Thí Điểm', officerId: '099080000001', facility: '99001' },
    configuration: { accounts: [] },
    now: () => new Date('2026-11-20T03:00:00Z'),
    environment: {
      BHXH_URL: host.url,
      BHXH_USERNAME: '99001_BV',
      BHXH_PASSWORD: server.accounts.find(({ facility }) => facility === '99001')?.password ?? '',
    },
    stdin: (async function* () {
      yield Buffer.from(stdin);
    })(),
    format: 'json',
    language: 'en',
    messages: en,
    streams: { write: (text: string) => void (said += text), note: () => undefined },
    signal: new AbortController().signal,
  } as unknown as CommandContext);
  return { code, said: JSON.parse(said) as Record<string, unknown> };
}

test('the code of a health card and of a citizen id find the same person, and the answer stays masked', async () => {
  for (const code of [cardCode, citizenCode]) {
    const { code: exit, said } = await check(code);
    expect({ exit, code: said['code'] }).toEqual({ exit: 0, code: '000' });
    expect(JSON.stringify(said)).not.toContain(name);
  }
});

test('a dash reads the code from standard input, where no shell keeps it', async () => {
  expect((await check('-', `${cardCode}\r\nnot read`)).said['code']).toBe('000');
});

test('a code that is none is told by its parts, and not quoted', async () => {
  const failure = await check(cardCode.replace(hex(name), 'c3')).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'ERR_QR_UNREADABLE' });
  expect(JSON.stringify(failure) + String(failure)).toContain('fullName');
  expect(JSON.stringify(failure) + String(failure)).not.toContain('DN4999900000000');
});
