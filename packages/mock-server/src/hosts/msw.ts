import type { RequestHandler } from 'msw';
import type { BhxhServer } from '../server.ts';

/** Where an answer that breaks off becomes what `fetch` gives for a broken connection. */
interface Msw {
  readonly http: {
    all(path: string, answer: (info: { request: Request }) => Promise<Response>): RequestHandler;
  };
  readonly HttpResponse: { error(): Response };
}

/**
 * Handlers for msw 2, so that unit tests of software which uses `fetch` or `node:http` meet the reference server
 * itself, its state, clock and scenarios, instead of canned answers. Everything below `url` is answered; other
 * addresses are left to other handlers. msw does not see requests of undici's own client.
 *
 * ```ts
 * import * as msw from 'msw';
 * import { setupServer } from 'msw/node';
 * const server = await createServer({ demo: true });
 * const mock = setupServer(...createMswHandlers(server, { url: 'https://gateway.invalid', msw }));
 * mock.listen();
 * ```
 */
export function createMswHandlers(
  server: Pick<BhxhServer, 'fetch'>,
  options: {
    /** Origin that the software under test calls, e.g. `https://gateway.invalid`. */
    readonly url: string;
    /** The `msw` module of the test: the handlers must be made by the msw that runs them. */
    readonly msw: Msw;
  },
): readonly RequestHandler[] {
  const { http, HttpResponse } = options.msw;
  return [
    http.all(`${options.url.replace(/\/+$/, '')}/*`, async ({ request }) => {
      const reply = await server.fetch(request, { address: '127.0.0.1' });
      const { status, headers } = reply;
      try {
        // Read whole: a body that fails here is a connection that a scenario cut.
        const body = await reply.arrayBuffer();
        return new Response(body.byteLength === 0 ? null : body, { status, headers });
      } catch {
        return HttpResponse.error();
      }
    }),
  ];
}
