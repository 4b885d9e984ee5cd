import { verify, type ProfileName } from '@bhxh/signing';
import { readFileSync } from 'node:fs';
import type { Bilingual } from '@bhxh/sdk/errors';
import { fieldLabels } from '@bhxh/sdk/messages';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import {
  createValidator,
  fileSource,
  readFacts,
  toJsonFile,
  validateFiles,
  type JsonFile,
  type Validator,
} from '@bhxh/sdk/validation';
import { flagOption, listOption, textOption, type CommandContext } from '../command-context.ts';
import { cliError } from '../cli-error.ts';
import { exitCodes, mostSerious, type ExitCode } from '../exit-codes.ts';
import type { InputFile } from '../inputs/input-file.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { overlayFor } from '../overlay.ts';
import { readCatalogues } from '../read-catalogues.ts';
import { quoted, readInputs, type InputCount } from '../read-inputs.ts';
import { readTrust } from '../read-trust.ts';
import { addToSummary, emptySummary, openReporter } from '../reporters/reporter.ts';
import { startProgress } from '../terminal/progress.ts';
import { version } from '../version.ts';
import { softened } from '../warn-only.ts';
import { fullId } from './specs-show.ts';

const command = 'validate';

/** Judges documents by the rules of their own date and reports in any of the formats. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const validator = openValidator(context, specifications);
  const titles = ruleTitles(specifications);
  const reporter = await openReporter(context.format, {
    write: streams.write,
    language: context.language,
    messages,
    specsHash: specifications.hash,
    toolVersion: version,
    colour: streams.colour,
    now: context.now,
    title: command,
    titleOf: ({ ruleId, ruleset, code }) => titles(ruleset).get(ruleId)?.[context.language] ?? code,
  });
  const warnOnly = new Set([...listOption(options, 'warnOnly'), ...context.configuration.warnOnly]);
  const shown = { reveal: flagOption(options, 'reveal'), labelOf: fieldLabels(specifications) };
  const summary = emptySummary();
  const count: InputCount = { usable: 0, skipped: [] };
  const progress = startProgress({
    streams,
    label: command,
    unit: messages.words.files,
    clock: context.elapsed,
  });
  const codes = new Set<ExitCode>();
  const workers = numberOption(options, 'workers', command, { least: 1, most: 64, whole: true }) ?? 1;
  let done = 0;
  try {
    const inputs = readInputs(context, context.arguments, count);
    const judged =
      workers > 1 && !readsCatalogues(context)
        ? judgeOnThreads(context, validator, inputs, shown, workers)
        : judgeInTurn(validator, inputs, shown);
    for await (const file of judged) {
      const report = softened(file, warnOnly, (id) => specifications.ruleset(id));
      if (report.findings.some(({ code }) => code === 'FILE_EMPTY' || code === 'ERR_INPUT_UNREADABLE'))
        codes.add(exitCodes.io);
      if (report.findings.some(({ code }) => code === 'NO_RULESET_FOR_DATE')) codes.add(exitCodes.specs);
      reporter.file(report);
      addToSummary(summary, report);
      done += 1;
      progress.update(done, `${summary.invalid} ${messages.words.invalid}`);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    codes.add(exitCodes.interrupted);
  } finally {
    progress.finish();
    if (count.usable > 0) reporter.end(summary);
  }
  if (summary.invalid + summary.undetermined > 0) {
    streams.note(
      `${messages.words.hint}: bhxh validate ${context.arguments.map(quoted).join(' ')} --format html --output report.html\n`,
    );
  }
  const failing =
    textOption(options, 'failOn') === 'warning'
      ? summary.findings.error + summary.findings.warning
      : summary.findings.error;
  if (failing + summary.invalid + summary.undetermined > 0) codes.add(exitCodes.findings);
  return mostSerious(codes);
}

/** Titles of a standard's rules, made once for each standard that judged something. */
function ruleTitles(
  specifications: Specifications,
): (ruleset: string | null) => ReadonlyMap<string, Bilingual> {
  const known = new Map<string, ReadonlyMap<string, Bilingual>>();
  return (ruleset) => {
    if (ruleset === null || !specifications.rulesetIds().includes(ruleset)) return new Map();
    const titles =
      known.get(ruleset) ??
      new Map(specifications.ruleset(ruleset).rules.map(({ id, title }) => [id, title]));
    known.set(ruleset, titles);
    return titles;
  };
}

/** Catalogues and trust are not copied to other threads, so with them files are judged in turn. */
function readsCatalogues({ options }: CommandContext): boolean {
  return listOption(options, 'catalogue').length > 0 || listOption(options, 'trust').length > 0;
}

type Shown = Parameters<typeof toJsonFile>[1];

async function* judgeInTurn(
  validator: Validator,
  inputs: AsyncIterable<InputFile>,
  shown: Shown,
): AsyncGenerator<JsonFile> {
  for await (const file of inputs) yield await judge(validator, file, shown);
}

/** Files go to worker threads; what only this thread can read (archives, standard input) follows them. */
async function* judgeOnThreads(
  context: CommandContext,
  validator: Validator,
  inputs: AsyncIterable<InputFile>,
  shown: Shown,
  workers: number,
): AsyncGenerator<JsonFile> {
  const { options } = context;
  const rest: InputFile[] = [];
  const plain = async function* () {
    for await (const file of inputs) {
      if (file.path === '-' || file.path.includes('!')) rest.push(file);
      else yield { file: file.path };
    }
  };
  const ruleset = textOption(options, 'ruleset');
  const settings = {
    workers,
    overlay: overlayFor(context),
    now: context.now().toISOString(),
    on: dateOption(options, 'on', command),
    rulesetId: ruleset === undefined ? undefined : fullId(openSpecifications().rulesetIds(), ruleset),
    preview: flagOption(options, 'preview'),
    requireSignature: flagOption(options, 'requireSignature'),
    accountFacility: textOption(options, 'facility'),
    factsDocument: factsDocument(context),
    verifierModule: import.meta.resolve('./signature-verifier.js'),
  };
  for await (const outcome of validateFiles(plain(), settings)) {
    if ('report' in outcome) yield toJsonFile(outcome.report, shown);
    else yield unreadableFile(outcome.path, outcome.error);
  }
  for (const file of rest) yield await judge(validator, file, shown);
}

/** A file that cannot be read is a line of the report, so that the files behind it are judged all the same. */
async function judge(
  validator: Validator,
  file: InputFile,
  shown: Parameters<typeof toJsonFile>[1],
): Promise<JsonFile> {
  try {
    const plain = file.path !== '-' && !file.path.includes('!');
    const report = await validator.validateFile(
      plain
        ? fileSource(file.path)
        : {
            path: file.path,
            source: file.path === '-' ? file.open() : () => file.open(),
            ...(file.size === undefined ? {} : { size: file.size }),
          },
    );
    return toJsonFile(report, shown);
  } catch (error) {
    return unreadableFile(file.path, error);
  }
}

/** Throws again what is not the file's fault. */
function unreadableFile(path: string, error: unknown): JsonFile {
  const why = (error as NodeJS.ErrnoException).code;
  if (why === undefined || why.startsWith('ERR_')) throw error;
  const { code, sentences } = cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why }, error);
  return unreadable(path, code, sentences);
}

function unreadable(path: string, code: string, message: JsonFile['findings'][number]['message']): JsonFile {
  const finding: JsonFile['findings'][number] = {
    ruleId: code,
    code,
    severity: 'error',
    origin: 'reference',
    ruleset: null,
    record: null,
    path: '',
    line: null,
    column: null,
    values: {},
    message,
    hint: { vi: '', en: '' },
    legal: [],
  };
  return {
    path,
    sha256: null,
    kind: null,
    verdict: 'undetermined',
    steps: [{ name: 'bytes', verdict: 'undetermined' }],
    findings: [finding],
    signatures: [],
    records: 0,
    rulesets: [],
    evaluated: [],
    skipped: [],
  };
}

/** The validator that the options describe; also used where documents are judged before they are signed or sent. */
export function openValidator(context: CommandContext, specifications: Specifications): Validator {
  const { options } = context;
  const ruleset = textOption(options, 'ruleset');
  const facility = textOption(options, 'facility');
  const catalogue = readCatalogues(listOption(options, 'catalogue'), specifications);
  // Stored trust is for `verify`: a validation without --trust leaves trust and revocation aside.
  const trust = listOption(options, 'trust').length === 0 ? undefined : readTrust(context, 'validate');
  return createValidator({
    specifications,
    now: context.now,
    on: dateOption(options, 'on', command),
    rulesetId: ruleset === undefined ? undefined : fullId(specifications.rulesetIds(), ruleset),
    preview: flagOption(options, 'preview'),
    requireSignature: flagOption(options, 'requireSignature'),
    facts: {
      ...factsOption(context),
      ...(facility === undefined ? {} : { accountFacility: facility }),
      ...(catalogue === undefined ? {} : { catalogue }),
    },
    verifySignature: (xml, { profile }) =>
      verify(xml, { profile: profile as ProfileName, trust: trust ?? 'not-checked', now: context.now }),
  });
}

/** The facts of `--facts`. Throws ERR_INPUT_UNREADABLE, and ERR_FACTS when the document has another shape. */
function factsOption(context: CommandContext): ReturnType<typeof readFacts> {
  return readFacts(factsDocument(context), openSpecifications());
}

function factsDocument(context: CommandContext): unknown {
  const path = textOption(context.options, 'facts');
  if (path === undefined) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'JSON';
    throw cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  }
}
