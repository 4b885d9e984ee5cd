import type { Signer } from '@bhxh/signing';
import { textOption, type CommandContext } from '../command-context.ts';
import { openSigner } from '../open-signer.ts';
import { signingFailure } from '../signing-failure.ts';

/** The key of `--sign-with`, opened once for the whole submission; undefined when documents come signed. */
export async function openSubmissionSigner(context: CommandContext): Promise<Signer | undefined> {
  const reference = textOption(context.options, 'signWith');
  if (reference === undefined) return undefined;
  return openSigner(context, reference).catch((error: unknown) => Promise.reject(signingFailure(error)));
}
