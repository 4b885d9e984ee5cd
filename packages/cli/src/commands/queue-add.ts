import { openJournal, planSubmission, type PlanEvent, type SubmissionSource } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { flagOption, type CommandContext } from '../command-context.ts';
import { exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import { workerMessages } from '../messages/worker.ts';
import { quoted, readWhole } from '../read-inputs.ts';
import { hasInput, submissionInputs } from '../sending/input-paths.ts';
import { sharedJournal } from '../sending/open-journal.ts';
import { planningTarget } from '../sending/planning-target.ts';

const command = 'queue add';
/** Lines of text before the rest is only counted. */
const shownLines = 50;

/** Puts documents and their bytes into the journal of many machines; nothing is sent from here. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, language, format } = context;
  if (!hasInput(context))
    throw cliError('ERR_OPTION_INVALID', { option: '[paths...]', value: '', why: '…', command });
  const target = planningTarget(context, command);
  const journal = await openJournal({
    path: sharedJournal(context, command),
    now: context.now,
    env: context.environment,
    role: 'queue',
  });
  const counts = { planned: 0, skipped: 0, refused: 0 };
  const codes = new Set<ExitCode>();
  if (format === 'json') streams.write(`{"schema":"bhxh-queue/1","items":[`);
  try {
    let told = 0;
    for await (const event of planSubmission({
      journal,
      target,
      sources: sourcesOf(context),
      keepBytes: true,
      again: flagOption(context.options, 'again'),
      signal: context.signal,
    })) {
      counts[event.kind]++;
      if (event.kind === 'refused')
        codes.add(event.problem.code.startsWith('ERR_FILE') ? exitCodes.io : exitCodes.rejected);
      if (format === 'json') streams.write(`${told++ === 0 ? '' : ','}\n${JSON.stringify(lineOf(event))}`);
      else if (event.kind !== 'planned' && told++ < shownLines)
        streams.write(`${quoted(event.path)}: ${reasonOf(event, language)}\n`);
    }
  } finally {
    if (format === 'json') streams.write(`\n],"counts":${JSON.stringify(counts)}}\n`);
    await journal.close();
  }
  if (format !== 'json') {
    const { words } = context.messages;
    streams.write(
      `${workerMessages[language].queued({ count: counts.planned })}, ${counts.skipped} ${words.skipped}, ${counts.refused} ${words.rejected}\n`,
    );
  }
  return mostSerious(codes);
}

/** What cannot be opened again elsewhere is read now, as everything is. */
async function* sourcesOf(context: CommandContext): AsyncGenerator<SubmissionSource> {
  for await (const { file, ...due } of submissionInputs(context)) {
    const apart = file.path === '-' || file.path.includes('!');
    yield { path: file.path, ...due, ...(apart ? { read: () => readWhole(file) } : {}) };
  }
}

function reasonOf(event: Exclude<PlanEvent, { kind: 'planned' }>, language: 'vi' | 'en'): string {
  if (event.kind === 'skipped') return `${event.reason} (#${event.item.id})`;
  return `${event.problem.code} ${event.problem[language]}`;
}

function lineOf(event: PlanEvent): object {
  const { kind, path } = event;
  if (kind === 'refused') return { path, outcome: kind, sha256: event.sha256, problem: event.problem };
  const { id, sha256, state } = event.item;
  return {
    path,
    outcome: kind,
    item: id,
    sha256,
    state,
    ...(kind === 'skipped' ? { reason: event.reason } : {}),
  };
}
