import { declarationSentence, dueOf, readC12, readC12Form, type C12 } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { verify, type SignatureVerdict } from '@bhxh/signing';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openChosenDeclarations } from '../open-declarations.ts';
import { writeWhole } from '../output-folder.ts';
import { overlayFor } from '../overlay.ts';
import { readTrust } from '../read-trust.ts';
import { textTable } from '../terminal/table.ts';

const command = 'c12 show';

/** Shows a statement: a file, or with `--month` the one the gateway makes for the unit, its signature verified; `--out` keeps that. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const [path] = context.arguments;
  const month = textOption(options, 'month');
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  if ((path === undefined) === (month === undefined))
    throw cliError('ERR_OPTION_INVALID', {
      option: '[statement], --month',
      value: path ?? '',
      why: 'FILE | yyyy-MM',
      command,
    });
  let signature: SignatureVerdict | null = null;
  let c12: C12;
  if (path !== undefined) c12 = await readC12(specifications, path);
  else {
    const client = openChosenDeclarations(context);
    const bytes = await client.readStatement(month ?? '', context.signal).finally(() => client.close());
    const trust = readTrust(context, command);
    const verified = await verify(bytes, {
      profile: 'declaration-xml',
      trust: trust ?? 'not-checked',
      now: context.now,
    });
    signature = verified.verdict;
    const out = textOption(options, 'out');
    if (out !== undefined) writeWhole(out, bytes, flagOption(options, 'force'));
    c12 = readC12Form(specifications, verified.signedBytes ?? bytes, month ?? '');
  }
  const due = dueOf(specifications, c12);
  const lines = [...c12.lines].map(([line, amounts]) => ({ line, ...amounts }));
  if (context.format === 'json') {
    const { unitCode, month: period } = c12;
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-c12-show/1', unitCode, month: period, signature, lines, due })}\n`,
    );
  } else {
    streams.write(`${c12.unitCode ?? ''} ${c12.month ?? ''}\n`);
    if (signature !== null) streams.write(`${messages.words.signature}: ${messages.words[signature]}\n`);
    streams.write(
      textTable(
        [
          declarationSentence('HEAD_LINE')[language],
          'BHXH',
          'BHYT',
          'BHTN',
          'BHTNL\u0110-BNN',
          messages.words.total,
        ],
        lines.map(({ line, bhxh, bhyt, bhtn, tnld, total }) =>
          [line, bhxh, bhyt, bhtn, tnld, total].map(String),
        ),
      ),
    );
    streams.write(`${declarationSentence('C12_DUE', { total: String(due.total) })[language]}\n`);
  }
  return signature === 'invalid' ? exitCodes.findings : exitCodes.done;
}
