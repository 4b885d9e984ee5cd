import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

const folder = dirname(createRequire(import.meta.url).resolve('@bhxh/specs/package.json'));

/** One YAML file of the specs package. */
export function readSpec(path: string): unknown {
  return parse(readFileSync(join(folder, path), 'utf8'), { merge: true });
}

/** Every YAML file directly in one folder of the specs package, by name. */
export function readSpecFolder(path: string): unknown[] {
  return readdirSync(join(folder, path))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readSpec(`${path}/${name}`));
}
