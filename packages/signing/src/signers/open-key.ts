import { readFile } from 'node:fs/promises';
import { SigningError } from '../errors.ts';
import type { PinSource, Signer } from '../types.ts';
import type { ModuleLoader } from './modules.ts';
import { parseKeyReference } from './key-reference.ts';
import { pemSigner, readCertificates } from './pem-signer.ts';
import { pkcs12Signer } from './pkcs12-signer.ts';
import type { TokenNotice } from './token-session.ts';

export interface OpenKeyOptions {
  /** Gives the password or PIN; called at most once for opening, and only where one is needed. A token that was pulled out, or whose key demands it for each signature, makes it called again. */
  readonly pin?: PinSource;
  /** Path or bytes of the certificate, when the key's file or token does not hold it. */
  readonly certificate?: string | Uint8Array;
  /** Path of the PKCS#11 module, when the URI has no `module-path`; `auto` looks in all that are installed. */
  readonly module?: string;
  /** What loads the module; default pkcs11js, and koffi where that is not installed. */
  readonly loader?: ModuleLoader;
  /** PKCS#11 sessions; default one. */
  readonly sessions?: number;
  /** Hears that few PIN attempts are left, or that the token waits for its own keypad. */
  readonly tell?: (notice: TokenNotice) => void;
  /** How to open what `remote:NAME` names. */
  readonly remotes?: ReadonlyMap<string, () => Promise<Signer>>;
}

/**
 * Opens a key by its reference: `file:x.p12`, `file:key.pem`, an RFC 7512 `pkcs11:` URI or `remote:NAME`.
 * The signer must be closed when it is no longer needed.
 *
 * @throws SigningError with the codes of the signer it opens, `ERR_KEY_UNREADABLE`, `ERR_REMOTE_UNKNOWN`.
 * @example
 * const signer = await openKey('pkcs11:token=VNPT;type=private', { module: 'auto', pin: askPin });
 */
export async function openKey(reference: string, options: OpenKeyOptions = {}): Promise<Signer> {
  const parsed = parseKeyReference(reference);
  switch (parsed.kind) {
    case 'file':
      return openFile(parsed.path, options);
    case 'pkcs11': {
      const [{ pkcs11Signer }, { moduleLoaders }] = await Promise.all([
        import('./pkcs11-signer.ts'),
        import('./modules.ts'),
      ]);
      const certificate = await readOption(options.certificate);
      return pkcs11Signer({
        uri: parsed.uri,
        ...(options.module === undefined ? {} : { module: options.module }),
        ...(options.pin === undefined ? {} : { pin: options.pin }),
        ...(options.loader === undefined ? {} : { load: moduleLoaders[options.loader] }),
        ...(options.sessions === undefined ? {} : { sessions: options.sessions }),
        ...(options.tell === undefined ? {} : { tell: options.tell }),
        ...(certificate === undefined ? {} : { certificate: readCertificates(certificate)[0]! }),
      });
    }
    case 'remote': {
      const open = options.remotes?.get(parsed.name);
      if (open === undefined) throw new SigningError('ERR_REMOTE_UNKNOWN', { name: parsed.name });
      return open();
    }
  }
}

async function openFile(path: string, options: OpenKeyOptions): Promise<Signer> {
  const file = await read(path);
  const label = `file:${path}`;
  const pin = options.pin === undefined ? {} : { pin: options.pin };
  // DER begins with a SEQUENCE; everything else that can hold a key is text.
  if (file[0] === 0x30) return pkcs12Signer({ file, label, ...pin });
  const certificates = await readOption(options.certificate);
  return pemSigner({ pem: file, label, ...pin, ...(certificates === undefined ? {} : { certificates }) });
}

async function readOption(source: string | Uint8Array | undefined): Promise<Uint8Array | undefined> {
  return typeof source === 'string' ? read(source) : source;
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new SigningError('ERR_KEY_UNREADABLE', { path }, cause);
  }
}
