import { existsSync } from 'node:fs';
import { resolveEnvironment } from '@bhxh/sdk';
import {
  isPostgresAddress,
  journalPath,
  openJournal,
  shownAddress,
  stateFolder,
  type Item,
  type Journal,
} from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { resolvePlace, type Place } from '../open-client.ts';

/** Where a sender's journal is: `--journal`, `BHXH_JOURNAL`, or one per environment, host and facility in the user's state folder. */
export function journalPathOf(context: CommandContext, place?: Place): string {
  const given = textOption(context.options, 'journal') ?? context.environment['BHXH_JOURNAL'];
  if (given !== undefined) return given;
  const { environment, url, facility } = place ?? resolvePlace(context);
  const { host } = new URL(resolveEnvironment(environment, url).origin);
  return journalPath(stateFolder(context.environment), environment, `${host}-${facility}`);
}

export function openSenderJournal(
  context: CommandContext,
  path: string,
  readOnly: boolean,
): Promise<Journal> {
  return openJournal({ now: context.now, env: context.environment, path, readOnly });
}

/** The journal of the command line, which must be there already. Throws ERR_JOURNAL_MISSING when it is not. */
export function existingJournal(context: CommandContext): string {
  const path = journalPathOf(context);
  if (isPostgresAddress(path) || existsSync(path)) return path;
  throw cliError('ERR_JOURNAL_MISSING', { path });
}

/**
 * A run that only resumes has something to resume; of a journal that was lost, what lay beside it tells what may have
 * been sent. Throws ERR_JOURNAL_MISSING when there is neither.
 */
export function requireBegunJournal(path: string): void {
  if (isPostgresAddress(path)) return;
  if (!['', '.head', '.receipts'].some((end) => existsSync(`${path}${end}`))) {
    throw cliError('ERR_JOURNAL_MISSING', { path });
  }
}

/** The address of the journal of many machines. Throws ERR_OPTION_INVALID when there is none. */
export function sharedJournal(context: CommandContext, command: string): string {
  const path = textOption(context.options, 'journal') ?? context.environment['BHXH_JOURNAL'] ?? '';
  if (isPostgresAddress(path)) return path;
  throw cliError('ERR_OPTION_INVALID', {
    option: '--journal',
    value: shownAddress(path),
    why: 'postgres://user@host/database',
    command,
  });
}

/** Begins the names of the files that belong to a journal: beside it, or on this machine when it is a database. */
export function filesBeside(context: CommandContext, journal: Journal): string {
  if (!isPostgresAddress(journal.path)) return journal.path;
  return journalPath(stateFolder(context.environment), 'shared', journal.path.replace(/^.*@/, ''));
}

/** An item by its number. Throws ERR_OPTION_INVALID when there is none. */
export async function itemNumbered(journal: Journal, text: string, command: string): Promise<Item> {
  const item = /^\d{1,15}$/.test(text) ? await journal.item(Number(text)) : null;
  if (item === null)
    throw cliError('ERR_OPTION_INVALID', { option: '<item>', value: text, why: '1, 2, 3 …', command });
  return item;
}
