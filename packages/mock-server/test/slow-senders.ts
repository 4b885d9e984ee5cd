import { connect, type Socket } from 'node:net';

export type SlowKind = 'header' | 'body' | 'idle';

interface SlowSocket {
  readonly kind: SlowKind;
  readonly socket: Socket;
  readonly openedAt: number;
  sent: number;
  said: string;
}

/** What became of the sockets of one kind. */
export interface Ending {
  readonly opened: number;
  /** Sockets that the server has closed. */
  readonly closed: number;
  /** Of them those that were told 408 first. */
  readonly told: number;
  /** Seconds between connection and end, the shortest and the longest. */
  readonly soonest: number;
  readonly latest: number;
}

export type Endings = Readonly<Record<SlowKind, Ending>>;

export interface SlowSenders {
  endings(): Endings;
  /** Resolves when the server has closed them all. */
  untilClosed(): Promise<void>;
  stop(): void;
}

/** More than a listener keeps waiting for it by default would be refused by the system, not by the server. */
const BATCH = 100;
/** Never ends: the receiver has to. */
const HEADER = `POST /api/token/take HTTP/1.1\r\nHost: server\r\nX-Long: ${'a'.repeat(10_000)}`;
const BODY =
  'POST /api/token/take HTTP/1.1\r\nHost: server\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n';

const open = (port: number, kind: SlowKind): Promise<SlowSocket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => undefined);
      const one: SlowSocket = { kind, socket, openedAt: performance.now(), sent: 0, said: '' };
      socket.on('data', (piece: Buffer) => (one.said += piece.toString('latin1')));
      if (kind === 'body') socket.write(BODY);
      resolve(one);
    });
  });

/**
 * Opens sockets that send a byte each `gap` milliseconds, half of them within a header and half within a body, and others
 * that send nothing at all.
 */
export async function openSlowSenders(
  url: string,
  counts: { readonly slow: number; readonly idle: number },
  gap = 1_000,
): Promise<SlowSenders> {
  const port = Number(new URL(url).port);
  const kinds = Array.from({ length: counts.slow + counts.idle }, (_, number): SlowKind => {
    if (number >= counts.slow) return 'idle';
    return number % 2 === 0 ? 'header' : 'body';
  });
  const sockets: SlowSocket[] = [];
  const ended = new Map<SlowSocket, number>();
  // From the first socket on: opening thousands takes a while.
  const drip = setInterval(() => {
    for (const one of sockets) {
      if (one.kind === 'idle' || !one.socket.writable) continue;
      one.socket.write(one.kind === 'header' ? HEADER.charAt(one.sent) : 'x');
      one.sent += 1;
    }
  }, gap);
  for (let at = 0; at < kinds.length; at += BATCH) {
    const opened = await Promise.all(kinds.slice(at, at + BATCH).map((kind) => open(port, kind)));
    for (const one of opened) {
      if (one.socket.destroyed) ended.set(one, performance.now());
      one.socket.once('close', () => ended.set(one, performance.now()));
    }
    sockets.push(...opened);
  }
  const endingOf = (kind: SlowKind): Ending => {
    const own = sockets.filter((one) => one.kind === kind);
    const lives = own.flatMap((one) => {
      const end = ended.get(one);
      return end === undefined ? [] : [(end - one.openedAt) / 1_000];
    });
    return {
      opened: own.length,
      closed: lives.length,
      told: own.filter(({ said }) => said.startsWith('HTTP/1.1 408 ')).length,
      soonest: Math.min(...lives),
      latest: Math.max(...lives),
    };
  };
  return {
    endings: () => ({ header: endingOf('header'), body: endingOf('body'), idle: endingOf('idle') }),
    async untilClosed() {
      await Promise.all(
        sockets
          .filter((one) => !ended.has(one))
          .map((one) => new Promise<void>((resolve) => one.socket.once('close', () => resolve()))),
      );
    },
    stop() {
      clearInterval(drip);
      for (const { socket } of sockets) socket.destroy();
    },
  };
}
