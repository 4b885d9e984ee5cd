import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One exchange as a go-between sees it; what it returns goes on. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer<ArrayBuffer>;
}

export interface Spoiling {
  readonly request?: (call: Passing) => Promise<Partial<Passing>> | Partial<Passing>;
  readonly reply?: (call: Passing, status: number, text: string) => { status?: number; text?: string };
}

/** A listening server that is right but for one thing: it hands everything to a right one and spoils that thing. */
export async function startWrongServer(
  right: string,
  { request, reply }: Spoiling,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers))
      if (!['connection', 'host', 'content-length', 'transfer-encoding'].includes(name))
        headers.set(name, String(value));
    const seen: Passing = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers,
      body: Buffer.concat(chunks),
    };
    const call = { ...seen, ...(await request?.(seen)) };
    const answer = await fetch(right + call.path, {
      method: call.method,
      headers: call.headers,
      ...(call.method === 'GET' ? {} : { body: call.body }),
    });
    const text = await answer.text();
    const spoiled = reply?.(call, answer.status, text) ?? {};
    const kept = [...answer.headers].filter(([name]) => name !== 'content-length' && name !== 'connection');
    outgoing.writeHead(spoiled.status ?? answer.status, Object.fromEntries(kept));
    outgoing.end(spoiled.text ?? text);
  };
  const listener = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    async close() {
      listener.closeAllConnections();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}

/** Takes what comes a second time for something new. */
export function doubling(): Spoiling {
  const before = new Set<string>();
  return {
    request({ body, headers }) {
      const text = body.toString('utf8');
      if (text.length < 2_000 || !before.has(text)) {
        before.add(text);
        return {};
      }
      const other = new Headers(headers);
      other.delete('idempotency-key');
      const changed = `\n${'\n'.repeat(before.size % 7)}`;
      if (!text.includes('fileHSBase64')) return { headers: other, body: Buffer.from(text + changed) };
      const fields = new URLSearchParams(text);
      const document = Buffer.from(fields.get('fileHSBase64') ?? '', 'base64').toString('utf8') + changed;
      fields.set('fileHSBase64', Buffer.from(document).toString('base64'));
      return { headers: other, body: Buffer.from(fields.toString()) };
    },
  };
}

/** Forgets what it holds when it has been running for a day. */
export function forgetful(right: string, adminKey: string): Spoiling {
  return {
    async request({ path, body }) {
      const long = /"seconds":(\d+)/.exec(body.toString('utf8'))?.[1];
      if (path.startsWith('/control/clock/advance') && Number(long) >= 86_400)
        await fetch(`${right}/control/reset`, { method: 'POST', headers: { 'x-bhxh-admin-key': adminKey } });
      return {};
    },
  };
}

/** Says with HTTP status 401 what the gateway says with 200 and a code. */
export const modern: Spoiling = {
  reply: (_call, status, text) => (/"maKetQua":"?401"?/.test(text) && status === 200 ? { status: 401 } : {}),
};

/** Writes the time of receipt in a form of its own. */
export const otherShape: Spoiling = {
  reply: ({ path }, _status, text) =>
    path.includes('guiHoSoXml') ? { text: text.replace('"thoiGianTiepNhan"', '"receivedAt"') } : {},
};
