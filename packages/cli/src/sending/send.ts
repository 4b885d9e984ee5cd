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
import { readInputs, readWhole, type InputCount } from '../read-inputs.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from '../reporters/reporter.ts';
import { signingFailure } from '../signing-failure.ts';
import { startProgress } from '../terminal/progress.ts';
import { textTable } from '../terminal/table.ts';
import { version } from '../version.ts';
import { journalPathOf, openSenderJournal } from './open-journal.ts';
import { openOutbox } from './outbox.ts';
import { plainSources, signedSources } from './sources.ts';

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
  const resume = flagOption(options, 'resume');
  if (context.arguments.length === 0 && !resume) {
    throw cliError('ERR_OPTION_INVALID', { option: '[paths...]', value: '', why: '…, --resume', command });
  }
  const sender = resolveSender(context);
  const client = openClient(context, sender, 'drain');
  const target = claimsTarget(client, { specifications: openSpecifications() });
  try {
    if (flagOption(options, 'dryRun')) return await dryRun(context, target);
    const journal = await openSenderJournal(context, journalPathOf(context, sender), false);
    try {
      return await planAndRun(context, journal, target);
    } finally {
      await journal.close();
    }
  } finally {
    await client.close();
  }
}

async function planAndRun(
  context: CommandContext,
  journal: Journal,
  target: SubmissionTarget,
): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const { words } = messages;
  const outbox = openOutbox(journal.path);
  const items = new Map<number, Item>();
  const others: SentItem[] = [];
  const entries = new Map<string, InputFile>();
  const codes = new Set<ExitCode>();
  const count: InputCount = { usable: 0, skipped: [] };
  const signRef = textOption(options, 'signWith');
  const signer =
    signRef === undefined || context.arguments.length === 0
      ? undefined
      : await openSigner(context, signRef).catch((error: unknown) => Promise.reject(signingFailure(error)));
  try {
    if (context.arguments.length > 0) {
      const files = readInputs(context, context.arguments, count);
      const sources =
        signer === undefined
          ? plainSources(files, entries)
          : signedSources(context, files, signer, outbox, (report) => {
              codes.add(exitCodes.findings);
              others.push(refused(report.path, report.sha256, null, report.findings));
            });
      for await (const event of planSubmission({ journal, target, sources, signal: context.signal })) {
        if (event.kind === 'refused') {
          codes.add(event.problem.code.startsWith('ERR_FILE') ? exitCodes.io : exitCodes.rejected);
          others.push(refused(event.path, event.sha256, event.problem));
        } else items.set(event.item.id, event.item);
      }
    }
  } finally {
    await signer?.close();
  }

  const progress = startProgress({ streams, label: 'submit', unit: words.files, clock: context.elapsed });
  let ended: BhxhError | undefined;
  for await (const event of runSubmission({
    journal,
    target,
    now: context.now,
    signal: context.signal,
    concurrency: numberOption(options, 'concurrency', 'submit', { least: 1, most: 64, whole: true }) ?? 8,
    readFile: async (path) => {
      const entry = entries.get(path);
      return entry === undefined ? readFileSync(path) : readWhole(entry);
    },
  })) {
    if (event.kind === 'item') {
      items.set(event.item.id, event.item);
      if (event.item.state === 'accepted' || event.item.state === 'confirmed') outbox.remove(event.item.path);
      progress.update(doneOf(event.counts), besideOf(event.counts, words));
    } else if (event.kind === 'finished') ended = event.error;
  }
  progress.finish();
  if (ended !== undefined) codes.add(exitCodeOf(ended.category));

  const sent = [...[...items.values()].map(sentItem), ...others];
  for (const item of sent) codes.add(codeOf(item));
  await report(context, sent);
  if (ended !== undefined) {
    streams.note(`${ended.code}: ${ended.sentences[context.language]}\n`);
    if (ended.hint !== undefined) streams.note(`  ${words.hint}: ${ended.hint[context.language]}\n`);
  }
  const left = sent.some(({ state }) => state === 'unknown' || state === 'planned' || state === 'sending');
  if (left) streams.note(`${words.hint}: bhxh submit --resume\n`);
  if (context.signal.aborted) codes.add(exitCodes.interrupted);
  return mostSerious(codes);
}

/** Says what would be sent; nothing is written and no connection is opened. */
async function dryRun(context: CommandContext, target: SubmissionTarget): Promise<ExitCode> {
  const count: InputCount = { usable: 0, skipped: [] };
  const sent: SentItem[] = [];
  for await (const file of readInputs(context, context.arguments, count)) {
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

function codeOf({ state, where, findings }: SentItem): ExitCode {
  if (state === 'unknown' || state === 'planned' || state === 'sending') return exitCodes.unknown;
  if (state === 'rejected') return exitCodes.rejected;
  if (state === 'refused' && where === 'local')
    return findings.length > 0 ? exitCodes.findings : exitCodes.rejected;
  return exitCodes.done;
}

function doneOf(counts: ItemCounts): number {
  return counts.accepted + counts.confirmed + counts.rejected;
}

function besideOf(counts: ItemCounts, words: CommandContext['messages']['words']): string {
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
    for (const item of sent.slice(0, 50)) {
      const reason =
        item.problem === null
          ? item.findings.map(({ ruleId }) => ruleId).join(', ')
          : `${item.problem.code} ${item.problem[language]}`;
      streams.write(
        `${item.path}: ${stateWord(item.state, words)} ${item.receipt?.id ?? ''} ${reason}`.trimEnd() + '\n',
      );
    }
    if (sent.length > 50) streams.write(`… +${sent.length - 50}\n`);
    streams.write(
      textTable(
        [words.state, words.count],
        Object.entries(countsOf(sent)).map(([state, n]) => [stateWord(state, words), String(n)]),
      ),
    );
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

function stateWord(state: string, words: CommandContext['messages']['words']): string {
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
