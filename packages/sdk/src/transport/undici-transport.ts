import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import {
  replyCap,
  type Transport,
  WireFailure,
  wireFailureOf,
  type WireReply,
  type WireRequest,
} from './wire.ts';

export interface UndiciTransportOptions {
  readonly origin: string;
  /** Path prefix of the environment's address, without trailing slash. */
  readonly prefix?: string;
  /** Address of an HTTP proxy. */
  readonly proxy?: string;
  /** PEM of certification authorities trusted instead of the system's. */
  readonly ca?: string;
  readonly connectTimeLimit?: number;
  /** Sockets kept to the host; one request at a time on each. */
  readonly connections?: number;
}

/**
 * The direct path over undici's dispatcher: no stream objects and no copies between the encoded body and the socket.
 * It follows no redirect, refuses TLS below 1.2 and knows whether the first byte of a request can have left.
 */
export function createUndiciTransport(options: UndiciTransportOptions): Transport {
  const connect = {
    timeout: options.connectTimeLimit ?? 10_000,
    minVersion: 'TLSv1.2' as const,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };
  const shared = {
    connect,
    connections: options.connections ?? 64,
    pipelining: 1,
    // The time limit of a request covers these; undici's own timers are coarser.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
  };
  const dispatcher: Dispatcher =
    options.proxy === undefined
      ? new Agent(shared)
      : new ProxyAgent({ ...shared, uri: options.proxy, requestTls: connect });

  return {
    send: (request) => dispatch(dispatcher, options.origin, options.prefix ?? '', request),
    close: () => dispatcher.close(),
  };
}

function dispatch(
  dispatcher: Dispatcher,
  origin: string,
  prefix: string,
  request: WireRequest,
): Promise<WireReply> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let stopped: WireFailure | undefined;
    let settled = false;
    let sent = false;
    let status = 0;
    let headers: Record<string, string | string[] | undefined> = {};
    let size = 0;
    const pieces: Buffer[] = [];

    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      act();
    };
    const stop = (reason: 'timeout' | 'aborted' | 'too-large'): void => {
      if (settled) return;
      stopped = new WireFailure(sent ? 'after-send' : 'before-send', reason, reason.toUpperCase());
      // Not yet on a socket: undici meets the abort when it starts the request.
      if (controller) controller.abort(stopped);
      const failure = stopped;
      settle(() => reject(failure));
    };
    const onAbort = (): void => stop('aborted');
    const timer = setTimeout(() => stop('timeout'), request.timeLimit);

    if (request.signal?.aborted) return stop('aborted');
    request.signal?.addEventListener('abort', onAbort, { once: true });

    const large = request.body?.pieces;
    const body = request.body === undefined ? null : large ? large.call(request.body) : request.body.whole();
    const requestHeaders: Record<string, string> = { ...request.headers };
    if (request.body !== undefined) requestHeaders['content-length'] = String(request.body.length);
    try {
      dispatcher.dispatch(
        {
          origin,
          path: prefix + request.target,
          method: request.method,
          headers: requestHeaders,
          body: body as Buffer,
        },
        {
          onRequestStart(started) {
            controller = started;
            if (stopped) return started.abort(stopped);
            sent = true;
          },
          onResponseStart(_controller, code, replyHeaders) {
            status = code;
            headers = replyHeaders;
          },
          onResponseData(_controller, chunk) {
            size += chunk.length;
            if (size > replyCap) return stop('too-large');
            pieces.push(chunk);
          },
          onResponseEnd() {
            settle(() => resolve(replyOf(status, headers, pieces)));
          },
          onResponseError(_controller, error) {
            // The status line of a refusal says all there is to know, even when its body broke off.
            if (status >= 300 && status !== 500)
              return settle(() => resolve(replyOf(status, headers, pieces)));
            settle(() => reject(wireFailureOf(error, sent)));
          },
        },
      );
    } catch (error) {
      settle(() => reject(wireFailureOf(error, sent)));
    }
  });
}

function replyOf(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  pieces: readonly Buffer[],
): WireReply {
  return {
    status,
    header(name) {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces),
  };
}
