import type { X509Certificate } from 'node:crypto';
import { certificateFacts } from '../certificates/certificate-facts.ts';
import type { SigningErrorDetails } from '../errors.ts';
import { SigningError } from '../errors.ts';
import type { Pkcs11Uri } from './key-reference.ts';
import { tokenUri } from './token-uri.ts';
import type { ModuleDescription, TokenDescription } from './tokens.ts';

/** The one key that a reference means. */
export interface ChosenKey {
  readonly module: string;
  readonly token: TokenDescription;
  readonly certificate: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly id: Uint8Array | undefined;
}

/**
 * The one certificate that fits the URI over all tokens of all modules. Where several fit, they are listed in the error's
 * `candidates` as references that each mean one of them: choosing is for people.
 *
 * @throws SigningError `ERR_TOKEN_MISSING`, `ERR_CERTIFICATE_MISSING`, `ERR_MODULE_AMBIGUOUS`, `ERR_TOKEN_AMBIGUOUS`, `ERR_KEY_AMBIGUOUS`.
 */
export function chooseKey(
  modules: readonly ModuleDescription[],
  uri: Pkcs11Uri,
  given: X509Certificate | undefined,
  details: SigningErrorDetails = {},
): ChosenKey {
  const tokens = tokensThatFit(modules, uri);
  if (tokens.length === 0)
    throw new SigningError('ERR_TOKEN_MISSING', { ...(uri.token && { token: uri.token }), ...details });
  const found: (ChosenKey & { readonly uri: string })[] =
    given === undefined
      ? tokens.flatMap(({ token }) => subscribers(token, uri))
      : tokens.map(({ token }) => ({
          module: token.module,
          token,
          certificate: given,
          chain: [],
          id: uri.id,
          uri: token.uri,
        }));
  const [first, ...others] = found;
  if (first === undefined)
    throw new SigningError('ERR_CERTIFICATE_MISSING', { tokens: tokens.length, ...details });
  if (others.length === 0) return first;
  const code = others.some((other) => other.module !== first.module)
    ? 'ERR_MODULE_AMBIGUOUS'
    : others.some((other) => other.token.slotId !== first.token.slotId)
      ? 'ERR_TOKEN_AMBIGUOUS'
      : 'ERR_KEY_AMBIGUOUS';
  throw new SigningError(code, {
    count: found.length,
    candidates: found.map((one) => one.uri).join(', '),
  });
}

/** The tokens that a URI means, whatever they hold. */
export const tokensThatFit = (
  modules: readonly ModuleDescription[],
  uri: Pkcs11Uri,
): readonly { readonly module: ModuleDescription; readonly token: TokenDescription }[] =>
  modules.flatMap((module) =>
    module.tokens.filter((token) => fits(module, token, uri)).map((token) => ({ module, token })),
  );

/** The certificates of a token that a subscriber signs with, each with its issuers as far as the token holds them. */
function subscribers(token: TokenDescription, uri: Pkcs11Uri): (ChosenKey & { readonly uri: string })[] {
  const wanted = uri.id === undefined ? undefined : Buffer.from(uri.id).toString('hex');
  return token.certificates
    .filter((one) => !certificateFacts(one.certificate).isAuthority)
    .filter((one) => (wanted ?? one.id) === one.id && (uri.object ?? one.label) === one.label)
    .map(({ certificate, id, label }) => ({
      module: token.module,
      token,
      certificate,
      chain: token.certificates
        .map((other) => other.certificate)
        .filter((other) => other !== certificate && certificate.checkIssued(other)),
      id: id === '' ? undefined : Buffer.from(id, 'hex'),
      uri: tokenUri({ ...token, id, object: label }),
    }));
}

const fits = (module: ModuleDescription, token: TokenDescription, uri: Pkcs11Uri): boolean =>
  (uri.token ?? token.label) === token.label &&
  (uri.manufacturer ?? token.manufacturer) === token.manufacturer &&
  (uri.model ?? token.model) === token.model &&
  (uri.serial ?? token.serial) === token.serial &&
  (uri.slotId ?? token.slotId) === token.slotId &&
  (uri.slotDescription ?? token.slotDescription) === token.slotDescription &&
  (uri.slotManufacturer ?? token.slotManufacturer) === token.slotManufacturer &&
  (uri.libraryManufacturer ?? module.info.manufacturer) === module.info.manufacturer &&
  (uri.libraryDescription ?? module.info.description) === module.info.description &&
  (uri.libraryVersion ?? module.info.version) === module.info.version;
