import {
  replyCap,
  type Transport,
  WireFailure,
  wireFailureOf,
  type WireReply,
  type WireRequest,
} from './wire.ts';

export type Fetch = (request: Request) => Promise<Response>;

/** Sends everything through a given `fetch`: an in-process server, a mock in a unit test, or a host's own client. */
export function createFetchTransport(baseUrl: string, fetch: Fetch): Transport {
  return { send: (request) => exchange(baseUrl, fetch, request), close: () => Promise.resolve() };
}

async function exchange(baseUrl: string, fetch: Fetch, request: WireRequest): Promise<WireReply> {
  const limit = AbortSignal.timeout(request.timeLimit);
  const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
  if (signal.aborted) throw new WireFailure('before-send', 'aborted', 'ABORTED');
  try {
    const response = await untilAborted(
      fetch(
        new Request(baseUrl + request.target, {
          method: request.method,
          headers: request.headers,
          redirect: 'manual',
          signal,
          ...(request.body === undefined ? {} : { body: request.body.whole() as Uint8Array<ArrayBuffer> }),
        }),
      ),
      signal,
    );
    const body = await untilAborted(readCapped(response), signal);
    return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, body };
  } catch (error) {
    // A fetch does not tell when the first byte leaves: only an error of connecting proves that none did.
    if (request.signal?.aborted) throw new WireFailure('after-send', 'aborted', 'ABORTED');
    if (limit.aborted) throw new WireFailure('after-send', 'timeout', 'TIMEOUT');
    throw wireFailureOf(error, true);
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new WireFailure('after-send', 'aborted', 'ABORTED'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

async function readCapped(response: Response): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces);
    size += value.length;
    if (size > replyCap) {
      await reader.cancel();
      throw new WireFailure('after-send', 'too-large', 'TOO-LARGE');
    }
    pieces.push(value);
  }
}
