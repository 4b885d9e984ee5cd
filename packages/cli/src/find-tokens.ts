import type { Pkcs11Uri } from '@bhxh/signing';
import type { FailedModule, ModuleDescription } from '@bhxh/signing/signers/pkcs11';
import { listOption, type CommandContext } from './command-context.ts';
import { signingFailure } from './signing-failure.ts';

export interface FoundTokens {
  /** Paths that were looked into. */
  readonly paths: readonly string[];
  readonly modules: readonly ModuleDescription[];
  readonly failed: readonly FailedModule[];
}

/** The tokens of the drivers that `--module` names or a reference means, else of all that are installed; nobody logs in. */
export async function findTokens(context: CommandContext, uri: Pkcs11Uri = {}): Promise<FoundTokens> {
  const { findModules, listAllHostedTokens, modulesFor } = await import('@bhxh/signing/signers/pkcs11');
  const named = listOption(context.options, 'module');
  try {
    const isInUri = uri.modulePath !== undefined || uri.moduleName !== undefined;
    const paths = isInUri ? modulesFor(uri, 'auto') : named.length > 0 ? named : findModules();
    return { paths, ...(await listAllHostedTokens(paths)) };
  } catch (error) {
    throw signingFailure(error);
  }
}

/** Drivers that could not be used, on standard error. */
export function tellFailedModules(
  { streams, language }: CommandContext,
  failed: readonly FailedModule[],
): void {
  for (const { module, error } of failed) {
    const told = signingFailure(error, module) as Error & { sentences?: Record<typeof language, string> };
    streams.note(`${module}: ${error.code}: ${told.sentences?.[language] ?? ''}\n`);
  }
}
