import { type Environment, isLoopback } from '../environments.ts';
import { createFetchTransport } from './fetch-transport.ts';
import type { ClientOptions } from './pipeline.ts';
import { signRequests } from './sign-requests.ts';
import { createUndiciTransport } from './undici-transport.ts';
import type { Transport } from './wire.ts';

/** The way of one client to its gateway: our own sockets or a given `fetch`, signed where the client has a key. */
export function openTransport(
  options: Pick<ClientOptions, 'fetch' | 'proxy' | 'ca' | 'signRequests' | 'now'>,
  environment: Environment,
  connectTimeLimit: number,
): Transport {
  const { baseUrl } = environment;
  const transport = plainTransport(options, environment, connectTimeLimit);
  return options.signRequests === undefined
    ? transport
    : signRequests(transport, options.signRequests, { baseUrl, now: options.now });
}

function plainTransport(
  options: Pick<ClientOptions, 'fetch' | 'proxy' | 'ca'>,
  { baseUrl, origin }: Environment,
  connectTimeLimit: number,
): Transport {
  if (options.fetch) return createFetchTransport(baseUrl, options.fetch);
  const local = isLoopback(new URL(origin).hostname);
  return createUndiciTransport({
    origin,
    prefix: baseUrl.slice(origin.length),
    connectTimeLimit,
    ...(options.proxy === undefined || local ? {} : { proxy: options.proxy }),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
}
