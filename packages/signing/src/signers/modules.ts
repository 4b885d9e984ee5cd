import { realpathSync } from 'node:fs';
import { SigningError } from '../errors.ts';
import type { Cryptoki } from './cryptoki.ts';
import { loadWithPkcs11js } from './pkcs11js-module.ts';

export type ModuleLoader = 'pkcs11js' | 'koffi';

/**
 * Modules stay loaded and initialised for the life of the process: login state and PIN counter belong to the process,
 * and several vendors' modules break on a second C_Initialize or C_Finalize.
 */
const loaded = new Map<string, Cryptoki>();

/** The module at `path`, loaded once. */
export function openModule(path: string, load: (path: string) => Cryptoki = loadWithPkcs11js): Cryptoki {
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
