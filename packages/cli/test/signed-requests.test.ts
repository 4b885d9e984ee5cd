// N-45 and N-46 through the command: an account whose requests must be signed, a line that delivers twice, a clock that is off.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBhxh, startServer, surroundingsOf, writeClaims, type ServerProcess } from './bhxh-process.ts';

let folder: string;
let server: ServerProcess;

const control = async (method: string, path: string, body: unknown): Promise<number> => {
  const { adminKey = '' } = server.ready as { adminKey?: string };
  const answer = await fetch(`${server.url}/control/${path}`, {
    method,
    headers: { 'x-bhxh-admin-key': adminKey, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.status;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-signed-'));
  server = await startServer(folder);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'request.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const added = await control('POST', `accounts/${server.account.username}/keys`, {
    id: 'hospital-1',
    pem,
    required: true,
  });
  expect(added).toBe(200);
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An account of the configuration that names the key, beside it. */
const configure = (url: string): void =>
  writeFileSync(
    join(folder, 'bhxh.config.yaml'),
    `defaultAccount: hospital
accounts:
  hospital:
    environment: mock
    url: ${url}
    facility: '99001'
    username: ${server.account.username}
    requestKeyFile: request.pem
    requestKeyId: hospital-1
`,
  );

/** Delivers each document twice and gives back the second answer, as a device on the way might. */
function startTwice(): Promise<{ url: string; listener: Server }> {
  const listener = createProxy((incoming, outgoing) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of incoming) pieces.push(piece as Buffer);
      const headers = Object.entries(incoming.headers).filter(
        ([name]) => !['host', 'connection', 'content-length'].includes(name),
      ) as [string, string][];
      const send = (): Promise<Response> =>
        fetch(server.url + incoming.url, {
          method: incoming.method ?? 'GET',
          headers,
          ...(incoming.method === 'GET' ? {} : { body: Buffer.concat(pieces) }),
        });
      if (incoming.url?.includes('guiHoSo') === true) await (await send()).arrayBuffer();
      const answer = await send();
      outgoing.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' });
      outgoing.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  return new Promise((resolve) =>
    listener.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${(listener.address() as { port: number }).port}`, listener }),
    ),
  );
}

test('requests are signed with the key of the account; without it nothing is taken', async () => {
  const around = surroundingsOf(folder, server.url, server.account);
  writeClaims(join(folder, 'first'), 2);
  const without = await runBhxh(['submit', 'first', '--journal', join(folder, 'a.journal')], around);
  expect([without.status, without.stderr]).toEqual([4, expect.stringContaining('ERR_REQUEST_SIGNATURE')]);
  expect(server.held()).toEqual([]);

  configure(server.url);
  const sent = await runBhxh(['submit', 'first', '--journal', join(folder, 'b.journal')], around);
  expect(sent.status, sent.stderr).toBe(0);
  expect(server.held().length).toBe(2);
}, 120_000);

test('half of the setting is named, and an unfit key is a matter of keys', async () => {
  const around = surroundingsOf(folder, server.url, server.account);
  const half = { ...around, cwd: tmpdir(), env: { ...around.env, BHXH_REQUEST_KEY_ID: 'hospital-1' } };
  const missing = await runBhxh(['submit', join(folder, 'first')], half);
  expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('requestKeyFile')]);
  writeFileSync(join(folder, 'no-key.pem'), 'no key');
  const unfit = {
    ...half,
    env: { ...half.env, BHXH_REQUEST_KEY_FILE: join(folder, 'no-key.pem') },
  };
  const refused = await runBhxh(['submit', join(folder, 'first')], unfit);
  expect([refused.status, refused.stderr]).toEqual([8, expect.stringContaining('ERR_REQUEST_KEY')]);
}, 120_000);

test('N-45: a document delivered twice is unknown first and found by asking, and it is there once', async () => {
  const { url, listener } = await startTwice();
  try {
    configure(url);
    const before = server.held().length;
    writeClaims(join(folder, 'twice'), 1, 50);
    const journal = ['--journal', join(folder, 'twice.journal')];
    const around = surroundingsOf(folder, url, server.account);
    const sent = await runBhxh(['submit', 'twice', ...journal], around);
    expect([0, 7], sent.stderr).toContain(sent.status);
    const resumed = await runBhxh(['submit', '--resume', ...journal], around);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(server.held().length).toBe(before + 1);
  } finally {
    listener.close();
    listener.closeAllConnections();
  }
}, 120_000);

test('N-46: a clock that is off ends the run with the difference, and what is left stays planned', async () => {
  configure(server.url);
  const before = server.held().length;
  expect(await control('POST', 'clock/advance', { seconds: 300 })).toBe(200);
  writeClaims(join(folder, 'late'), 2, 90);
  const journal = ['--journal', join(folder, 'late.journal')];
  const around = surroundingsOf(folder, server.url, server.account);
  const ended = await runBhxh(['submit', 'late', ...journal], around);
  expect(ended.status, ended.stderr).toBe(4);
  const [, seconds] = /clock is (\d+) s behind/.exec(ended.stderr) ?? [];
  expect(Number(seconds)).toBeGreaterThanOrEqual(299);
  expect(Number(seconds)).toBeLessThan(400);
  expect(server.held().length).toBe(before);
}, 120_000);
