import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders this build owns whole: a file that is no longer produced is removed. The OpenAPI types beside them belong to another step. */
const owned = [
  'specs/dist/claims',
  'specs/dist/code-lists',
  'specs/dist/payments',
  'specs/dist/responses',
  'specs/dist/vectors',
  'specs/dist/xsd',
  'packages/sdk/src/generated/claims',
];

const walk = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

/** Writes what changed and says how many files that were. Unchanged files keep their time, so that watchers stay quiet. */
export const writeOutputs = (root, { files }) => {
  let changed = 0;
  const wanted = new Set();
  for (const [name, text] of files) {
    const path = join(root, name);
    wanted.add(path);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    changed += 1;
  }
  for (const folder of owned)
    for (const path of walk(join(root, folder))) if (!wanted.has(path)) rmSync(path);
  return changed;
};
