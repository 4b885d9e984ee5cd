import { realpathSync } from 'node:fs';
import { SigningError } from '../errors.ts';
import type { Cryptoki } from './cryptoki.ts';
import { loadWithKoffi } from './koffi-module.ts';
import { loadWithPkcs11js } from './pkcs11js-module.ts';

export type ModuleLoader = 'pkcs11js' | 'koffi';

/**
 * Modules stay loaded and initialised for the life of the process: login state and PIN counter belong to the process,
 * and several vendors' modules break on a second C_Initialize or C_Finalize.
 */
const loaded = new Map<string, Cryptoki>();

/** The module at `path`, loaded once. */
export function openModule(path: string, load: (path: string) => Cryptoki = loadModule): Cryptoki {
  let file: string;
  try {
    file = realpathSync(path);
  } catch (cause) {
    throw new SigningError('ERR_MODULE_MISSING', { module: path }, cause);
  }
  let module = loaded.get(file);
  if (module === undefined) loaded.set(file, (module = load(file)));
  return module;
}

const users = new WeakMap<Cryptoki, number>();

/** Counts who has sessions open with a module, since some remedies would take them from everybody. */
export function countUsers(module: Cryptoki, change: 1 | -1): void {
  users.set(module, usersOf(module) + change);
}

export const usersOf = (module: Cryptoki): number => users.get(module) ?? 0;

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

export const moduleLoaders: Readonly<Record<ModuleLoader, (path: string) => Cryptoki>> = {
  pkcs11js: loadWithPkcs11js,
  koffi: loadWithKoffi,
};
