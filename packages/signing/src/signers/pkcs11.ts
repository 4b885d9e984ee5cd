/**
 * Tokens and HSMs: the signer, and what `doctor` and `token list` show. Loaded apart from the main door, since it reaches
 * for native addons.
 *
 * @packageDocumentation
 */
export { pkcs11Signer } from './pkcs11-signer.ts';
export type { Pkcs11SignerOptions } from './pkcs11-signer.ts';
export { findModules, listTokens } from './tokens.ts';
export type { TokenDescription } from './tokens.ts';
export { loadModule, moduleLoaders, openModule } from './modules.ts';
export type { ModuleLoader } from './modules.ts';
export type { Cryptoki, ModuleInfo, TokenInfo } from './cryptoki.ts';
export type { PinState } from './token-errors.ts';
export { hostedPkcs11Signer } from './token-host.ts';
export type { HostedSignerOptions } from './token-host.ts';
