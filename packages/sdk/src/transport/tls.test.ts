import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import forge from 'node-forge';
import { afterEach, describe, expect, it } from 'vitest';
import { createClient } from '../client.ts';
import type { ClientOptions } from './pipeline.ts';

const { key, cert } = selfSigned();
let closing: (() => Promise<unknown>)[] = [];
let requests = 0;

afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
  requests = 0;
});

function selfSigned(): { key: string; cert: string } {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date('2020-01-01');
  certificate.validity.notAfter = new Date('2099-01-01');
  certificate.setSubject([{ name: 'commonName', value: 'localhost' }]);
  certificate.setIssuer([{ name: 'commonName', value: 'localhost' }]);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { key: forge.pki.privateKeyToPem(keys.privateKey), cert: forge.pki.certificateToPem(certificate) };
}

async function listen(server: Server | ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function gateway(options: ServerOptions = {}): Promise<string> {
  const server = createServer({ key, cert, ...options }, (_request, response) => {
    requests++;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ maKetQua: 200, APIKey: { access_token: 'synthetic', id_token: 'synthetic' } }),
    );
  });
  return `https://localhost:${await listen(server)}`;
}

async function login(url: string, options: Partial<ClientOptions> = {}): Promise<unknown> {
  const client = createClient({
    environment: 'mock',
    url,
    facility: '99001',
    credentials: { username: '99001_BV', password: 'synthetic-password' },
    now: () => new Date(),
    sleep: async () => {},
    timeLimits: { connect: 2_000, answer: 4_000 },
    ...options,
  });
  closing.push(() => client.close());
  return client.login().then(
    () => 'logged in',
    (error: unknown) => error,
  );
}

describe('a secure connection', () => {
  it('needs a certificate that is trusted, and is not tried again without', async () => {
    const url = await gateway();
    expect(await login(url)).toMatchObject({
      code: 'ERR_CERTIFICATE_REFUSED',
      category: 'network',
      retry: 'never',
    });
    expect(requests).toBe(0);
    expect(await login(url, { ca: cert })).toBe('logged in');
  });

  it('needs the right name in the certificate', async () => {
    const url = (await gateway()).replace('localhost', '127.0.0.1');
    expect(await login(url, { ca: cert })).toMatchObject({ code: 'ERR_CERTIFICATE_REFUSED' });
  });

  it('needs TLS 1.2', async () => {
    const url = await gateway({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    expect(await login(url, { ca: cert })).toMatchObject({ code: 'ERR_TLS_REFUSED', retry: 'never' });
    expect(requests).toBe(0);
  });

  it('is not asked of a name that does not exist', async () => {
    expect(await login('https://gateway.invalid')).toMatchObject({
      code: 'ERR_UNREACHABLE',
      category: 'network',
      retry: 'safe',
    });
  });
});

describe('a proxy', () => {
  async function proxy(answer: number): Promise<string> {
    const server = createHttpServer();
    server.on('connect', (request, socket: Socket) => {
      const [, port] = (request.url ?? '').split(':');
      if (answer !== 200) return void socket.end(`HTTP/1.1 ${answer} Proxy\r\ncontent-length: 0\r\n\r\n`);
      const through = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      socket.on('error', () => through.destroy());
      through.on('error', () => socket.destroy());
      socket.on('close', () => through.destroy());
    });
    return `http://127.0.0.1:${await listen(server)}`;
  }

  it('is not used for this machine itself', async () => {
    expect(await login(await gateway(), { ca: cert, proxy: 'http://127.0.0.1:9' })).toBe('logged in');
  });

  it('that asks for a password is a matter of configuration', async () => {
    expect(await login('https://gateway.example', { proxy: await proxy(407) })).toMatchObject({
      code: 'ERR_PROXY_AUTH',
      category: 'usage',
    });
  });

  it('carries a connection whose certificate is checked all the same', async () => {
    const url = (await gateway()).replace('localhost', 'gateway.example');
    expect(await login(url, { proxy: await proxy(200) })).toMatchObject({ code: 'ERR_CERTIFICATE_REFUSED' });
    expect(requests).toBe(0);
  });
});
