import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';

/** Shares of requests that go wrong, in this order: nothing is stored by the first, everything is by the others. */
export interface Faults {
  readonly unavailable: number;
  readonly timeoutAfterCommit: number;
  readonly resetAfterCommit: number;
  readonly resetBeforeCommit: number;
  readonly truncatedAfterCommit: number;
}

export interface FaultGatewayOptions {
  readonly faults: Faults;
  readonly seed: number;
  readonly idempotencyKey: boolean;
  readonly statusQuery: boolean;
  /** A stored document can be asked for only after a while, up to this many milliseconds. */
  readonly visibleAfter?: number;
  readonly answerAfter?: number;
}

/** A gateway on a real socket that keeps every stored document, so that a second arrival of the same bytes shows. */
export interface FaultGateway {
  readonly url: string;
  /** SHA-256 of every stored upload, in order of arrival. */
  readonly stored: readonly string[];
  readonly posts: number;
  readonly injected: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** mulberry32: small, seeded, good enough to choose faults. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const noFaults: Faults = {
  unavailable: 0,
  timeoutAfterCommit: 0,
  resetAfterCommit: 0,
  resetBeforeCommit: 0,
  truncatedAfterCommit: 0,
};

export async function startFaultGateway(options: FaultGatewayOptions): Promise<FaultGateway> {
  const random = randomFrom(options.seed);
  const stored: string[] = [];
  const bySha = new Map<string, { id: string; visibleAt: number }>();
  const byKey = new Map<string, string>();
  const injected: Record<string, number> = {};
  let posts = 0;

  const choose = (): keyof Faults | 'none' => {
    let at = random();
    for (const [name, share] of Object.entries(options.faults) as [keyof Faults, number][]) {
      if (at < share) return name;
      at -= share;
    }
    return 'none';
  };

  const commit = (sha256: string, key: string | undefined): string => {
    const replay = key === undefined ? undefined : byKey.get(key);
    if (replay !== undefined) return replay;
    stored.push(sha256);
    const id = `GD${stored.length}`;
    bySha.set(sha256, { id, visibleAt: Date.now() + random() * (options.visibleAfter ?? 0) });
    if (key !== undefined) byKey.set(key, id);
    return id;
  };

  const upload = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    posts++;
    const fault = choose();
    if (fault !== 'none') injected[fault] = (injected[fault] ?? 0) + 1;
    if (fault === 'unavailable') return void response.writeHead(503).end();
    if (fault === 'resetBeforeCommit') return void request.socket.resetAndDestroy();
    const file = Buffer.from(new URLSearchParams(body).get('fileHSBase64') ?? '', 'base64');
    const key = options.idempotencyKey ? request.headers['idempotency-key'] : undefined;
    const id = commit(createHash('sha256').update(file).digest('hex'), key as string | undefined);
    if (fault === 'timeoutAfterCommit') return;
    if (fault === 'resetAfterCommit') return void request.socket.resetAndDestroy();
    const answer = JSON.stringify({
      maKetQua: '200',
      maGiaoDich: id,
      thoiGianTiepNhan: '20261121080000',
      thongDiep: '',
    });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(answer.length) });
    if (fault === 'truncatedAfterCommit') {
      response.write(answer.slice(0, 20));
      setTimeout(() => request.socket.destroy(), 2);
      return;
    }
    if (options.answerAfter === undefined) return void response.end(answer);
    setTimeout(() => response.end(answer), options.answerAfter);
  };

  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const send = (body: unknown, status = 200): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (url.pathname === '/api/token/take') {
        return send({
          maKetQua: '200',
          APIKey: { access_token: 'synthetic-access', id_token: 'synthetic-id', expires_in: 'soon' },
        });
      }
      if (url.pathname === '/.well-known/bhxh') {
        const { idempotencyKey, statusQuery } = options;
        return idempotencyKey || statusQuery ? send({ idempotencyKey, statusQuery }) : send({}, 404);
      }
      if (url.pathname === '/bhxh/v1/claims') {
        const sha256 = url.searchParams.get('sha256') ?? '';
        const found = bySha.get(sha256);
        const visible = found !== undefined && found.visibleAt <= Date.now();
        return send({
          claims: visible ? [{ maGiaoDich: found.id, sha256, thoiGianTiepNhan: '20261121080000' }] : [],
          next: null,
        });
      }
      upload(request, response, Buffer.concat(pieces).toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored,
    get posts() {
      return posts;
    },
    injected,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A claim file that is just enough to have a facility, a key and bytes of its own. */
export function smallClaim(number: number, padding = 0): Buffer {
  const key = `LK${String(number).padStart(6, '0')}`;
  const table = `<TONG_HOP><MA_LK>${key}</MA_LK><GHI_CHU>${'x'.repeat(padding)}</GHI_CHU></TONG_HOP>`;
  return Buffer.from(
    `<GIAMDINHHS><THONGTINDONVI><MACSKCB>99001</MACSKCB></THONGTINDONVI><THONGTINHOSO><NGAYLAP>20261121</NGAYLAP>` +
      `<SOLUONGHOSO>1</SOLUONGHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1</LOAIHOSO><NOIDUNGFILE>` +
      `${Buffer.from(table).toString('base64')}</NOIDUNGFILE></FILEHOSO></HOSO></DANHSACHHOSO></THONGTINHOSO>` +
      `<CHUKYDONVI/></GIAMDINHHS>`,
  );
}
