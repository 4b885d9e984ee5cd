import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { SigningError } from '../errors.ts';
import type { Pkcs11Uri } from './key-reference.ts';
import { knownModulePaths, registeredModuleFolders, registrationFolders } from './known-modules.ts';

/**
 * Modules that are installed on this machine, each real file once: those that the system's packages registered for p11-kit
 * first, then those at places known beforehand. Nothing is loaded.
 */
export function findModules(exists: (path: string) => boolean = existsSync): readonly string[] {
  const { SystemRoot } = process.env;
  const known = knownModulePaths({
    platform: process.platform,
    home: homedir(),
    ...(SystemRoot === undefined ? {} : { systemRoot: SystemRoot }),
  });
  const registered = process.platform === 'win32' ? [] : registeredModules(registrationFolders);
  const paths = [...registered, ...known].filter(exists);
  return [...new Map(paths.map((path) => [realFile(path), path])).values()];
}

/** The modules that files of p11-kit name: `module: /usr/lib/x.so`, or a bare name in one of the usual folders. */
export function registeredModules(
  folders: readonly string[],
  moduleFolders: readonly string[] = registeredModuleFolders,
): string[] {
  return folders.flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith('.module'))
      .flatMap((name) => {
        const named = /^[ \t]*module[ \t]*:[ \t]*(.+?)[ \t]*$/m.exec(readText(join(folder, name)))?.[1];
        if (named === undefined) return [];
        return isAbsolute(named) ? [named] : moduleFolders.map((one) => join(one, named));
      }),
  );
}

/**
 * The modules in which the key of a URI is looked for: the URI's own `module-path` or `module-name`, else `module`, else, for
 * `auto`, all that are installed.
 *
 * @throws SigningError `ERR_MODULE_MISSING`.
 */
export function modulesFor(uri: Pkcs11Uri, module: string | undefined): readonly string[] {
  const { modulePath, moduleName } = uri;
  const isNamed = (path: string): boolean => moduleName === undefined || isModuleName(path, moduleName);
  if (modulePath !== undefined && !isFolder(modulePath)) return [modulePath];
  if (modulePath === undefined && moduleName === undefined && module !== undefined && module !== 'auto')
    return [module];
  if (modulePath === undefined && moduleName === undefined && module === undefined)
    throw new SigningError('ERR_MODULE_MISSING');
  const found =
    modulePath === undefined
      ? findModules()
      : namesIn(modulePath)
          .filter((name) => /\.(?:so|dll|dylib)$/i.test(name))
          .map((name) => join(modulePath, name));
  const fitting = found.filter(isNamed);
  if (fitting.length === 0)
    throw new SigningError('ERR_MODULE_MISSING', moduleName === undefined ? {} : { module: moduleName });
  return fitting;
}

/** `softhsm2` is `libsofthsm2.so` on one system and `softhsm2.dll` on another; letter case does not count. */
export function isModuleName(path: string, name: string): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/^lib/, '');
  const file = basename(path.replaceAll('\\', '/')).replace(/\.(?:so(?:\.[\d.]+)?|dll|dylib)$/i, '');
  return bare(file) === bare(name);
}

function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
