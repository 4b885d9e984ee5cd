import type { ServerContext } from '../context.ts';
import type { Call } from '../routes/gateway-call.ts';
import { LARGEST_KEPT } from './request-recorder.ts';

/** Calls a second that are recorded: a log to look at, not a burden under load. */
const PER_SECOND = 50;
const BURST = 200;

/** Gives what begins the recording of a call; its result ends it, once the answer stands. */
export function createCallRecording(
  server: ServerContext,
): (call: Call) => ((startedAt: number) => Promise<void>) | undefined {
  let tokens = BURST;
  let at = performance.now();
  return (call) => {
    if (server.adminKey === undefined) return undefined;
    const now = performance.now();
    tokens = Math.min(BURST, tokens + ((now - at) / 1_000) * PER_SECOND);
    at = now;
    const replayOf = call.env?.replayOf;
    if (tokens < 1 && replayOf === undefined) return undefined;
    tokens -= 1;
    const pieces: Uint8Array[] = [];
    let size = 0;
    if (call.env !== undefined)
      call.env.capture = (piece) => {
        size += piece.length;
        if (size <= LARGEST_KEPT) pieces.push(Uint8Array.from(piece));
      };
    return async (startedAt) => {
      const answer = call.res.clone();
      const answerBody = new Uint8Array(await answer.arrayBuffer().catch(() => new ArrayBuffer(0)));
      server.recorder.add({
        id: call.get('requestId'),
        at: server.clock.now().getTime(),
        method: call.req.method,
        url: call.req.url,
        route: call.get('route') ?? 'other',
        headers: new Headers(call.req.raw.headers),
        body: size > LARGEST_KEPT ? new Uint8Array(0) : Buffer.concat(pieces),
        isCut: size > LARGEST_KEPT,
        address: call.get('address'),
        thumbprint: call.get('thumbprint'),
        status: answer.status,
        result: call.get('result'),
        milliseconds: Math.round(performance.now() - startedAt),
        answerHeaders: new Headers(answer.headers),
        answerBody: answerBody.subarray(0, LARGEST_KEPT),
        replayOf,
      });
    };
  };
}
