import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Hono } from 'hono';
import { isLoopback } from '../accounts/caller-address.ts';
import type { AppEnvironment, ServerContext } from '../context.ts';
import { problems } from '../problem.ts';
import { openControl } from '../routes/control.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';
import { listArrivals, readArrival, readArrivalBytes } from './arrivals.ts';
import { summarise } from './summary.ts';

const assets = join(
  dirname(createRequire(import.meta.url).resolve('@bhxh/mock-server/package.json')),
  'assets',
  'inspector',
);

/** Everything the page consists of; a name that is not here is not there. */
const files: ReadonlyMap<string, string> = new Map([
  ['', 'index.html'],
  ['inspector.css', 'inspector.css'],
  ['inspector.js', 'inspector.js'],
  ['elements.js', 'elements.js'],
  ['gateway.js', 'gateway.js'],
  ['messages/vi.js', 'messages/vi.js'],
  ['messages/en.js', 'messages/en.js'],
]);

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** The page loads and asks this server only, and cannot be framed; its scripts may not write markup. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const PAGE = 100;

/** The inspector: a page, and the control API that it reads. To callers elsewhere neither is there. */
export function addInspectorRoutes(app: Hono<AppEnvironment>, server: ServerContext): void {
  if (server.adminKey === undefined) return;
  app.get('/inspector', (call) => call.redirect('/inspector/'));
  for (const [name, file] of files) {
    const body = readFileSync(join(assets, file));
    const type = types[file.slice(file.lastIndexOf('.') + 1)] ?? '';
    app.get(`/inspector/${name}`, (call) => {
      call.set('route', '/inspector/');
      if (!isLoopback(call.get('address'))) return problems.notFound();
      return new Response(body, { headers: { 'Content-Type': type, 'Content-Security-Policy': POLICY } });
    });
  }

  const route = openControl(app, server, server.control);
  route('listArrivals', async (call) => {
    const before = call.req.query('before');
    return gatewayReply({
      arrivals: await listArrivals(server.store, {
        limit: Number(call.req.query('limit') ?? PAGE),
        before: before === undefined ? undefined : Number(before),
      }),
    });
  });
  route('readArrival', async (call) => {
    const detail = await readArrival(server.store, call.req.param('id') ?? '');
    return detail === undefined ? problems.notFound() : gatewayReply(detail);
  });
  route('readArrivalBytes', async (call) => {
    const bytes = await readArrivalBytes(
      server.store,
      call.req.param('id') ?? '',
      call.req.query('document'),
    );
    if (bytes === undefined) return problems.notFound();
    return new Response(new Uint8Array(bytes), {
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment' },
    });
  });
  route('readSummary', async () => gatewayReply(await summarise(server.store, server.clock.now())));
}
