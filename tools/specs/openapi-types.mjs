// OpenAPI documents become plain JSON for the server and the conformance kit, and types for the clients,
// so that what is checked at run time and what is compiled against are one description.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles every `specs/openapi/*.yaml`; returns the JSON files written, relative to `dist`. */
export async function buildOpenapi({
  source = join(root, 'specs/openapi'),
  dist = join(root, 'specs/dist'),
  generated = join(root, 'packages/sdk/src/generated'),
} = {}) {
  const written = [];
  await mkdir(join(dist, 'openapi'), { recursive: true });
  await mkdir(generated, { recursive: true });
  for (const file of (await readdir(source)).filter((name) => name.endsWith('.yaml')).sort()) {
    const name = file.slice(0, -'.yaml'.length);
    const document = parse(await readFile(join(source, file), 'utf8'), { maxAliasCount: -1 });
    await writeChanged(join(dist, 'openapi', `${name}.json`), `${JSON.stringify(document)}\n`);
    const types = astToString(await openapiTypes(document, { silent: true }));
    await writeChanged(
      join(generated, `${name}.ts`),
      `// Generated from specs/openapi/${file} by tools/build-specs.mjs; never edited by hand.\n${types}`,
    );
    written.push(`openapi/${name}.json`);
  }
  return written;
}

/** Unchanged files keep their time, so that watchers stay quiet. */
async function writeChanged(path, text) {
  if ((await readFile(path, 'utf8').catch(() => undefined)) !== text) await writeFile(path, text);
}
