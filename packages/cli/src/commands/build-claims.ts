import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildClaimFile,
  claimsFromCsv,
  claimsFromJson,
  claimsFromXlsx,
  computeSummary,
  type ClaimTables,
  type SourceClaims,
  type SummaryChange,
} from '@bhxh/sdk/claims';
import { openSpecifications, type Ruleset, type Specifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { openOutputFolder, writeWhole } from '../output-folder.ts';
import { overlayFor } from '../overlay.ts';
import { vietnamDay } from '../vietnam-day.ts';

const command = 'build claims';

interface BuiltItem {
  readonly key: string;
  readonly out: string;
  readonly ruleset: string;
  readonly summary: readonly SummaryChange[];
}

/** Builds one claim file for each episode of the rows; every row problem is reported before anything is written. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const from = textOption(options, 'from');
  const out = textOption(options, 'out');
  if (from === undefined)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--from',
      value: '',
      why: 'DIR, FILE.xlsx, FILE.json',
      command,
    });
  if (out === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--out', value: '', why: 'DIR', command });
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const source = await readByOwnDate(context, from, specifications);
  const fatal = source.problems.filter(({ severity }) => severity === 'error');
  for (const problem of source.problems) {
    const place = [problem.file, problem.table, problem.row, problem.column]
      .filter((part) => part !== null && part !== '')
      .join(':');
    streams.note(
      `${place}: ${messages.words[problem.severity]} ${problem.code}: ${problem.message[language]}\n`,
    );
  }
  const dryRun = flagOption(options, 'dryRun');
  const items: BuiltItem[] = [];
  if (fatal.length === 0) {
    if (!dryRun) openOutputFolder(out, flagOption(options, 'force'));
    const createdOn = vietnamDay(context.now());
    for (const { claim, ruleset } of source.claims) {
      context.signal.throwIfAborted();
      const key = claim['XML1']?.[0]?.['MA_LK'] ?? '';
      const computed = flagOption(options, 'computeSummary')
        ? computeSummary(claim, ruleset)
        : { claim, changes: [] };
      const facility = textOption(options, 'facility') ?? claim['XML1']?.[0]?.['MA_CSKCB'] ?? '';
      const bytes = buildClaimFile([computed.claim], { ruleset, facility, createdOn });
      const path = join(out, `${fileNameOf(key, items.length)}.xml`);
      if (!dryRun) writeWhole(path, bytes, flagOption(options, 'force'));
      items.push({ key, out: path, ruleset: ruleset.id, summary: computed.changes });
    }
  }
  if (context.format === 'json') {
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-build/1', dryRun, problems: source.problems, items })}\n`,
    );
  } else {
    for (const item of items) {
      streams.write(`${item.out} · ${item.ruleset}\n`);
      for (const change of item.summary)
        streams.write(
          `  XML1.${change.field}: ${change.before === '' ? '–' : change.before} → ${change.after}\n`,
        );
    }
    streams.write(`${items.length} ${messages.words.claims}, ${fatal.length} ${messages.words.error}\n`);
  }
  if (items.length > 0) streams.note(`${messages.words.hint}: bhxh validate ${out}\n`);
  return fatal.length > 0 ? exitCodes.findings : exitCodes.done;
}

interface DatedClaim {
  readonly claim: ClaimTables;
  readonly ruleset: Ruleset;
}

/** Rows are read by the standard of each episode's own end; a source that spans a change of standard is read once for each. */
async function readByOwnDate(
  context: CommandContext,
  from: string,
  specifications: Specifications,
): Promise<{ readonly claims: readonly DatedClaim[]; readonly problems: SourceClaims['problems'] }> {
  const override = textOption(context.options, 'ruleset');
  const today = dateOption(context.options, 'date', command) ?? context.now().toISOString().slice(0, 10);
  const first = specifications.chooseRuleset({
    decidingDate: today,
    ...(override === undefined ? {} : { override }),
  }).ruleset;
  const read = readerFor(from);
  const readings = new Map<string, SourceClaims>([[first.id, await read(first)]]);
  if (override !== undefined) {
    const only = readings.get(first.id) ?? { claims: [], problems: [] };
    return { claims: only.claims.map((claim) => ({ claim, ruleset: first })), problems: only.problems };
  }
  const claims: DatedClaim[] = [];
  const used = new Set<string>();
  for (const claim of readings.get(first.id)?.claims ?? []) {
    const end = (claim['XML1']?.[0]?.['NGAY_RA'] ?? '').slice(0, 8);
    const decidingDate = /^\d{8}$/.test(end)
      ? `${end.slice(0, 4)}-${end.slice(4, 6)}-${end.slice(6)}`
      : today;
    const { ruleset } = specifications.chooseRuleset({ decidingDate });
    let reading = readings.get(ruleset.id);
    if (reading === undefined) {
      reading = await read(ruleset);
      readings.set(ruleset.id, reading);
    }
    used.add(ruleset.id);
    const key = claim['XML1']?.[0]?.['MA_LK'];
    const same = reading.claims.find((candidate) => candidate['XML1']?.[0]?.['MA_LK'] === key);
    claims.push({ claim: same ?? claim, ruleset });
  }
  if (used.size === 0) used.add(first.id);
  return { claims, problems: [...used].flatMap((id) => readings.get(id)?.problems ?? []) };
}

function readerFor(from: string): (ruleset: Ruleset) => Promise<SourceClaims> {
  const status = statSync(from, { throwIfNoEntry: false });
  if (status?.isDirectory() === true) return (ruleset) => claimsFromCsv(from, ruleset);
  if (/\.xlsx$/i.test(from)) return (ruleset) => claimsFromXlsx(from, ruleset);
  if (/\.json$/i.test(from)) return (ruleset) => claimsFromJson(from, ruleset);
  throw cliError('ERR_OPTION_INVALID', {
    option: '--from',
    value: from,
    why: 'DIR, FILE.xlsx, FILE.json',
    command,
  });
}

/** MA_LK is free text; a file name is not. */
function fileNameOf(key: string, index: number): string {
  const safe = key.replaceAll(/[^0-9A-Za-z._-]/g, '_').slice(0, 100);
  return safe === '' || /^\.+$/.test(safe) ? `claim-${String(index + 1).padStart(6, '0')}` : safe;
}
