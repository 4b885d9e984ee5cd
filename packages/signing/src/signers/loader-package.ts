import { createRequire } from 'node:module';
import { SigningError } from '../errors.ts';
import type { ModuleLoader } from './modules.ts';

/** What to type when a loader cannot be used: it is not there, or it is there and was not compiled. */
const commands: Readonly<Record<ModuleLoader, { readonly missing: string; readonly broken: string }>> = {
  pkcs11js: {
    missing: 'npm install pkcs11js && npm rebuild pkcs11js',
    broken: 'npm rebuild pkcs11js',
  },
  koffi: { missing: 'npm install koffi', broken: 'npm install koffi --force' },
};

/**
 * Loads the package behind a loader; both are optional. CommonJS with a native addon: required, so that a failed
 * compilation is an ordinary throw.
 *
 * @throws SigningError `ERR_MODULE_LOADER_MISSING` with the `command` that mends it.
 */
export function requireLoader(
  loader: ModuleLoader,
  require: NodeJS.Require = createRequire(import.meta.url),
): unknown {
  try {
    return require(loader);
  } catch (cause) {
    const isThere = canResolve(require, loader);
    throw new SigningError(
      'ERR_MODULE_LOADER_MISSING',
      { loader, command: commands[loader][isThere ? 'broken' : 'missing'] },
      cause,
    );
  }
}

function canResolve(require: NodeJS.Require, loader: string): boolean {
  try {
    require.resolve(loader);
    return true;
  } catch {
    return false;
  }
}

export interface LoaderState {
  readonly loader: ModuleLoader;
  readonly usable: boolean;
  /** What makes it usable. */
  readonly command?: string;
}

/** Which loaders of PKCS#11 modules this installation has, in the order they are taken. */
export function loaderStates(require?: NodeJS.Require): readonly LoaderState[] {
  return (['pkcs11js', 'koffi'] as const).map((loader) => {
    try {
      requireLoader(loader, require);
      return { loader, usable: true };
    } catch (error) {
      return { loader, usable: false, command: String((error as SigningError).details['command']) };
    }
  });
}
