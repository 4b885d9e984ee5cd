import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { signerOf } from '../certificates/known-certificate.ts';
import { SigningError } from '../errors.ts';
import type { SignatureSigner } from '../types.ts';
import type { Cryptoki, ModuleInfo } from './cryptoki.ts';
import { knownModulePaths } from './known-modules.ts';
import { openModule } from './modules.ts';
import { certificatesOf } from './pkcs11-signer.ts';
import type { PinState } from './token-errors.ts';
import { pinState, tokenError } from './token-errors.ts';

/** A token as it presents itself to everybody: nobody logs in to see this. */
export interface TokenDescription {
  readonly module: string;
  readonly slotId: number;
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly pinState: PinState;
  /** The reference that names this token alone. */
  readonly uri: string;
  readonly certificates: readonly (SignatureSigner & { readonly id: string; readonly label: string })[];
}

/** Modules that are installed at places known beforehand, each real file once. */
export function findModules(exists: (path: string) => boolean = existsSync): readonly string[] {
  const { SystemRoot } = process.env;
  const paths = knownModulePaths({
    platform: process.platform,
    home: homedir(),
    ...(SystemRoot === undefined ? {} : { systemRoot: SystemRoot }),
  }).filter(exists);
  return [...new Map(paths.map((path) => [realFile(path), path])).values()];
}

function realFile(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Lists the tokens of a module with the certificates they show without login.
 *
 * @throws SigningError `ERR_MODULE_MISSING`, `ERR_MODULE_UNUSABLE`, `ERR_MODULE_LOADER_MISSING`, `ERR_TOKEN`.
 */
export function listTokens(
  module: string,
  load?: (path: string) => Cryptoki,
): { readonly info: ModuleInfo; readonly tokens: readonly TokenDescription[] } {
  const library = openModule(module, load);
  try {
    return {
      info: library.info(),
      tokens: library.tokens().map((token) => ({
        module,
        slotId: token.slotId,
        label: token.label,
        manufacturer: token.manufacturer,
        model: token.model,
        serial: token.serial,
        pinState: pinState(token.flags),
        uri: `pkcs11:token=${encodeURIComponent(token.label)};serial=${encodeURIComponent(token.serial)}`,
        certificates: certificatesOf(library, token).flatMap(({ certificate, id, label }) => {
          try {
            return [
              { ...signerOf(certificate), id: Buffer.from(id ?? []).toString('hex'), label: label ?? '' },
            ];
          } catch {
            return [];
          }
        }),
      })),
    };
  } catch (error) {
    throw error instanceof SigningError ? error : tokenError(error);
  }
}
