/**
 * Tokens and HSMs: the signer, and what `doctor` and `token list` show. Loaded apart from the main door, since it reaches
 * for native addons.
 *
 * @packageDocumentation
 */
export { pkcs11Signer } from './pkcs11-signer.ts';
export type { Pkcs11SignerOptions, TokenSigner } from './pkcs11-signer.ts';
export type { TokenNotice } from './token-session.ts';
export { tokensThatFit } from './choose-key.ts';
export { findModules, modulesFor } from './find-modules.ts';
export { listTokens } from './tokens.ts';
export type { ModuleDescription, TokenCertificate, TokenDescription } from './tokens.ts';
export { loadModule, moduleLoaders, openModule } from './modules.ts';
export type { ModuleLoader } from './modules.ts';
export type { Cryptoki, ModuleInfo, TokenInfo } from './cryptoki.ts';
export type { PinState } from './token-errors.ts';
export { hostedPkcs11Signer } from './token-host.ts';
export type { HostedSignerOptions } from './token-host.ts';
export { listAllHostedTokens, listHostedTokens } from './hosted-tokens.ts';
export type { HostedListOptions } from './hosted-tokens.ts';
export type { FailedModule } from './tokens.ts';
export { loaderStates } from './loader-package.ts';
export type { LoaderState } from './loader-package.ts';
