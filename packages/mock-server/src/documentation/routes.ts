import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Hono } from 'hono';
import { readSpec } from '../contract/specs-folder.ts';
import type { AppEnvironment } from '../context.ts';
import { problems } from '../problem.ts';
import { gatewayReply } from '../routes/reply-shapes.ts';

const assets = join(
  dirname(createRequire(import.meta.url).resolve('@bhxh/mock-server/package.json')),
  'assets',
);

/** Everything the page consists of; a name that is not here is not there. Parts of the inspector serve here too. */
const files: ReadonlyMap<string, string> = new Map([
  ['', 'documentation/index.html'],
  ['documentation.css', 'documentation/documentation.css'],
  ['documentation.js', 'documentation/documentation.js'],
  ['messages/vi.js', 'documentation/messages/vi.js'],
  ['messages/en.js', 'documentation/messages/en.js'],
  ['inspector.css', 'inspector/inspector.css'],
  ['elements.js', 'inspector/elements.js'],
]);

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** The interfaces that this server speaks, as they are described in specs/openapi. */
const documents = [
  'claims-gateway',
  'declarations-gateway',
  'bank-gateway',
  'accounts',
  'signing-service',
  'control',
] as const;

/** The page loads and asks this server only, and cannot be framed; its scripts may not write markup. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Documentation of every interface, made from the descriptions that requests are checked against; it holds no secret. */
export function addDocumentationRoutes(app: Hono<AppEnvironment>): void {
  const read = (name: string): Readonly<Record<string, unknown>> | undefined => {
    try {
      return readSpec(`openapi/${name}.yaml`) as Readonly<Record<string, unknown>>;
    } catch {
      return undefined;
    }
  };
  const titleOf = (name: string): string =>
    String((read(name)?.['info'] as { title?: string } | undefined)?.title ?? name);
  app.get('/documentation', (call) => call.redirect('/documentation/'));
  for (const [name, file] of files) {
    const body = readFileSync(join(assets, file));
    const type = types[file.slice(file.lastIndexOf('.') + 1)] ?? '';
    app.get(`/documentation/${name}`, (call) => {
      call.set('route', '/documentation/');
      return new Response(body, { headers: { 'Content-Type': type, 'Content-Security-Policy': POLICY } });
    });
  }
  app.get('/documentation/openapi/:name{[a-z-]+\\.json}', (call) => {
    call.set('route', '/documentation/');
    const name = call.req.param('name').replace(/\.json$/, '');
    if (name === 'index') return gatewayReply(documents.map((one) => ({ name: one, title: titleOf(one) })));
    const known = documents.find((one) => one === name);
    return known === undefined ? problems.notFound() : gatewayReply(read(known));
  });
}
