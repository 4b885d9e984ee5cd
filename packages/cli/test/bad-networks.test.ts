// N-49 to N-52: what a gateway, a line or a proxy may do to `bhxh submit`, each by its number in the reliability plan.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answer,
  type HostileServer,
  raw,
  received,
  startHostileServer,
  tokenPath,
  uploadPath,
} from '../../sdk/test/hostile-server.ts';
import { type Ended, runBhxh, type Surroundings, surroundingsOf, writeClaims } from './bhxh-process.ts';

const account = { username: '99001_BV', password: 'synthetic-password' };
let folder: string;
let closing: (() => Promise<unknown>)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-network-'));
  closing = [];
  writeClaims(join(folder, 'in'), 1);
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function hostile(): Promise<HostileServer> {
  const server = await startHostileServer();
  closing.push(() => server.close());
  return server;
}

function around(url: string, more: Record<string, string> = {}): Surroundings {
  const { cwd, env } = surroundingsOf(folder, url, account);
  return { cwd, env: { ...env, ...more } };
}

const submit = (url: string, more?: Record<string, string>): Promise<Ended> =>
  runBhxh(['submit', 'in', '--format', 'json'], around(url, more));

function stateOf({ stdout, stderr }: Ended): string | undefined {
  const { items } = JSON.parse(stdout) as { items: { state: string }[] };
  expect(items, stderr).toHaveLength(1);
  return items[0]?.state;
}

const uploadsTo = ({ seen }: HostileServer): number => seen.filter(({ path }) => path === uploadPath).length;
const busy = (retryAfter: string): Answer => raw('', 503, { 'retry-after': retryAfter });

describe('N-49: 503 with a Retry-After', () => {
  test('of a day is not waited for: exit 5 and the document stays planned', async () => {
    const server = await hostile();
    server.script(uploadPath, busy('86400'));
    const ended = await submit(server.url);
    expect(ended.status, ended.stderr).toBe(5);
    expect(stateOf(ended)).toBe('planned');
    expect(ended.stderr).toContain('503');
    expect(uploadsTo(server)).toBe(1);
  });

  test.each(['-1', 'Sat, 01 Jan 2000 00:00:00 GMT', '0'])('of %s means at once', async (retryAfter) => {
    const server = await hostile();
    server.script(uploadPath, busy(retryAfter), received);
    const ended = await submit(server.url);
    expect(ended.status, ended.stderr).toBe(0);
    expect(stateOf(ended)).toBe('accepted');
    expect(uploadsTo(server)).toBe(2);
  });
});

describe('N-50: a redirection to another host', () => {
  test.each([301, 302, 307, 308])(
    'by %i of an upload is refused, and no credentials go there',
    async (status) => {
      const other = await hostile();
      const server = await hostile();
      server.script(uploadPath, raw('', status, { location: `${other.url}${uploadPath}` }));
      const ended = await submit(server.url);
      expect(ended.status, ended.stderr).toBe(5);
      expect(stateOf(ended)).not.toBe('accepted');
      expect(ended.stderr).toContain('ERR_REDIRECT_REFUSED');
      expect(other.seen).toEqual([]);
    },
  );

  test('of the login is refused, and the password does not go there', async () => {
    const other = await hostile();
    const server = await hostile();
    server.script(tokenPath, raw('', 307, { location: `${other.url}${tokenPath}` }));
    const ended = await submit(server.url);
    expect(ended.status, ended.stderr).toBe(5);
    expect(other.seen).toEqual([]);
    expect(uploadsTo(server)).toBe(0);
  });
});

/** A key and a certificate of its own, made by the mock server's own tool chain. */
function selfSigned(): { key: string; cert: string } {
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const made = spawnSync('openssl', [
    ...words,
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  expect(made.status, String(made.stderr)).toBe(0);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

async function listen(server: NetServer | Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function tlsGateway(options: ServerOptions = {}): Promise<{ url: string; connections: () => number }> {
  let connections = 0;
  const server = createTlsServer({ ...selfSigned(), ...options }, (_request, response) => response.end('{}'));
  server.on('connection', () => connections++);
  server.on('tlsClientError', () => {});
  return { url: `https://localhost:${await listen(server)}`, connections: () => connections };
}

describe('N-51: a server that cannot be reached or trusted', () => {
  test('a name that nobody knows: exit 5 with the cause', async () => {
    const ended = await submit('https://gateway.invalid');
    expect(ended.status, ended.stderr).toBe(5);
    expect(ended.stderr).toMatch(/ERR_UNREACHABLE.*(ENOTFOUND|EAI_AGAIN)/);
  });

  test('a certificate of its own: no second attempt, and nothing is sent', async () => {
    const { url, connections } = await tlsGateway();
    const ended = await submit(url);
    expect(ended.status, ended.stderr).toBe(5);
    expect(ended.stderr).toContain('ERR_CERTIFICATE_REFUSED');
    expect(stateOf(ended)).toBe('planned');
    expect(connections()).toBe(1);
  });

  test('TLS 1.0 only: no second attempt, and nothing is sent', async () => {
    const { url, connections } = await tlsGateway({
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const ended = await submit(url);
    expect(ended.status, ended.stderr).toBe(5);
    expect(ended.stderr).toContain('ERR_TLS_REFUSED');
    expect(stateOf(ended)).toBe('planned');
    expect(connections()).toBe(1);
  });
});

describe('N-52: a proxy that wants a login', () => {
  test('407 is wrong configuration: exit 2 with a hint, and nothing is sent', async () => {
    let asked = 0;
    const proxy = createPlainServer();
    proxy.on('connect', (_request, socket) => {
      asked++;
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n');
    });
    const port = await listen(proxy);
    const ended = await submit('https://gateway.invalid', { HTTPS_PROXY: `http://127.0.0.1:${port}` });
    expect(ended.stderr).toContain('ERR_PROXY_AUTH');
    expect(ended.stderr).toMatch(/Next: .*proxy/i);
    expect(ended.status, ended.stderr).toBe(2);
    expect(asked).toBeGreaterThan(0);
    expect(stateOf(ended)).toBe('planned');
  });
});
