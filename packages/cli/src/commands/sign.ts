import { existsSync } from 'node:fs';
import type { SignatureProfile } from '@bhxh/signing';
import { BhxhError } from '@bhxh/sdk/errors';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodeOf, exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import { neededOption } from '../needed-option.ts';
import { numberOption } from '../number-option.ts';
import { openSigner } from '../open-signer.ts';
import { openOutputFolder } from '../output-folder.ts';
import type { InputCount } from '../read-inputs.ts';
import { showError } from '../run-command.ts';
import { signFolder, type SignedItem } from '../signing/sign-folder.ts';
import { isSingleTask, signingTasks } from '../signing/signing-places.ts';
import { signingFailure } from '../signing-failure.ts';
import { signingStatus } from '../signing-status.ts';
import { engineOption } from '../signature-engine.ts';
import { profileOption } from '../signature-profile.ts';
import { startProgress } from '../terminal/progress.ts';
import { timeStampSource } from '../time-stamp-source.ts';
import { twoPhase } from './sign-two-phase.ts';

interface Plan {
  /** Where each document would go, as typed. */
  readonly places: readonly { readonly path: string; readonly out: string; readonly exists: boolean }[];
}

/**
 * Signs documents with one login. Every output is verified before it appears, and appears whole; nothing is overwritten
 * without `--force`, and `--resume` keeps what an earlier run has signed.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const phase = twoPhase(context);
  if (phase !== undefined) return phase();
  const { options, streams, messages } = context;
  const key = neededOption(options, 'key', 'sign');
  const out = neededOption(options, 'out', 'sign');
  const force = flagOption(options, 'force');
  const resume = flagOption(options, 'resume');
  const profile = profileOption(options, 'sign');
  const engine = engineOption(options, 'sign');
  const timeStamp = timeStampSource(context, 'sign');
  const concurrency = numberOption(options, 'concurrency', 'sign', { least: 1, most: 64, whole: true }) ?? 1;

  const { places } = await planned(context, out);
  const inTheWay = places.find(({ exists }) => exists);
  if (inTheWay !== undefined && !force && !resume)
    throw cliError('ERR_OUTPUT_EXISTS', { path: inTheWay.out, resume: '--resume' });
  if (flagOption(options, 'dryRun')) return tellPlan(context, profile, places);
  if (!isSingleTask(context, out)) openOutputFolder(out, true);

  const items: SignedItem[] = [];
  let stopped: BhxhError | undefined;
  let label = '';
  const progress = startProgress({
    streams,
    label: 'sign',
    unit: messages.words.files,
    total: places.length,
    clock: context.elapsed,
  });
  try {
    const signer = await openSigner(context, key, concurrency);
    label = signer.label;
    try {
      const party = textOption(options, 'party');
      const status = signingStatus(context);
      const quiet = { ...context, streams: { ...streams, note: () => {} } };
      const tasks = signingTasks(quiet, out, { usable: 0, skipped: [] });
      for await (const item of signFolder(context, tasks, {
        signer,
        profile,
        concurrency,
        engine,
        resume,
        force,
        ...(party === undefined ? {} : { party }),
        ...(status === undefined ? {} : { status }),
        ...(timeStamp === undefined ? {} : { timeStamp }),
      })) {
        items.push(item);
        progress.update(items.length);
      }
    } finally {
      await signer.close();
    }
  } catch (error) {
    const told = signingFailure(error);
    const isStop =
      told instanceof BhxhError || (context.signal.aborted && (error as Error).name === 'AbortError');
    // Before the first document there is nothing to report.
    if (!isStop || items.length === 0) throw told;
    stopped = told instanceof BhxhError ? told : cliError('ERR_INTERRUPTED');
  } finally {
    progress.finish();
  }
  return tellOutcome(context, { profile, label, items, stopped, total: places.length, out });
}

/** Looks at every place before the key is opened: a PIN is not asked for what cannot be written. */
async function planned(context: CommandContext, out: string): Promise<Plan> {
  const count: InputCount = { usable: 0, skipped: [] };
  const places: { path: string; out: string; exists: boolean }[] = [];
  for await (const task of signingTasks(context, out, count))
    places.push({ path: task.input.path, out: task.out, exists: existsSync(task.out) });
  return { places };
}

function tellPlan(
  { format, streams, messages }: CommandContext,
  profile: SignatureProfile,
  places: Plan['places'],
): ExitCode {
  if (format === 'json') {
    const items = places.map(({ path, out, exists }) => ({
      path,
      out,
      state: exists ? 'exists' : 'planned',
    }));
    streams.write(`${JSON.stringify({ schema: 'bhxh-sign/1', dryRun: true, profile: profile.id, items })}\n`);
    return exitCodes.done;
  }
  for (const { path, out } of places) streams.write(`${path} → ${out}\n`);
  streams.write(`${places.length} ${messages.words.files} · ${profile.id} · ${messages.words.planned}\n`);
  return exitCodes.done;
}

interface Outcome {
  readonly profile: SignatureProfile;
  readonly label: string;
  readonly items: readonly SignedItem[];
  readonly stopped: BhxhError | undefined;
  readonly total: number;
  readonly out: string;
}

function tellOutcome(context: CommandContext, outcome: Outcome): ExitCode {
  const { format, streams, messages, language, signal } = context;
  const { profile, label, items, stopped, total, out } = outcome;
  const inState = (state: SignedItem['state']): number => items.filter((item) => item.state === state).length;
  const summary = {
    signed: inState('signed'),
    kept: inState('kept'),
    failed: inState('failed'),
    left: total - items.length,
  };
  if (format === 'json') {
    streams.write(
      `${JSON.stringify({
        schema: 'bhxh-sign/1',
        dryRun: false,
        profile: profile.id,
        items: items.map(({ path, out: place, state, error }) => ({
          path,
          out: place,
          signer: label,
          state,
          ...(error === undefined ? {} : { error: told(error) }),
        })),
        summary,
        ...(stopped === undefined ? {} : { stopped: told(stopped) }),
      })}\n`,
    );
  } else {
    for (const { path, out: place, state, error } of items) {
      const arrow = state === 'failed' ? '✗' : state === 'kept' ? '=' : '→';
      const why = error === undefined ? '' : `: ${error.code}: ${error.sentences[language]}`;
      streams.write(`${path} ${arrow} ${place}${why}\n`);
    }
    const { words, signing } = messages;
    const parts = [
      `${summary.signed} ${words.files}`,
      ...(summary.kept > 0 ? [`${summary.kept} ${signing.kept}`] : []),
      ...(summary.failed > 0 ? [`${summary.failed} ${signing.failed}`] : []),
      ...(summary.left > 0 ? [`${summary.left} ${words.left}`] : []),
      profile.id,
      label,
    ];
    streams.write(`${parts.join(' · ')}\n`);
  }
  const codes = items.flatMap(({ error }) => (error === undefined ? [] : [exitCodeOf(error.category)]));
  if (stopped === undefined && summary.failed === 0)
    streams.note(`${messages.words.hint}: bhxh verify ${out}\n`);
  if (stopped === undefined) return mostSerious(codes);
  if (summary.left > 0) streams.note(`${messages.words.hint}: bhxh sign … --resume\n`);
  const ending = signal.aborted ? exitCodes.interrupted : exitCodeOf(stopped.category);
  return mostSerious([...codes, showError(stopped, language, 'text', ending)]);
}

const told = (error: BhxhError): object => ({
  code: error.code,
  category: error.category,
  message: error.sentences,
  ...(error.hint === undefined ? {} : { hint: error.hint }),
});
