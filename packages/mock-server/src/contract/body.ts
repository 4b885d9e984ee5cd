import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fitsContentDigest } from './content-digest.ts';

/** What a host may hand over beside the request: Node's own stream is several times faster than the web one. */
export interface HostBindings {
  readonly incoming?: IncomingMessage;
  /** Caller's address where there is no socket (in-process calls). */
  readonly address?: string;
  /** SHA-256 of the client certificate of the connection, lower hex; the host has checked who issued it. */
  readonly thumbprint?: string;
  /** Id of the recorded request that is sent once more. */
  readonly replayOf?: string;
  /** Told of every piece of the body as it came, for the log of requests. */
  capture?: (piece: Uint8Array) => void;
}

/** The body was larger than allowed; the rest of it was not read. */
export class BodyTooLarge extends Error {
  override readonly name: string = 'BodyTooLarge';
}

/** A compressed body grew beyond every honest ratio; the rest of it was not unpacked. */
export class BodyInflates extends BodyTooLarge {
  override readonly name: string = 'BodyInflates';
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
  for (let at = chunk.indexOf(PERCENT); at !== -1; at = chunk.indexOf(PERCENT, at + 1)) count += 1;
  return count;
}

async function* chunksOf(request: Request, bindings: HostBindings): AsyncGenerator<Uint8Array> {
  for await (const piece of piecesOf(request, bindings)) {
    bindings.capture?.(piece);
    yield piece;
  }
}

async function* piecesOf(request: Request, bindings: HostBindings): AsyncGenerator<Uint8Array> {
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

/** No form or document of the gateway is packed more than a hundredfold. */
const MAX_RATIO = 100;
/** Below this many bytes the ratio says nothing. */
const RATIO_FREE = 64 * 1024;

/** Unpacks a gzip body as it comes in and stops at the first chunk that is out of proportion. */
async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let size = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      packed += chunk.length;
      yield chunk;
    }
  };
  // A failure of either side destroys both and is thrown by the loop.
  const gunzip = pipeline(Readable.from(counted()), createGunzip(), () => undefined);
  for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > RATIO_FREE && size > packed * MAX_RATIO) throw new BodyInflates();
    yield chunk;
  }
}

async function* kept(chunks: AsyncIterable<Uint8Array>, pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    pieces.push(chunk);
    yield chunk;
  }
}

/**
 * Reads a body, but never much more than `limit` bytes of it. For a form (`escaped`), a byte written as %XX counts once,
 * so that the limit is that of the decoded fields whatever the client escapes. A `packed` body is gzip; the limit then holds
 * for what comes out of it.
 */
export async function readBody(
  request: Request,
  bindings: HostBindings,
  limit: number,
  escaped: boolean,
  packed: boolean = false,
): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > (escaped ? limit * ESCAPE_FACTOR : limit)) throw new BodyTooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const digest = request.headers.get('content-digest');
  const packedPieces: Uint8Array[] = [];
  const wire =
    digest !== null && packed ? kept(chunksOf(request, bindings), packedPieces) : chunksOf(request, bindings);
  const iterator = packed ? unpacked(wire) : wire;
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
  if (!packed && Number.isFinite(announced) && announced !== body.length)
    throw new BodyBroken('The body is not as long as announced');
  // The digest is that of the content as it travelled.
  if (digest !== null && !fitsContentDigest(digest, packed ? Buffer.concat(packedPieces) : body))
    throw new BodyBroken('The body is not the one its digest names');
  return body;
}
