import { createServer as createListener, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openContract } from '../contract/contract.ts';
import type { BhxhServer } from '../server.ts';
import type { CallKind, ClientCase, ClientSuite, PlannedFault } from './client-suite.ts';
import { recordAnswer, recordCall, type Recorded } from './record.ts';

/** A listening server that writes down what a client does, and fails it where the case says so. */
export interface Listening {
  readonly url: string;
  readonly calls: readonly Recorded[];
  /** Requests at the host that redirects lead to. */
  strayed(): number;
  close(): Promise<void>;
}

/** Scenarios after which the client does not know what became of its request. */
const LOSING = new Set([
  'timeout-after-commit',
  'html-page',
  'empty-answer',
  'garbage-answer',
  'truncated-answer',
]);
const LARGEST_BODY = 128 * 1024 * 1024;

export async function listen(
  server: BhxhServer,
  suite: ClientSuite,
  one: ClientCase,
  passwords: readonly string[],
  port: number,
): Promise<Listening> {
  const contract = openContract(suite.openapi);
  const calls: Recorded[] = [];
  const counts: Record<CallKind, number> = { login: 0, upload: 0, query: 0 };
  let strayed = 0;
  const elsewhere = createListener((_request, response) => {
    strayed += 1;
    response.end();
  });
  const otherPort = await start(elsewhere, 0);

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await readAll(incoming);
    const target = incoming.url ?? '/';
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers))
      if (value !== undefined) headers.set(name, String(value));
    headers.delete('x-bhxh-scenario');
    const recorded = recordCall(
      { method: incoming.method ?? 'GET', target, headers, body },
      suite,
      contract,
      passwords,
      performance.now(),
    );
    // Discovery and liveness are asked by whoever likes.
    if (recorded.path.startsWith('/.well-known/')) return relay(await forward(), outgoing);
    calls.push(recorded);
    const fault = faultOf(one, recorded.kind, counts);
    if (fault?.redirect === true) {
      recorded.status = 307;
      outgoing.writeHead(307, { Location: `http://127.0.0.1:${otherPort}${target}` }).end();
      return;
    }
    if (fault?.refuse !== undefined) {
      const { status, retryAfter } = fault.refuse;
      const refused = new Response(null, { status, headers: { 'Retry-After': String(retryAfter) } });
      recordAnswer(recorded, refused, '', performance.now());
      await relay(refused, outgoing);
      recorded.answeredAt = performance.now();
      return;
    }
    if (fault?.scenario !== undefined) headers.set('x-bhxh-scenario', fault.scenario);
    recorded.isLost = LOSING.has(fault?.scenario ?? '');
    const response = await forward();
    const text = await response
      .clone()
      .text()
      .catch(() => '');
    recordAnswer(recorded, response, text, performance.now());
    await relay(response, outgoing);

    function forward(): Promise<Response> {
      const isEmpty = incoming.method === 'GET' || incoming.method === 'HEAD';
      const request = new Request(`http://127.0.0.1${target}`, {
        method: incoming.method ?? 'GET',
        headers: without(headers, ['connection', 'transfer-encoding', 'expect', 'keep-alive', 'upgrade']),
        ...(isEmpty ? {} : { body: Uint8Array.from(body) }),
      });
      return server.fetch(request, { address: incoming.socket.remoteAddress ?? '127.0.0.1' });
    }
  };
  const listener = createListener((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const ownPort = await start(listener, port);
  return {
    url: `http://127.0.0.1:${ownPort}`,
    calls,
    strayed: () => strayed,
    async close() {
      for (const each of [listener, elsewhere]) {
        each.closeAllConnections();
        await new Promise<void>((resolve) => each.close(() => resolve()));
      }
    },
  };
}

function faultOf(
  one: ClientCase,
  kind: CallKind | undefined,
  counts: Record<CallKind, number>,
): PlannedFault | undefined {
  if (kind === undefined) return undefined;
  counts[kind] += 1;
  return one.faults?.find(({ on, nth }) => on === kind && (nth === undefined || nth === counts[kind]));
}

async function start(listener: ReturnType<typeof createListener>, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', resolve);
  });
  return (listener.address() as AddressInfo).port;
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function without(headers: Headers, names: readonly string[]): Headers {
  const rest = new Headers(headers);
  for (const name of names) rest.delete(name);
  return rest;
}

/** A body that fails is a connection that breaks. */
async function relay(response: Response, outgoing: ServerResponse): Promise<void> {
  const bytes = Buffer.from(await response.arrayBuffer());
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  await new Promise<void>((resolve) => outgoing.end(bytes, () => resolve()));
}
