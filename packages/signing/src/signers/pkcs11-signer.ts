import type { X509Certificate } from 'node:crypto';
import { SigningError } from '../errors.ts';
import type { PinSource, SignatureAlgorithm, Signer } from '../types.ts';
import type { ChosenKey } from './choose-key.ts';
import { chooseKey } from './choose-key.ts';
import type { Cryptoki, TokenInfo } from './cryptoki.ts';
import { modulesFor } from './find-modules.ts';
import { algorithmsFor } from './key-object-signer.ts';
import type { Pkcs11Uri } from './key-reference.ts';
import { loaderStates } from './loader-package.ts';
import { moduleLoaders, openModule, threadModuleOf } from './modules.ts';
import type { SignMechanism } from './sign-mechanism.ts';
import { canSign, mechanismsFor } from './sign-mechanism.ts';
import type { TokenNotice } from './token-session.ts';
import { TokenSession } from './token-session.ts';
import type { TokenDescription } from './tokens.ts';
import { failedDetails, listAllTokens, listTokens } from './tokens.ts';

export interface Pkcs11SignerOptions {
  readonly uri: Pkcs11Uri;
  /** Path of the module when the URI names none, or `auto` to look in all that are installed. */
  readonly module?: string;
  /**
   * Asked once, and only after the token with the wanted certificate was found; again when the token was pulled out and
   * put back, and for each signature where the key itself demands it. Not asked where the token has its own keypad.
   */
  readonly pin?: PinSource;
  /** Operations at one time. One suits tokens; an HSM takes more, each in a thread of its own. */
  readonly sessions?: number;
  /** The certificate, when the token does not hold it or shows it only after login. */
  readonly certificate?: X509Certificate;
  readonly load?: (path: string) => Cryptoki;
  /** Hears what the person at the token should know. */
  readonly tell?: (notice: TokenNotice) => void;
}

/** A signer whose key is in a token. */
export interface TokenSigner extends Signer {
  readonly token: TokenDescription;
  readonly loader: 'pkcs11js' | 'koffi';
  /** The standard's name of the mechanism that an algorithm takes, as far as is known now. */
  mechanism(algorithm: SignatureAlgorithm): Promise<string>;
}

/**
 * A signer for a key in a token or HSM. The token is chosen by the certificate it holds, found without login; the PIN is
 * then tried once. When the token goes away while signing, it is looked for again once, by serial number.
 *
 * @throws SigningError `ERR_MODULE_*`, `ERR_TOKEN_*`, `ERR_PIN_*`, `ERR_CERTIFICATE_MISSING`, `ERR_KEY_MISSING`, `ERR_KEY_AMBIGUOUS`.
 */
export async function pkcs11Signer(options: Pkcs11SignerOptions): Promise<TokenSigner> {
  const { uri, load, certificate } = options;
  const { modules, failed } = listAllTokens(modulesFor(uri, options.module), (path) =>
    listTokens(path, load),
  );
  const chosen = chooseKey(modules, uri, certificate, failedDetails(failed));
  const library = libraryFor(chosen, load);
  const token = presentToken(library, chosen);
  const session = new TokenSession({
    library,
    token,
    certificate: chosen.certificate,
    id: chosen.id,
    pin: options.pin,
    sessions: options.sessions ?? 1,
    threadModule: threadModuleOf(library),
    tell: options.tell ?? (() => {}),
  });
  const offered = library.mechanisms(token.slot);
  const algorithms = algorithmsFor(chosen.certificate.publicKey).filter((name) => canSign(offered, name));
  await session.open();
  const signs = (given: 'data' | 'hash'): Signer['sign'] => {
    const known = new Map<SignatureAlgorithm, readonly SignMechanism[]>();
    return async (bytes, algorithm, signal) => {
      if (!algorithms.includes(algorithm))
        throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { algorithm });
      let mechanisms = known.get(algorithm);
      if (mechanisms === undefined)
        known.set(algorithm, (mechanisms = mechanismsFor(offered, algorithm, given)));
      return await session.sign(bytes, mechanisms, signal);
    };
  };
  return {
    certificate: chosen.certificate,
    chain: chosen.chain,
    algorithms,
    label: labelOf(chosen.token),
    token: chosen.token,
    loader: library.loader,
    mechanism: async (algorithm) => session.mechanism(mechanismsFor(offered, algorithm)),
    sign: signs('data'),
    signHash: signs('hash'),
    close: () => session.close(),
  };
}

/** How the token is called to people: its URI without the path of this machine. */
const labelOf = (token: TokenDescription): string => token.uri.replace(/\?.*$/, '');

/**
 * A token with a keypad must be given no PIN at all; pkcs11js can only give an empty one, which some modules count as a
 * wrong PIN. Both loaders may share a module, so koffi takes over where it can.
 */
function libraryFor({ module, token }: ChosenKey, load: Pkcs11SignerOptions['load']): Cryptoki {
  const library = openModule(module, load);
  if (!token.hasKeypad || load !== undefined || library.loader === 'koffi') return library;
  const hasKoffi = loaderStates().some(({ loader, usable }) => loader === 'koffi' && usable);
  return hasKoffi ? openModule(module, moduleLoaders.koffi) : library;
}

function presentToken(library: Cryptoki, { token }: ChosenKey): TokenInfo {
  const found = library.tokens().find(({ slotId }) => slotId === token.slotId);
  if (found === undefined || found.serial !== token.serial)
    throw new SigningError('ERR_TOKEN_GONE', { token: token.label });
  return found;
}
