import type { Circuit } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { submissionMessages } from '../messages/submission.ts';
import { numberOption } from '../number-option.ts';
import { boundsOf } from './bounds.ts';
import { dryRun } from './dry-run.ts';
import { hasInput, namedBy } from './input-paths.ts';
import { filesBeside, journalPathOf, openSenderJournal, requireBegunJournal } from './open-journal.ts';
import { openSenders } from './served-accounts.ts';
import { openOutbox } from './outbox.ts';
import { openRunList } from './run-list.ts';
import { sendListed } from './send-listed.ts';
import { sendWatched } from './send-watched.ts';
import { severalSenders } from './several-senders.ts';
import { keepMemorySteady } from './steady-memory.ts';

/** Plans, sends and reports; the command line of `bhxh submit` and `bhxh checkin`. */
export async function send(context: CommandContext, command: 'submit' | 'checkin'): Promise<ExitCode> {
  keepMemorySteady();
  const { options } = context;
  const bounds = boundsOf(context);
  const watch = textOption(options, 'watch');
  if (watch !== undefined) refuseBesideWatch(context, watch);
  const resumesOnly = watch === undefined && !hasInput(context);
  if (resumesOnly && !flagOption(options, 'resume')) {
    throw cliError('ERR_OPTION_INVALID', { option: '[paths...]', value: '', why: '…, --resume', command });
  }
  const maxRate = numberOption(options, 'maxRate', 'submit', { least: 0.01, most: 10_000 });
  const { targets, place, close } = openSenders(context, maxRate);
  try {
    const target = severalSenders(targets);
    const journalPath = journalPathOf(context, place);
    if (resumesOnly) requireBegunJournal(journalPath);
    if (flagOption(options, 'dryRun')) return await dryRun(context, target, journalPath);
    const journal = await openSenderJournal(context, journalPath, false);
    try {
      const beside = filesBeside(context, journal);
      const list = await openRunList(beside, resumesOnly);
      const { unreadBefore } = list;
      if (unreadBefore !== undefined && unreadBefore !== namedBy(context, command)) {
        context.streams.note(
          `${submissionMessages[context.language].unreadBefore({ named: unreadBefore })}\n`,
        );
      }
      const submission = {
        context,
        journal,
        targets,
        target,
        outbox: openOutbox(beside),
        bounds,
        list,
        circuits: new Map<string, Circuit>(),
        codes: new Set<ExitCode>(),
      };
      try {
        return await (watch === undefined
          ? sendListed(submission, command)
          : sendWatched(submission, watch, command));
      } finally {
        list.close();
      }
    } finally {
      await journal.close();
    }
  } finally {
    await close();
  }
}

function refuseBesideWatch(context: CommandContext, watch: string): void {
  const beside = hasInput(context)
    ? '[paths...], --list'
    : flagOption(context.options, 'dryRun')
      ? '--dry-run'
      : undefined;
  if (beside === undefined) return;
  throw cliError('ERR_OPTION_INVALID', {
    option: '--watch',
    value: watch,
    why: `≠ ${beside}`,
    command: 'submit',
  });
}
