import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { generateClaims } from '@bhxh/sdk/synthetic';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption, numberOption } from '../number-option.ts';
import { openOutputFolder } from '../output-folder.ts';
import { startProgress } from '../terminal/progress.ts';

const name = 'generate claims';

/** Writes synthetic claim files, one a claim, and their labels beside the folder when defects were asked for. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const out = textOption(options, 'out');
  if (out === undefined)
    throw cliError('ERR_OPTION_INVALID', { option: '--out', value: '', why: 'DIR', command: name });
  const count = numberOption(options, 'count', name, { least: 1, most: 10_000_000, whole: true }) ?? 10;
  const seed = numberOption(options, 'seed', name, { least: 0, most: 4_294_967_295, whole: true }) ?? 1;
  const defects = numberOption(options, 'defects', name, { least: 0, most: 1 }) ?? 0;
  const rows = numberOption(options, 'rows', name, { least: 1, most: 100_000, whole: true });
  const date = dateOption(options, 'date', name);
  const ruleset = textOption(options, 'ruleset');
  const facility = textOption(options, 'facility');
  openOutputFolder(out, flagOption(options, 'force'));

  const labelsPath = `${out.replace(/[/\\]+$/, '')}.labels.jsonl`;
  const labels = defects > 0 ? openSync(labelsPath, 'w') : undefined;
  const progress = startProgress({
    streams,
    label: 'generate',
    unit: messages.words.claims,
    total: count,
    clock: context.elapsed,
  });
  let done = 0;
  let defective = 0;
  try {
    for await (const claim of generateClaims({
      count,
      seed,
      defects,
      ...(rows === undefined ? {} : { rows }),
      ...(date === undefined ? {} : { date }),
      ...(ruleset === undefined ? {} : { ruleset }),
      ...(facility === undefined ? {} : { facility }),
    })) {
      context.signal.throwIfAborted();
      writeFileSync(join(out, claim.fileName), claim.bytes);
      if (claim.labels.length > 0) {
        defective += 1;
        if (labels !== undefined)
          writeSync(labels, `${JSON.stringify({ file: claim.fileName, rules: claim.labels })}\n`);
      }
      done += 1;
      progress.update(done);
    }
  } finally {
    progress.finish();
    if (labels !== undefined) closeSync(labels);
  }
  const result = {
    schema: 'bhxh-generate/1',
    out,
    files: done,
    defective,
    labels: labels === undefined ? null : labelsPath,
  };
  if (context.format === 'json') streams.write(`${JSON.stringify(result)}\n`);
  else
    streams.write(
      `${out}: ${done} ${messages.words.files} ${messages.words.generated}${labels === undefined ? '' : ` · ${labelsPath} (${defective})`}\n`,
    );
  streams.note(`${messages.words.hint}: bhxh validate ${out}\n`);
  return exitCodes.done;
}
