import { readFileSync } from 'node:fs';
import { BhxhError } from '@bhxh/sdk/errors';
import { openSpecifications } from '@bhxh/sdk/specifications';
import {
  claimsTarget,
  planSubmission,
  runSubmission,
  type Item,
  type ItemCounts,
  type ItemProblem,
  type Journal,
  type SubmissionTarget,
} from '@bhxh/sdk/submission';
import { createHash } from 'node:crypto';
import type { JsonFile } from '@bhxh/sdk/validation';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodeOf, exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import type { InputFile } from '../inputs/input-file.ts';
import { numberOption } from '../number-option.ts';
import { openClient, resolveSender } from '../open-client.ts';
import { openSigner } from '../open-signer.ts';
import { quoted, readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import { signingFailure } from '../signing-failure.ts';
import { startProgress } from '../terminal/progress.ts';
import { textTable } from '../terminal/table.ts';
import { version } from '../version.ts';
import { listedPaths } from './listed-paths.ts';
import { journalPathOf, openSenderJournal } from './open-journal.ts';
import { openOutbox, type Outbox } from './outbox.ts';
import { plainSources, signedSources } from './sources.ts';
import { stopTime } from './stop-time.ts';
import { watchFolder } from './watched-folder.ts';

/** One line of the result: what became of a document. */
export interface SentItem {
  readonly path: string;
  readonly sha256: string | null;
  readonly state: Item['state'] | 'refused' | 'would-send';
  /** Who refused it. */
  readonly where: 'local' | 'server' | null;
  readonly receipt: { readonly id: string; readonly at: string } | null;
  readonly attempts: number;
  readonly problem: ItemProblem | null;
  readonly findings: JsonFile['findings'];
}

/** Plans, sends and reports; the command line of `bhxh submit` and `bhxh checkin`. */
export async function send(context: CommandContext, command: 'submit' | 'checkin'): Promise<ExitCode> {
  const { options } = context;
  const bounds = boundsOf(context);
  const watch = textOption(options, 'watch');
  if (watch !== undefined) refuseBesideWatch(context, watch);
  else if (!hasInput(context) && !flagOption(options, 'resume')) {
    throw cliError('ERR_OPTION_INVALID', { option: '[paths...]', value: '', why: '…, --resume', command });
  }
  const sender = resolveSender(context);
  const maxRate = numberOption(options, 'maxRate', 'submit', { least: 0.01, most: 10_000 });
  const client = openClient(context, sender, 'drain', maxRate);
  const target = claimsTarget(client, { specifications: openSpecifications() });
  try {
    if (flagOption(options, 'dryRun')) return await dryRun(context, target);
    const journal = await openSenderJournal(context, journalPathOf(context, sender), false);
    const outbox = openOutbox(journal.path);
    const sending: Sending = {
      context,
      journal,
      target,
      outbox,
      bounds,
      entries: new Map(),
      codes: new Set(),
    };
    try {
      return await (watch === undefined ? planAndRun(sending) : watchAndRun(sending, watch));
    } finally {
      await journal.close();
    }
  } finally {
    await client.close();
  }
}

/** What one process works with. */
interface Sending {
  readonly context: CommandContext;
  readonly journal: Journal;
  readonly target: SubmissionTarget;
  readonly outbox: Outbox;
  readonly bounds: Bounds;
  /** Inputs that cannot be opened again by their path. */
  readonly entries: Map<string, InputFile>;
  readonly codes: Set<ExitCode>;
}

interface Bounds {
  readonly concurrency: number;
  readonly until: Date | undefined;
  readonly stopOn: number | undefined;
}

function boundsOf({ options, now }: CommandContext): Bounds {
  const until = textOption(options, 'until');
  return {
    concurrency: numberOption(options, 'concurrency', 'submit', { least: 1, most: 64, whole: true }) ?? 8,
    until: until === undefined ? undefined : stopTime(until, now()),
    stopOn: numberOption(options, 'stopOn', 'submit', { least: 1, most: 1_000_000, whole: true }),
  };
}

function hasInput({ arguments: paths, options }: CommandContext): boolean {
  return paths.length > 0 || textOption(options, 'list') !== undefined;
}

/** The paths of the command line, then those of `--list`. */
async function* inputPaths(context: CommandContext): AsyncGenerator<string> {
  yield* context.arguments;
  const list = textOption(context.options, 'list');
  if (list !== undefined) yield* listedPaths(context, list);
}

/**
 * A watched folder is read again and again, and a signature differs each time: signing here could send one document
 * twice with different bytes, so documents arrive signed.
 */
function refuseBesideWatch(context: CommandContext, watch: string): void {
  const { options } = context;
  const beside = hasInput(context)
    ? '[paths...], --list'
    : flagOption(options, 'dryRun')
      ? '--dry-run'
      : textOption(options, 'signWith') === undefined
        ? undefined
        : '--sign-with';
  if (beside === undefined) return;
  throw cliError('ERR_OPTION_INVALID', {
    option: '--watch',
    value: watch,
    why: `≠ ${beside}`,
    command: 'submit',
  });
}

async function planAndRun(sending: Sending): Promise<ExitCode> {
  const { context, journal, target, outbox, entries, codes } = sending;
  const { options } = context;
  const items = new Map<number, Item>();
  const others: SentItem[] = [];
  const count: InputCount = { usable: 0, skipped: [] };
  const signRef = textOption(options, 'signWith');
  const signer =
    signRef === undefined || !hasInput(context)
      ? undefined
      : await openSigner(context, signRef).catch((error: unknown) => Promise.reject(signingFailure(error)));
  try {
    if (hasInput(context)) {
      const files = readInputs(context, inputPaths(context), count);
      const sources =
        signer === undefined
          ? plainSources(files, entries)
          : signedSources(context, files, signer, outbox, (report) => {
              codes.add(exitCodes.findings);
              others.push(refused(report.path, report.sha256, null, report.findings));
            });
      for await (const event of planSubmission({ journal, target, sources, signal: context.signal })) {
        if (event.kind === 'refused') {
          codes.add(refusalCode(event.problem));
          others.push(refused(event.path, event.sha256, event.problem));
        } else items.set(event.item.id, event.item);
      }
    }
  } finally {
    await signer?.close();
  }
  const { error, left } = await run(sending, sending.bounds.stopOn, (item) => items.set(item.id, item));
  const sent = [...[...items.values()].map(sentItem), ...others];
  for (const item of sent) codes.add(codeOf(item));
  await report(context, sent);
  return conclude(sending, error, left || sent.some(isOpen));
}

/** Sends what arrives in a folder until it is interrupted, the time is up or the gateway refuses too much. */
async function watchAndRun(sending: Sending, folder: string): Promise<ExitCode> {
  const { context, journal, target, bounds, codes } = sending;
  const { streams, messages, language, format, signal } = context;
  const watched = watchFolder(folder, context.elapsed);
  const final: SentItem[] = [];
  const counts: Record<string, number> = {};
  const open = new Map<string, SentItem>();
  let rejected = 0;
  let failure: BhxhError | undefined;
  let left = false;
  while (!signal.aborted && !(bounds.until !== undefined && context.now() >= bounds.until)) {
    const paths = watched.look(watchedAtOnce);
    const outcomes = new Map<string, SentItem>();
    const found = new Map<number, string[]>();
    const sources = paths.map((path) => ({ path }));
    for await (const event of planSubmission({ journal, target, sources, signal })) {
      if (event.kind === 'refused')
        outcomes.set(event.path, refused(event.path, event.sha256, event.problem));
      else {
        outcomes.set(event.path, { ...sentItem(event.item), path: event.path });
        found.set(event.item.id, [...(found.get(event.item.id) ?? []), event.path]);
      }
    }
    if (outcomes.size > 0) {
      const remaining = bounds.stopOn === undefined ? undefined : bounds.stopOn - rejected;
      const ended = await run(sending, remaining, (item) => {
        for (const path of found.get(item.id) ?? []) outcomes.set(path, { ...sentItem(item), path });
      });
      failure = ended.error;
      left = ended.left;
    }
    for (const [path, item] of outcomes) {
      open.delete(path);
      if (isOpen(item)) {
        watched.stay(path);
        open.set(path, item);
        continue;
      }
      const accepted = item.state === 'accepted' || item.state === 'confirmed';
      watched.move(path, accepted ? 'done' : 'rejected', item.sha256);
      if (item.where === 'server') rejected += 1;
      codes.add(item.state === 'refused' && item.problem !== null ? refusalCode(item.problem) : codeOf(item));
      counts[item.state] = (counts[item.state] ?? 0) + 1;
      if (format === 'text') streams.write(itemLine(item, messages.words, language));
      else final.push(item);
    }
    // A refused account must not be tried again and again; a server that is down may come back.
    if (failure !== undefined && failure.retry !== 'safe') break;
    if (bounds.stopOn !== undefined && rejected >= bounds.stopOn) break;
    await pause(lookEvery, signal);
  }
  for (const item of open.values()) codes.add(codeOf(item));
  if (format === 'text') {
    for (const item of open.values()) {
      counts[item.state] = (counts[item.state] ?? 0) + 1;
      streams.write(itemLine(item, messages.words, language));
    }
    streams.write(countTable(counts, messages.words));
  } else await report(context, [...final, ...open.values()]);
  return conclude(sending, failure, left || open.size > 0);
}

/** How often a watched folder is looked at, in milliseconds. */
const lookEvery = 1_000;
/** So many documents are settled before the next look. */
const watchedAtOnce = 1_000;

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}

/** One pass over the journal. `left` is true when anything of this sender is still open. */
async function run(
  { context, journal, target, outbox, entries, bounds }: Sending,
  stopOn: number | undefined,
  took: (item: Item) => void,
): Promise<{ readonly error: BhxhError | undefined; readonly left: boolean }> {
  const { streams, messages } = context;
  const { words } = messages;
  const progress = startProgress({ streams, label: 'submit', unit: words.files, clock: context.elapsed });
  let error: BhxhError | undefined;
  let left = false;
  for await (const event of runSubmission({
    journal,
    target,
    now: context.now,
    signal: context.signal,
    concurrency: bounds.concurrency,
    ...(bounds.until === undefined ? {} : { until: bounds.until }),
    ...(stopOn === undefined ? {} : { stopOn }),
    readFile: async (path) => {
      const entry = entries.get(path);
      return entry === undefined ? readFileSync(path) : readWhole(entry);
    },
  })) {
    if (event.kind === 'item') {
      took(event.item);
      if (event.item.state === 'accepted' || event.item.state === 'confirmed') outbox.remove(event.item.path);
      progress.update(doneOf(event.counts), besideOf(event.counts, words));
    } else if (event.kind === 'finished') {
      error = event.error;
      left = event.counts.planned + event.counts.sending + event.counts.unknown > 0;
    }
  }
  progress.finish();
  return { error, left };
}

/** Says what to do next and gives the exit code. */
function conclude({ context, codes }: Sending, error: BhxhError | undefined, left: boolean): ExitCode {
  const { streams, messages, language, signal } = context;
  const { hint } = messages.words;
  if (error !== undefined) {
    codes.add(exitCodeOf(error.category));
    streams.note(`${error.code}: ${error.sentences[language]}\n`);
    if (error.hint !== undefined) streams.note(`  ${hint}: ${error.hint[language]}\n`);
  }
  if (left) {
    codes.add(exitCodes.unknown);
    streams.note(`${hint}: bhxh submit --resume\n`);
  }
  if (signal.aborted) codes.add(exitCodes.interrupted);
  return mostSerious(codes);
}

function isOpen({ state }: SentItem): boolean {
  return state === 'unknown' || state === 'planned' || state === 'sending';
}

function refusalCode({ code }: ItemProblem): ExitCode {
  return code.startsWith('ERR_FILE') ? exitCodes.io : exitCodes.rejected;
}

/** Says what would be sent; nothing is written and no connection is opened. */
async function dryRun(context: CommandContext, target: SubmissionTarget): Promise<ExitCode> {
  const count: InputCount = { usable: 0, skipped: [] };
  const sent: SentItem[] = [];
  for await (const file of readInputs(context, inputPaths(context), count)) {
    const bytes = await readWhole(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    try {
      target.identify(bytes);
      sent.push({
        path: file.path,
        sha256,
        state: 'would-send',
        where: null,
        receipt: null,
        attempts: 0,
        problem: null,
        findings: [],
      });
    } catch (error) {
      const { code, vi, en } = problemOf(error);
      sent.push(refused(file.path, sha256, { code, where: 'local', vi, en }));
    }
  }
  await report(context, sent);
  return mostSerious(sent.map(codeOf));
}

function problemOf(error: unknown): { code: string; vi: string; en: string } {
  if (error instanceof BhxhError) return { code: error.code, ...error.sentences };
  const code = (error as { code?: string }).code ?? 'ERR_INPUT_UNREADABLE';
  return { code, vi: code, en: code };
}

function refused(
  path: string,
  sha256: string | null,
  problem: ItemProblem | null,
  findings: JsonFile['findings'] = [],
): SentItem {
  return { path, sha256, state: 'refused', where: 'local', receipt: null, attempts: 0, problem, findings };
}

function sentItem(item: Item): SentItem {
  return {
    path: item.path,
    sha256: item.sha256,
    state: item.state,
    where: item.problem?.where ?? null,
    receipt: item.receipt === undefined ? null : { id: item.receipt.id, at: item.receipt.at },
    attempts: item.attempts,
    problem: item.problem ?? null,
    findings: [],
  };
}

function codeOf(item: SentItem): ExitCode {
  const { state, where, findings } = item;
  if (isOpen(item)) return exitCodes.unknown;
  if (state === 'rejected') return exitCodes.rejected;
  if (state === 'refused' && where === 'local')
    return findings.length > 0 ? exitCodes.findings : exitCodes.rejected;
  return exitCodes.done;
}

function doneOf(counts: ItemCounts): number {
  return counts.accepted + counts.confirmed + counts.rejected;
}

function besideOf(counts: ItemCounts, words: Words): string {
  return `${counts.rejected} ${words.rejected}, ${counts.unknown} ${words.unknown}, ${counts.planned + counts.sending} ${words.left}`;
}

async function report(context: CommandContext, sent: readonly SentItem[]): Promise<void> {
  const { streams, messages, language, format } = context;
  if (format === 'json') {
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-submit/1', items: sent, counts: countsOf(sent) }, null, 1)}\n`,
    );
    return;
  }
  if (format === 'text') {
    const { words } = messages;
    for (const item of sent.slice(0, 50)) streams.write(itemLine(item, words, language));
    if (sent.length > 50) streams.write(`… +${sent.length - 50}\n`);
    streams.write(countTable(countsOf(sent), words));
    return;
  }
  const reporter = await openReporter(format, {
    write: streams.write,
    language,
    messages,
    specsHash: openSpecifications().hash,
    toolVersion: version,
    colour: false,
    now: context.now,
    title: 'submit',
  });
  const summary = emptySummary();
  for (const item of sent) {
    const file = reportFile(item);
    reporter.file(file);
    addToSummary(summary, file);
  }
  reporter.end(summary);
}

type Words = CommandContext['messages']['words'];

function itemLine(item: SentItem, words: Words, language: CommandContext['language']): string {
  const reason =
    item.problem === null
      ? item.findings.map(({ ruleId }) => ruleId).join(', ')
      : `${item.problem.code} ${item.problem[language]}`;
  return `${`${quoted(item.path)}: ${stateWord(item.state, words)} ${item.receipt?.id ?? ''} ${reason}`.trimEnd()}\n`;
}

function countTable(counts: Readonly<Record<string, number>>, words: Words): string {
  return textTable(
    [words.state, words.count],
    Object.entries(counts).map(([state, n]) => [stateWord(state, words), String(n)]),
  );
}

function stateWord(state: string, words: Words): string {
  const known = {
    planned: words.planned,
    accepted: words.accepted,
    confirmed: words.confirmed,
    rejected: words.rejected,
    refused: words.rejected,
    unknown: words.unknown,
  } as const;
  return (known as Readonly<Record<string, string>>)[state] ?? state;
}

function countsOf(sent: readonly SentItem[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of sent) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function reportFile(item: SentItem): ReportFile {
  const verdicts = {
    accepted: 'valid',
    confirmed: 'valid',
    rejected: 'invalid',
    refused: 'invalid',
    unknown: 'undetermined',
    sending: 'undetermined',
    planned: 'skipped',
    'would-send': 'skipped',
  } as const;
  const problem: JsonFile['findings'] =
    item.problem === null
      ? []
      : [
          {
            ruleId: item.problem.code,
            code: item.problem.code,
            severity: 'error',
            origin: 'gateway',
            ruleset: null,
            record: null,
            path: '',
            line: null,
            column: null,
            values: {},
            message: { vi: item.problem.vi, en: item.problem.en },
            hint: { vi: '', en: '' },
            legal: [],
          },
        ];
  return {
    path: item.path,
    sha256: item.sha256,
    kind: null,
    verdict: verdicts[item.state],
    steps: [],
    findings: [...item.findings, ...problem],
    signatures: [],
  };
}
