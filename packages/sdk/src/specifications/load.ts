import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BhxhError } from '../errors/bhxh-error.ts';
import { specificationSentence } from '../messages/specifications/index.ts';
import type { Manifest } from './types.ts';

/** Folder of the compiled specifications: `dist` of the installed `@bhxh/specs` package. */
export function defaultFolder(): string {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve('@bhxh/specs/package.json')), 'dist');
  } catch (cause) {
    throw damaged('@bhxh/specs', cause);
  }
}

/** Reads the list of compiled files; throws `ERR_SPECS_DAMAGED` when it is missing or not one. */
export function readManifest(folder: string): Manifest {
  const name = 'manifest.json';
  try {
    const manifest = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Manifest;
    if (typeof manifest.hash === 'string' && typeof manifest.files === 'object') return manifest;
  } catch (cause) {
    throw damaged(name, cause);
  }
  throw damaged(name);
}

/**
 * Reads one compiled file. Throws `ERR_SPECS_DAMAGED` when it is missing or is not byte for byte what the manifest says:
 * a verdict must rest on the content whose hash the report names.
 */
export function readCompiled<T>(folder: string, name: string, manifest: Manifest): T {
  let text: string;
  try {
    text = readFileSync(join(folder, name), 'utf8');
  } catch (cause) {
    throw damaged(name, cause);
  }
  if (createHash('sha256').update(text).digest('hex') !== manifest.files[name]) throw damaged(name);
  return JSON.parse(text) as T;
}

function damaged(name: string, cause?: unknown): BhxhError {
  return new BhxhError({
    code: 'ERR_SPECS_DAMAGED',
    category: 'spec',
    retry: 'never',
    message: specificationSentence('DAMAGED', { name }),
    hint: specificationSentence('DAMAGED_HINT'),
    cause,
  });
}
