import { removeAnchor, type TrustAnchor } from '@bhxh/signing';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { chosenDomains } from '../read-trust.ts';
import { signingFailure } from '../signing-failure.ts';
import { readTrustFile, shownAnchor, writeTrustFile } from '../trust-file.ts';
import { anchorTable } from './trust-list.ts';

/** Trusts the named certificates no longer; all of them or, when one is not there, none. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages, environment } = context;
  let list = readTrustFile(environment);
  const removed: TrustAnchor[] = [];
  try {
    for (const named of context.arguments) {
      const result = removeAnchor(list, named);
      list = result.list;
      removed.push(result.removed);
    }
  } catch (error) {
    throw signingFailure(error);
  }
  writeTrustFile(environment, list);
  if (context.format === 'json') {
    const shown = removed.map(shownAnchor);
    streams.write(`${JSON.stringify({ schema: 'bhxh-trust-change/1', added: [], removed: shown })}\n`);
    return exitCodes.done;
  }
  const domains = chosenDomains([], 'trust remove');
  streams.write(`${messages.trust.removed}\n${anchorTable(context, removed, domains)}`);
  return exitCodes.done;
}
