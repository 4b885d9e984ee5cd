import { createHash } from 'node:crypto';
import { Agent, createServer, request as open, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomFrom } from './fault-gateway.ts';

/** What can go wrong with an upload. The first two never reach the server; all others happen after it has answered. */
export const faultNames = [
  'unavailable',
  'resetBeforeCommit',
  'timeoutAfterCommit',
  'resetAfterCommit',
  'truncated',
  'garbage',
  'slowDrip',
  'reordered',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultProxyOptions {
  readonly target: string;
  readonly seed: number;
  /** Share of uploads by fault. */
  readonly faults?: Partial<Readonly<Record<FaultName, number>>>;
  /** A stored document is found by a status query only after a while, up to so many milliseconds. */
  readonly visibleAfter?: number;
  /** The server's offer of idempotency keys is kept from the client. */
  readonly withoutKeys?: boolean;
  /** Every upload is held this long before it is passed on. */
  readonly delay?: number;
  /** An answer that never comes: after so many milliseconds the connection is cut, as a firewall does. Never by default. */
  readonly silentFor?: number;
}

/**
 * How a line is broken: `refused` cuts connections, `silent` swallows requests, `one-way` lets requests through and
 * swallows answers.
 */
export type Partition = 'refused' | 'silent' | 'one-way';

/** Stands on a real socket between a client and a server and harms uploads by a seeded plan. */
export interface FaultProxy {
  readonly url: string;
  /** Uploads that arrived here, harmed or not. */
  readonly uploads: number;
  /** Requests for a token. */
  readonly logins: number;
  /**
   * SHA-256 of every document that the server took, in order; a second arrival shows unless it carries the idempotency
   * key of the first.
   */
  readonly passed: readonly string[];
  readonly injected: Readonly<Partial<Record<FaultName | 'partition', number>>>;
  /** The line is broken until it is healed with `false`; what it swallowed is cut then. `true` is `refused`. */
  partition(how: Partition | boolean): void;
  close(): Promise<void>;
}

const fileFields = ['fileHSBase64', 'fileBase64Str', 'fileHsBase64'];

function documentHash(form: Buffer): string | undefined {
  const fields = new URLSearchParams(form.toString('latin1'));
  const text = fileFields.map((name) => fields.get(name)).find((value) => value !== null);
  return text === undefined || text === null
    ? undefined
    : createHash('sha256').update(Buffer.from(text, 'base64')).digest('hex');
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  // Faults have a stream of their own: the n-th upload meets the same one whatever the timing of the others.
  const fate = randomFrom(options.seed);
  const random = randomFrom(options.seed ^ 0x7ea5e);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const injected: Partial<Record<FaultName | 'partition', number>> = {};
  const passed: string[] = [];
  const keys = new Map<string, string>();
  const visibleAt = new Map<string, number>();
  let uploads = 0;
  let logins = 0;
  let cut: Partition | undefined;
  const swallowed = new Set<IncomingMessage>();

  const count = (name: FaultName | 'partition'): void => void (injected[name] = (injected[name] ?? 0) + 1);
  const choose = (): FaultName | undefined => {
    let at = fate();
    for (const name of faultNames) {
      const share = options.faults?.[name] ?? 0;
      if (at < share) return name;
      at -= share;
    }
    return undefined;
  };

  const pass = (
    incoming: IncomingMessage,
    body: Buffer,
  ): Promise<{ answer: IncomingMessage; text: Buffer }> =>
    new Promise((resolve, reject) => {
      const outgoing = open(
        new URL(incoming.url ?? '/', options.target),
        { method: incoming.method ?? 'GET', headers: incoming.headers, agent },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.on('error', reject);
          answer.on('end', () => resolve({ answer, text: Buffer.concat(pieces) }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  const lose = (incoming: IncomingMessage): void => {
    count('partition');
    if (cut === 'refused') incoming.socket.resetAndDestroy();
    else swallowed.add(incoming);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    if (cut !== undefined && cut !== 'one-way') return lose(incoming);
    const document = incoming.method === 'POST' ? documentHash(body) : undefined;
    const isUpload = document !== undefined;
    const fault = isUpload ? choose() : undefined;
    if (isUpload) uploads++;
    else if (pathname.endsWith('/token/take')) logins++;
    if (fault !== undefined) count(fault);
    if (fault === 'unavailable') return void response.writeHead(503).end();
    if (fault === 'resetBeforeCommit') return void incoming.socket.resetAndDestroy();
    if (isUpload && options.delay !== undefined) await wait(options.delay);
    const { answer, text } = await pass(incoming, body);
    if (isUpload && /"maKetQua":\s*"?200"?/.test(text.toString('utf8'))) {
      const key = incoming.headers['idempotency-key'];
      if (typeof key !== 'string' || keys.get(key) !== document) passed.push(document);
      if (typeof key === 'string') keys.set(key, document);
      visibleAt.set(document, Date.now() + random() * (options.visibleAfter ?? 0));
    }
    if (cut !== undefined) return lose(incoming);
    const sha256 = searchParams.get('sha256');
    if (sha256 !== null && Date.now() < (visibleAt.get(sha256) ?? 0)) {
      const hidden = JSON.stringify({ claims: [], submissions: [], next: null });
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(hidden);
    }
    if (options.withoutKeys === true && pathname === '/.well-known/bhxh' && answer.statusCode === 200) {
      const offers = { ...(JSON.parse(text.toString('utf8')) as object), idempotencyKey: false };
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(offers));
    }
    const headers = { ...answer.headers, 'content-length': String(text.length) };
    delete (headers as Record<string, unknown>)['transfer-encoding'];
    delete (headers as Record<string, unknown>)['connection'];
    switch (fault) {
      case 'timeoutAfterCommit':
        if (options.silentFor !== undefined)
          setTimeout(() => incoming.socket.destroy(), options.silentFor).unref();
        return;
      case 'resetAfterCommit':
        return void incoming.socket.resetAndDestroy();
      case 'truncated':
        response.writeHead(answer.statusCode ?? 200, headers);
        response.write(text.subarray(0, Math.min(20, text.length >> 1)));
        setTimeout(() => incoming.socket.destroy(), 2);
        return;
      case 'garbage':
        return void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<html><body>login</body></html>');
      case 'slowDrip':
        response.writeHead(answer.statusCode ?? 200, headers);
        for (let at = 0; at < text.length; at += 16) {
          response.write(text.subarray(at, at + 16));
          await wait(1);
        }
        return void response.end();
      case 'reordered':
        await wait(random() * 80);
        break;
      default:
    }
    response.writeHead(answer.statusCode ?? 200, headers).end(text);
  };

  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('error', () => {});
    response.on('error', () => {});
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      handle(incoming, response, Buffer.concat(pieces)).catch(() => incoming.socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get uploads() {
      return uploads;
    },
    get logins() {
      return logins;
    },
    passed,
    injected,
    partition(how) {
      cut = how === true ? 'refused' : how === false ? undefined : how;
      if (cut === 'refused') server.closeAllConnections();
      if (cut !== undefined) return;
      for (const incoming of swallowed) incoming.socket.destroy();
      swallowed.clear();
    },
    close() {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
