import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { applyTrustUpdate, type TrustList } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { chosenDomains } from '../read-trust.ts';
import { signingFailure } from '../signing-failure.ts';
import { readTrustFile, shownAnchor, writeTrustFile } from '../trust-file.ts';
import { anchorTable } from './trust-list.ts';

/** Takes a signed update of the published certificates; one that is older, altered or of another publisher changes nothing. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, environment, now } = context;
  const before = readTrustFile(environment);
  const keyPath = textOption(options, 'publisherKey');
  const file = readText(context.arguments[0] ?? '');
  let after: TrustList;
  try {
    const key = keyPath === undefined ? {} : { key: readKey(keyPath) };
    after = applyTrustUpdate(before, file, { ...key, now });
  } catch (error) {
    throw signingFailure(error);
  }
  writeTrustFile(environment, after);
  const isIn = (list: TrustList, wanted: string): boolean =>
    list.anchors.some(({ fingerprint }) => fingerprint === wanted);
  const added = after.anchors.filter(({ fingerprint }) => !isIn(before, fingerprint));
  const removed = before.anchors.filter(({ fingerprint }) => !isIn(after, fingerprint));
  if (context.format === 'json') {
    const change = {
      added: added.map(shownAnchor),
      removed: removed.map(shownAnchor),
      updated: after.updated,
    };
    streams.write(`${JSON.stringify({ schema: 'bhxh-trust-change/1', ...change })}\n`);
    return exitCodes.done;
  }
  const { trust } = messages;
  const domains = chosenDomains([], 'trust update');
  streams.write(`${trust.updated} ${after.updated?.sequence ?? 0} (${after.updated?.issuedAt ?? ''})\n`);
  if (added.length > 0) streams.write(`${trust.added}\n${anchorTable(context, added, domains)}`);
  if (removed.length > 0) streams.write(`${trust.removed}\n${anchorTable(context, removed, domains)}`);
  return exitCodes.done;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: (cause as NodeJS.ErrnoException).code ?? '' }, cause);
  }
}

function readKey(path: string): KeyObject {
  const text = readText(path);
  try {
    return createPublicKey(text);
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: 'PEM' }, cause);
  }
}
