import { maskBody, maskHeaders, maskQuery } from './mask-message.ts';

/** One call and its answer, exactly as they were; kept in memory alone, because credentials are in them. */
export interface RecordedCall {
  readonly id: string;
  readonly at: number;
  readonly method: string;
  readonly url: string;
  /** As described, without values. */
  readonly route: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The body was too large to keep, so it cannot be sent again. */
  readonly isCut: boolean;
  readonly address: string;
  readonly thumbprint: string | undefined;
  readonly status: number;
  readonly result: string | undefined;
  readonly milliseconds: number;
  readonly answerHeaders: Headers;
  readonly answerBody: Uint8Array;
  readonly replayOf: string | undefined;
}

export interface RequestRecorder {
  add(call: RecordedCall): void;
  find(id: string): RecordedCall | undefined;
  /** Newest first. */
  list(): readonly RecordedCall[];
  clear(): void;
}

const MOST_CALLS = 200;
/** All bodies together; a server under load must not keep what it was sent. */
const MOST_BYTES = 16_000_000;
/** A larger body is told of, not kept. */
export const LARGEST_KEPT = 4_000_000;

/** The newest calls of this process. */
export function createRequestRecorder(): RequestRecorder {
  const calls = new Map<string, RecordedCall>();
  let bytes = 0;
  const sizeOf = (call: RecordedCall): number => call.body.length + call.answerBody.length;
  return {
    add(call) {
      calls.set(call.id, call);
      bytes += sizeOf(call);
      while (calls.size > MOST_CALLS || bytes > MOST_BYTES) {
        const oldest = calls.values().next().value as RecordedCall;
        calls.delete(oldest.id);
        bytes -= sizeOf(oldest);
      }
    },
    find: (id) => calls.get(id),
    list: () => [...calls.values()].toReversed(),
    clear() {
      calls.clear();
      bytes = 0;
    },
  };
}

export const lineOf = (call: RecordedCall): Record<string, unknown> => ({
  id: call.id,
  at: call.at,
  method: call.method,
  path: call.route,
  status: call.status,
  ...(call.result === undefined ? {} : { result: call.result }),
  milliseconds: call.milliseconds,
  ...(call.replayOf === undefined ? {} : { replayOf: call.replayOf }),
});

export function exchangeOf(call: RecordedCall): Record<string, unknown> {
  const url = new URL(call.url);
  return {
    line: lineOf(call),
    request: {
      url: `${call.route}${maskQuery(url.searchParams)}`,
      headers: maskHeaders(call.headers),
      body: maskBody(call.body, call.headers.get('content-type')),
      size: call.body.length,
    },
    response: {
      headers: maskHeaders(call.answerHeaders),
      body: maskBody(call.answerBody, call.answerHeaders.get('content-type')),
      size: call.answerBody.length,
    },
  };
}
