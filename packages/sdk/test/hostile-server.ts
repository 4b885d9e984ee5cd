import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: URLSearchParams;
  readonly text: string;
}

export type Answer = (request: Seen, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

/** A scripted gateway on a real socket: each path answers what the test says, the token as the real one by default. */
export interface HostileServer {
  readonly url: string;
  readonly seen: Seen[];
  readonly logins: number;
  /** Answers of a path, used one after the other; the last one stays. */
  script(path: string, ...answers: Answer[]): void;
  close(): Promise<void>;
}

export const uploadPath = '/api/qd130/guiHoSoXmlQD3176';
export const tokenPath = '/api/token/take';

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function raw(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Answer {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}

let receiptNumber = 0;
export const received: Answer = (request, response, socket) =>
  json({
    maKetQua: '200',
    maGiaoDich: `GD${++receiptNumber}`,
    thoiGianTiepNhan: '20261121080000',
    thongDiep: 'ok',
  })(request, response, socket);

export async function startHostileServer(): Promise<HostileServer> {
  const scripts = new Map<string, Answer[]>();
  const seen: Seen[] = [];
  let logins = 0;
  const token: Answer = (_request, response) => {
    logins++;
    json({
      maKetQua: 200,
      APIKey: {
        access_token: `canary-access-${logins}`,
        id_token: `canary-id-${logins}`,
        token_type: 'bearer',
        username: '99001_BV',
        expires_in: new Date(Date.now() + 600_000).toISOString(),
      },
    })(_request, response, undefined as unknown as IncomingMessage);
  };
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('error', () => {});
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const text = Buffer.concat(pieces).toString('utf8');
      const entry: Seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        form: new URLSearchParams(text),
        text,
      };
      seen.push(entry);
      const answers = scripts.get(url.pathname);
      const answer =
        (answers && answers.length > 1 ? answers.shift() : answers?.[0]) ??
        (url.pathname === tokenPath ? token : raw('', 404));
      void answer(entry, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get logins() {
      return logins;
    },
    script(path, ...answers) {
      scripts.set(path, answers);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
