import { X509Certificate } from 'node:crypto';
import { firstDer } from '../certificates/der.ts';
import { signerOf } from '../certificates/known-certificate.ts';
import { SigningError } from '../errors.ts';
import type { SignatureSigner } from '../types.ts';
import type { Cryptoki, ModuleInfo, TokenInfo } from './cryptoki.ts';
import { cka, ckf, cko } from './cryptoki.ts';
import { openModule } from './modules.ts';
import type { ModuleLoader } from './modules.ts';
import { signMechanismNames } from './sign-mechanism.ts';
import type { PinState } from './token-errors.ts';
import { pinState, tokenError } from './token-errors.ts';
import { tokenUri } from './token-uri.ts';
import { ulongBytes } from './ulong.ts';

/** A certificate on a token, under the id and label of its object. */
export type TokenCertificate = SignatureSigner & {
  /** Hexadecimal; empty when the object has none. */
  readonly id: string;
  readonly label: string;
};

/** A token as it presents itself to everybody: nobody logs in to see this. */
export interface TokenDescription {
  readonly module: string;
  readonly slotId: number;
  readonly slotDescription: string;
  readonly slotManufacturer: string;
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly pinState: PinState;
  /** Bytes; zero where the token does not tell. */
  readonly pinLength: { readonly least: number; readonly most: number };
  /** The PIN is typed on the token or its reader, and not in this program. */
  readonly hasKeypad: boolean;
  /** Names of the mechanisms that sign and are used here. */
  readonly mechanisms: readonly string[];
  /** The reference that means this token alone. */
  readonly uri: string;
  readonly certificates: readonly TokenCertificate[];
}

/** A module with what is plugged in. */
export interface ModuleDescription {
  readonly module: string;
  readonly loader: ModuleLoader;
  readonly info: ModuleInfo;
  readonly tokens: readonly TokenDescription[];
}

/**
 * Lists the tokens of a module with the certificates they show without login. Loads the module into this process.
 *
 * @throws SigningError `ERR_MODULE_MISSING`, `ERR_MODULE_UNUSABLE`, `ERR_MODULE_LOADER_MISSING`, `ERR_TOKEN`.
 */
export function listTokens(module: string, load?: (path: string) => Cryptoki): ModuleDescription {
  const library = openModule(module, load);
  try {
    return {
      module,
      loader: library.loader,
      info: library.info(),
      tokens: library.tokens().map((token) => describeToken(library, module, token)),
    };
  } catch (error) {
    throw tokenError(error);
  }
}

function describeToken(library: Cryptoki, module: string, token: TokenInfo): TokenDescription {
  const slot = library.slotInfo(token.slot);
  return {
    module,
    slotId: token.slotId,
    slotDescription: slot.description,
    slotManufacturer: slot.manufacturer,
    label: token.label,
    manufacturer: token.manufacturer,
    model: token.model,
    serial: token.serial,
    pinState: pinState(token.flags),
    pinLength: token.pinLength,
    hasKeypad: (token.flags & ckf.protectedAuthenticationPath) !== 0,
    mechanisms: signMechanismNames(library.mechanisms(token.slot)),
    uri: tokenUri({ label: token.label, serial: token.serial, module }),
    certificates: certificatesOf(library, token),
  };
}

/** Every readable certificate on a token, without login. */
function certificatesOf(library: Cryptoki, token: TokenInfo): TokenCertificate[] {
  try {
    const session = library.openSession(token.slot);
    try {
      const objects = library.find(session, [{ type: cka.class, value: ulongBytes(cko.certificate) }], 256);
      return objects.flatMap((object) => {
        const [value, id, label] = library.read(session, object, [cka.value, cka.id, cka.label]);
        const certificate = value === undefined ? undefined : readTokenCertificate(value);
        if (certificate === undefined) return [];
        return [
          {
            ...certificate,
            id: Buffer.from(id ?? []).toString('hex'),
            label: Buffer.from(label ?? []).toString('utf8'),
          },
        ];
      });
    } finally {
      library.closeSession(session);
    }
  } catch (error) {
    throw tokenError(error, { token: token.label });
  }
}

/** Some tokens pad the value with zeros; others hold objects that are no certificates at all. */
function readTokenCertificate(value: Uint8Array): SignatureSigner | undefined {
  try {
    return signerOf(new X509Certificate(firstDer(value).bytes));
  } catch {
    return undefined;
  }
}

/**
 * The modules among `paths` that can be used, and why the others cannot. A search goes on past a broken driver, but not
 * past a missing loader, without which none can be used.
 *
 * @throws SigningError the only module's own error, or `ERR_MODULE_LOADER_MISSING`.
 */
export function listAllTokens(
  paths: readonly string[],
  list: (path: string) => ModuleDescription,
): { readonly modules: readonly ModuleDescription[]; readonly failed: readonly FailedModule[] } {
  const modules: ModuleDescription[] = [];
  const failed: FailedModule[] = [];
  for (const path of paths) {
    try {
      modules.push(list(path));
    } catch (error) {
      failed.push(passOver(error, path, paths.length));
    }
  }
  return { modules, failed };
}

export interface FailedModule {
  readonly module: string;
  readonly error: SigningError;
}

/** A module that is passed over in a search; throws what may not be passed over. */
export function passOver(error: unknown, module: string, searched: number): FailedModule {
  const isOurs = error instanceof SigningError;
  if (!isOurs || searched === 1 || error.code === 'ERR_MODULE_LOADER_MISSING') throw error;
  return { module, error };
}

/** The modules that were passed over, for an error that says that nothing was found. */
export const failedDetails = (failed: readonly FailedModule[]): { readonly failed?: string } =>
  failed.length === 0
    ? {}
    : { failed: failed.map(({ module, error }) => `${module}: ${error.code}`).join(', ') };
