import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BhxhError } from '../errors/bhxh-error.ts';
import { specificationSentence } from '../messages/specifications/index.ts';

/** Folder of the compiled specifications: `dist` of the installed `@bhxh/specs` package. */
export function defaultFolder(): string {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve('@bhxh/specs/package.json')), 'dist');
  } catch (cause) {
    throw damaged('@bhxh/specs', cause);
  }
}

/** Reads one compiled file; throws `ERR_SPECS_DAMAGED` when it is missing or not JSON. */
export function readCompiled<T>(folder: string, name: string): T {
  try {
    return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
  } catch (cause) {
    throw damaged(name, cause);
  }
}

export function damaged(name: string, cause?: unknown): BhxhError {
  return new BhxhError({
    code: 'ERR_SPECS_DAMAGED',
    category: 'spec',
    retry: 'never',
    message: specificationSentence('DAMAGED', { name }),
    hint: specificationSentence('DAMAGED_HINT'),
    cause,
  });
}
