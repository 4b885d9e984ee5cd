// A line as hospitals have them: stands between the command and the gateway and harms a seeded share of the uploads.
import { createServer, request } from 'node:http';

/** What may happen to an upload; the first two keep it from the gateway, the others hide the gateway's answer. */
const faults = [
  ['503', 0.05],
  ['cut before it arrived', 0.01],
  ['no answer', 0.02],
  ['half an answer', 0.02],
];

export async function startFaultyLine(gateway, seed) {
  const random = randomFrom(seed);
  const met = {};
  let down = false;
  let uploads = 0;
  const count = (name) => (met[name] = (met[name] ?? 0) + 1);

  const server = createServer((incoming, answer) => {
    const pieces = [];
    incoming.on('error', () => {});
    answer.on('error', () => {});
    incoming.on('data', (piece) => pieces.push(piece));
    incoming.on('end', async () => {
      if (isUpload(incoming)) uploads += 1;
      const fault = down ? 'line down' : isUpload(incoming) ? choose(random()) : undefined;
      if (fault !== undefined) count(fault);
      if (fault === 'line down' || fault === 'cut before it arrived') return incoming.socket.destroy();
      if (fault === '503') return answer.writeHead(503, { 'retry-after': '0' }).end();
      const reply = await pass(gateway, incoming, Buffer.concat(pieces)).catch(() => undefined);
      if (reply === undefined) return incoming.socket.destroy();
      if (fault === 'no answer') return setTimeout(() => incoming.socket.destroy(), 1_000);
      answer.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
      if (fault !== 'half an answer') return answer.end(reply.body);
      answer.write(reply.body.subarray(0, reply.body.length >> 1));
      setTimeout(() => incoming.socket.destroy(), 5);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    met,
    /** Uploads that arrived here, harmed or not. */
    get uploads() {
      return uploads;
    },
    down(is) {
      down = is;
      if (is) server.closeAllConnections();
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const isUpload = ({ method, url }) => method === 'POST' && !url.endsWith('/token/take');

function choose(at) {
  for (const [name, share] of faults) {
    if (at < share) return name;
    at -= share;
  }
  return undefined;
}

function pass(gateway, incoming, body) {
  return new Promise((resolve, reject) => {
    const headers = withoutHops(incoming.headers);
    const outgoing = request(
      new URL(incoming.url, gateway),
      { method: incoming.method, headers: { ...headers, 'content-length': body.length } },
      (reply) => {
        const pieces = [];
        reply.on('data', (piece) => pieces.push(piece));
        reply.on('error', reject);
        reply.on('end', () => {
          const kept = withoutHops(reply.headers);
          resolve({ status: reply.statusCode, headers: kept, body: Buffer.concat(pieces) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What concerns one connection only is not passed on. */
function withoutHops(headers) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'connection' && name !== 'transfer-encoding'),
  );
}

/** mulberry32: small and seeded, so that a night can be played again. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
