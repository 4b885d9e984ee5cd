import { createHash } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { TLSSocket } from 'node:tls';
import { BhxhError } from '@bhxh/sdk/errors';
import { createAdaptorServer } from '@hono/node-server';
import { en } from '../messages/en.ts';
import { vi } from '../messages/vi.ts';
import type { BhxhServer } from '../server.ts';
import { socketsWithinLimit } from './open-files.ts';

export interface NodeHostOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** Written when the server listens: address, accounts, keys. It holds passwords and is readable by its owner only. */
  readonly readyFile?: string;
  /** HTTPS of TLS 1.2 and later; plain HTTP when left out. */
  readonly tls?: TlsOptions;
  readonly timeLimits?: TimeLimits;
  /** Sockets open at once; more are closed as they come. As many as the process may open files, less those it needs itself, if left out. */
  readonly mostConnections?: number;
}

/** Seconds after which a slow sender is answered with 408 and cut off. */
export interface TimeLimits {
  /** For the header of a call, counted from its first byte or from the connection: 10 if left out. */
  readonly header?: number;
  /** For the whole of a call: 60 if left out. */
  readonly body?: number;
}

export interface TlsOptions {
  /** PEM of the server's key and of its certificate with those it was issued by. */
  readonly key: string;
  readonly certificate: string;
  /** PEM of the authorities whose client certificates count. With them a client may come with one; who must, his account says. */
  readonly clientAuthorities?: string;
}

export interface NodeHost {
  readonly url: string;
  readonly port: number;
  /** Stops taking connections, lets running requests finish (10 s at most), then closes the server. */
  close(): Promise<void>;
}

const HEADER_SECONDS = 10;
const BODY_SECONDS = 60;
/** How late a limit may be noticed, in milliseconds; looking through thousands of sockets takes less than one. */
const LOOKED_AT = 1_000;
const DRAIN = 10_000;

export async function startNodeServer(server: BhxhServer, options: NodeHostOptions = {}): Promise<NodeHost> {
  const host = options.host ?? '127.0.0.1';
  const { tls, timeLimits = {}, mostConnections = socketsWithinLimit() } = options;
  const times = {
    headersTimeout: (timeLimits.header ?? HEADER_SECONDS) * 1_000,
    requestTimeout: (timeLimits.body ?? BODY_SECONDS) * 1_000,
    connectionsCheckingInterval: LOOKED_AT,
    keepAliveTimeout: 5_000,
  };
  const listener = createAdaptorServer({
    fetch: (request, bindings) => {
      const own = bindings as { incoming: IncomingMessage; outgoing: ServerResponse };
      return server.fetch(request, { ...own, ...clientCertificateOf(own.incoming) });
    },
    overrideGlobalObjects: false,
    ...(tls === undefined
      ? { serverOptions: times }
      : { createServer: createSecureServer, serverOptions: { ...times, ...secureOptions(tls) } }),
  }) as Server;
  if (mostConnections !== undefined) listener.maxConnections = mostConnections;
  listener.on('connection', () => server.connected());
  await new Promise<void>((resolve, reject) => {
    listener.once('error', (cause: NodeJS.ErrnoException) =>
      reject(cannotListen(host, options.port ?? 0, cause)),
    );
    listener.listen(options.port ?? 0, host, () => {
      listener.removeAllListeners('error');
      resolve();
    });
  });
  const { port } = listener.address() as AddressInfo;
  const url = `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (options.readyFile !== undefined) await writeReadyFile(server, url, options.readyFile);
  let closing: Promise<void> | undefined;
  return {
    url,
    port,
    close() {
      closing ??= closeHost(listener, server);
      return closing;
    },
  };
}

function secureOptions({ key, certificate, clientAuthorities }: TlsOptions): Record<string, unknown> {
  return {
    key,
    cert: certificate,
    minVersion: 'TLSv1.2',
    ...(clientAuthorities === undefined
      ? {}
      : // A certificate nobody vouches for is no certificate; the call goes on without one.
        { ca: clientAuthorities, requestCert: true, rejectUnauthorized: false }),
  };
}

function clientCertificateOf({ socket }: IncomingMessage): { thumbprint?: string } {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return {};
  const { raw } = socket.getPeerX509Certificate() ?? {};
  return raw === undefined ? {} : { thumbprint: createHash('sha256').update(raw).digest('hex') };
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): BhxhError {
  return new BhxhError({
    code: 'ERR_CANNOT_LISTEN',
    category: 'usage',
    retry: 'after-check',
    message: {
      vi: vi.cannotListen(`${host}:${port}`, cause.code ?? cause.name),
      en: en.cannotListen(`${host}:${port}`, cause.code ?? cause.name),
    },
    hint: { vi: vi.listenHint, en: en.listenHint },
    cause,
  });
}

async function closeHost(listener: Server, server: BhxhServer): Promise<void> {
  server.leave();
  const drained = new Promise<void>((resolve) => listener.close(() => resolve()));
  listener.closeIdleConnections();
  const cut = setTimeout(() => listener.closeAllConnections(), DRAIN);
  await drained;
  clearTimeout(cut);
  await server.close();
}

async function writeReadyFile(server: BhxhServer, url: string, path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const { writeDemoKeys } = await import('../seed/demo-keys.ts');
  const { keys, unitKeys, trust, remotes, remoteConfiguration } = await writeDemoKeys(server, folder, url);
  const ready = {
    url,
    accounts: server.accounts,
    keys,
    unitKeys,
    trust,
    remotes,
    ...(remoteConfiguration === undefined ? {} : { remoteConfiguration }),
    ...(server.adminKey === undefined
      ? {}
      : { adminKey: server.adminKey, inspector: `${url}/inspector/#key=${server.adminKey}` }),
  };
  // Renamed into place, so that whoever waits for the file never reads half of it.
  const partial = `${path}.partial`;
  await writeFile(partial, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  await chmod(partial, 0o600);
  await rename(partial, path);
}
