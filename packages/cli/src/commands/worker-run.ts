import { openSharedJournal, runWorker, type ItemState, type WorkerEvent } from '@bhxh/sdk/submission';
import { flagOption, type CommandContext } from '../command-context.ts';
import { exitCodeOf, exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import { workerMessages } from '../messages/worker.ts';
import { numberOption } from '../number-option.ts';
import { sharedJournal } from '../sending/open-journal.ts';
import { openServedAccounts } from '../sending/served-accounts.ts';
import { keepMemorySteady } from '../sending/steady-memory.ts';

const command = 'worker run';

/** Sends what the journal of many machines holds until it is told to stop. */
export async function run(context: CommandContext): Promise<ExitCode> {
  keepMemorySteady();
  const { options, streams, language, now } = context;
  const concurrency =
    numberOption(options, 'concurrency', command, { least: 1, most: 256, whole: true }) ?? 8;
  const path = sharedJournal(context, command);
  const accounts = openServedAccounts(context);
  const counts: Partial<Record<ItemState | 'overtaken', number>> = {};
  const codes = new Set<ExitCode>();
  try {
    const journal = await openSharedJournal({
      path,
      now,
      env: context.environment,
      role: 'worker',
      concurrency,
    });
    try {
      for await (const event of runWorker({
        journal,
        targets: accounts.targets,
        now,
        concurrency,
        signal: context.signal,
        untilEmpty: flagOption(options, 'untilEmpty'),
        elapsed: context.elapsed,
      })) {
        tell(context, event);
        if (event.kind === 'item') counts[event.item.state] = (counts[event.item.state] ?? 0) + 1;
        else if (event.kind === 'overtaken') counts.overtaken = (counts.overtaken ?? 0) + 1;
        else if (event.kind === 'finished' && event.error) codes.add(exitCodeOf(event.error.category));
      }
      if (context.format === 'json')
        streams.write(
          `${JSON.stringify({ schema: 'bhxh-worker/1', worker: journal.lease?.id ?? null, counts })}\n`,
        );
      else {
        const told = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
        streams.write(`${workerMessages[language].sent}: ${told.join(', ') || '0'}\n`);
      }
    } finally {
      await journal.close();
    }
  } finally {
    await accounts.close();
  }
  if (counts.rejected !== undefined) codes.add(exitCodes.rejected);
  if (context.signal.aborted) codes.add(exitCodes.interrupted);
  return mostSerious(codes);
}

function tell({ streams, language, messages }: CommandContext, event: WorkerEvent): void {
  const words = workerMessages[language];
  switch (event.kind) {
    case 'started':
      return streams.note(`${words.serving({ worker: event.worker, senders: event.senders.join(', ') })}\n`);
    case 'paused': {
      const seconds = Number.isFinite(event.milliseconds) ? Math.ceil(event.milliseconds / 1000) : null;
      streams.note(`${event.error.code}: ${event.error.sentences[language]}\n`);
      return streams.note(`  ${words.leftAlone({ sender: event.sender, seconds })}\n`);
    }
    case 'finished':
      if (event.error === undefined) return;
      streams.note(`${event.error.code}: ${event.error.sentences[language]}\n`);
      if (event.error.hint) streams.note(`  ${messages.words.hint}: ${event.error.hint[language]}\n`);
      return;
    default:
  }
}
