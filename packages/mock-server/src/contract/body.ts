import type { IncomingMessage } from 'node:http';

/** What a host may hand over beside the request: Node's own stream is several times faster than the web one. */
export interface HostBindings {
  readonly incoming?: IncomingMessage;
  /** Caller's address where there is no socket (in-process calls). */
  readonly address?: string;
}

/** The body was larger than allowed; the rest of it was not read. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The connection ended before the body did, or its framing was wrong. */
export class BodyBroken extends Error {
  override readonly name = 'BodyBroken';
}

/** A form escapes a byte with three characters; this many bytes can be the percent signs' doing and nothing else's. */
const ESCAPE_FACTOR = 3;
const PERCENT = 0x25;

function escapes(chunk: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < chunk.length; at += 1) if (chunk[at] === PERCENT) count += 1;
  return count;
}

async function* chunksOf(request: Request, bindings: HostBindings): AsyncGenerator<Uint8Array> {
  if (bindings.incoming !== undefined) {
    yield* bindings.incoming as AsyncIterable<Uint8Array>;
    return;
  }
  if (request.body === null) return;
  const reader = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Reads a body, but never much more than `limit` bytes of it. For a form (`escaped`), a byte written as %XX counts once,
 * so that the limit is that of the decoded fields whatever the client escapes.
 */
export async function readBody(
  request: Request,
  bindings: HostBindings,
  limit: number,
  escaped: boolean,
): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > (escaped ? limit * ESCAPE_FACTOR : limit)) throw new BodyTooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const iterator = chunksOf(request, bindings);
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) break;
      size += value.length - (escaped ? 2 * escapes(value) : 0);
      if (size > limit) throw new BodyTooLarge();
      chunks.push(value);
    }
  } catch (error) {
    if (error instanceof BodyTooLarge) throw error;
    throw new BodyBroken('The body ended early', { cause: error });
  }
  const body =
    chunks.length === 1
      ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, chunks[0]!.byteLength)
      : Buffer.concat(chunks);
  if (Number.isFinite(announced) && announced !== body.length)
    throw new BodyBroken('The body is not as long as announced');
  return body;
}
