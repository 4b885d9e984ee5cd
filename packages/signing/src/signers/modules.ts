import { realpathSync } from 'node:fs';
import { SigningError } from '../errors.ts';
import type { Cryptoki } from './cryptoki.ts';
import { loadWithKoffi } from './koffi-module.ts';
import { refuseForeignLibrary } from './module-file.ts';
import { loadWithPkcs11js } from './pkcs11js-module.ts';

export type ModuleLoader = 'pkcs11js' | 'koffi';
type Load = (path: string) => Cryptoki;

interface LoadedFile {
  readonly path: string;
  readonly byLoad: Map<Load, Cryptoki>;
  /** Who has sessions open, whichever loader they came through. */
  users: number;
}

/**
 * Modules stay loaded and initialised for the life of the process: login state and PIN counter belong to the process,
 * and several vendors' modules break on a second C_Initialize or C_Finalize.
 */
const loaded = new Map<string, LoadedFile>();
const files = new WeakMap<Cryptoki, LoadedFile>();

/**
 * The module at `path`, loaded once by each loader.
 *
 * @throws SigningError `ERR_MODULE_MISSING`, `ERR_MODULE_UNUSABLE`, `ERR_MODULE_LOADER_MISSING`.
 */
export function openModule(path: string, load: Load = loadModule): Cryptoki {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    throw new SigningError('ERR_MODULE_MISSING', { module: path }, cause);
  }
  const file = loaded.get(real) ?? { path: real, byLoad: new Map<Load, Cryptoki>(), users: 0 };
  const known = file.byLoad.get(load);
  if (known !== undefined) return known;
  refuseForeignLibrary(real);
  const module = load(real);
  file.byLoad.set(load, module);
  files.set(module, file);
  loaded.set(real, file);
  return module;
}

/** Counts who has sessions open with a module, since some remedies would take them from everybody. */
export function countUsers(module: Cryptoki, change: 1 | -1): void {
  const file = files.get(module);
  if (file !== undefined) file.users += change;
}

export const usersOf = (module: Cryptoki): number => files.get(module)?.users ?? 0;

/** pkcs11js where it is installed and compiled, otherwise koffi, which needs no compiler. */
export function loadModule(path: string): Cryptoki {
  try {
    return loadWithPkcs11js(path);
  } catch (error) {
    if (!isLoaderMissing(error)) throw error;
    try {
      return loadWithKoffi(path);
    } catch (second) {
      // The first message names the usual remedy.
      throw isLoaderMissing(second) ? error : second;
    }
  }
}

const isLoaderMissing = (error: unknown): boolean =>
  error instanceof SigningError && error.code === 'ERR_MODULE_LOADER_MISSING';

export const moduleLoaders: Readonly<Record<ModuleLoader, Load>> = {
  pkcs11js: (path) => loadWithPkcs11js(path),
  koffi: (path) => loadWithKoffi(path),
};

/** For further threads of a process that has the module loaded and initialised. */
export const threadLoaders: Readonly<Record<ModuleLoader, Load>> = {
  pkcs11js: (path) => loadWithPkcs11js(path, true),
  koffi: (path) => loadWithKoffi(path, true),
};

/** The file that further threads of this process load; none where the module came through a function of the caller's. */
export function threadModuleOf(module: Cryptoki): string | undefined {
  const file = files.get(module);
  const known: readonly Load[] = [loadModule, ...Object.values(moduleLoaders)];
  return known.some((load) => file?.byLoad.get(load) === module) ? file?.path : undefined;
}
