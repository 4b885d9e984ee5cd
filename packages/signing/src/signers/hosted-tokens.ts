import { X509Certificate } from 'node:crypto';
import { signerOf } from '../certificates/known-certificate.ts';
import { SigningError } from '../errors.ts';
import { startHost } from './host-process.ts';
import type { SentModule, SentToken } from './host-process.ts';
import type { ModuleLoader } from './modules.ts';
import type { FailedModule, ModuleDescription, TokenDescription } from './tokens.ts';
import { passOver } from './tokens.ts';

export interface HostedListOptions {
  readonly loader?: ModuleLoader;
  /** Milliseconds that a module gets to answer; default 20,000. Readers can be slow, and broken drivers never answer. */
  readonly limitMs?: number;
}

/**
 * `listTokens` in a process of its own, which ends with the answer: a driver that crashes or hangs costs itself alone.
 *
 * @throws SigningError as `listTokens`, `ERR_MODULE_TIMEOUT`, and `ERR_TOKEN` (`exit`) when the process ends.
 */
export async function listHostedTokens(
  module: string,
  options: HostedListOptions = {},
): Promise<ModuleDescription> {
  let limit: NodeJS.Timeout | undefined;
  let kill: (() => void) | undefined;
  try {
    return await new Promise<ModuleDescription>((resolve, reject) => {
      const host = startHost((report) => {
        if (report.kind === 'inspected') resolve(receiveModule(report.module));
        if (report.kind === 'failed') reject(new SigningError(report.failure.code, report.failure.details));
      }, reject);
      kill = host.kill;
      const limitMs = options.limitMs ?? 20_000;
      limit = setTimeout(
        () => reject(new SigningError('ERR_MODULE_TIMEOUT', { module, seconds: limitMs / 1000 })),
        limitMs,
      );
      host.send({ kind: 'inspect', module, loader: options.loader });
    });
  } catch (error) {
    throw error instanceof SigningError && error.details['exit'] !== undefined
      ? new SigningError('ERR_MODULE_UNUSABLE', { module, why: error.details['exit'] }, error)
      : error;
  } finally {
    clearTimeout(limit);
    kill?.();
  }
}

/** The tokens of several modules at one time, each in a process of its own, in the order of the paths. */
export async function listAllHostedTokens(
  paths: readonly string[],
  options: HostedListOptions = {},
): Promise<{ readonly modules: readonly ModuleDescription[]; readonly failed: readonly FailedModule[] }> {
  const outcomes = await Promise.all(
    paths.map((path) =>
      listHostedTokens(path, options).catch((error: unknown) => passOver(error, path, paths.length)),
    ),
  );
  return {
    modules: outcomes.filter((outcome): outcome is ModuleDescription => !('error' in outcome)),
    failed: outcomes.filter((outcome): outcome is FailedModule => 'error' in outcome),
  };
}

export const sendModule = (module: ModuleDescription): SentModule => ({
  ...module,
  tokens: module.tokens.map(sendToken),
});

export const sendToken = (token: TokenDescription): SentToken => ({
  ...token,
  certificates: token.certificates.map(({ certificate, id, label }) => ({ raw: certificate.raw, id, label })),
});

const receiveModule = (module: SentModule): ModuleDescription => ({
  ...module,
  tokens: module.tokens.map(receiveToken),
});

export const receiveToken = (token: SentToken): TokenDescription => ({
  ...token,
  certificates: token.certificates.map(({ raw, id, label }) => ({
    ...signerOf(new X509Certificate(raw)),
    id,
    label,
  })),
});
