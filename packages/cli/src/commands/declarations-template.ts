import { templateSheets } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { writeSheets } from '../table-file.ts';

/** Writes an empty workbook for the dossiers of one procedure: a sheet for the dossier, one for each form. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const [procedure = ''] = context.arguments;
  const out = textOption(options, 'out') ?? '';
  if (!/\.xlsx$/i.test(out))
    throw cliError('ERR_OPTION_INVALID', {
      option: '--out',
      value: out,
      why: 'FILE.xlsx',
      command: 'declarations template',
    });
  const sheets = templateSheets(openSpecifications(), procedure);
  await writeSheets(out, sheets, flagOption(options, 'force'));
  const names = sheets.map(({ name }) => name);
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-declarations-template/1', procedure, out, sheets: names })}\n`,
    );
  else streams.write(`${out} · ${names.join(', ')}\n`);
  streams.note(`${messages.words.hint}: bhxh build declaration --from ${out} --out BHXHDienTu.xml\n`);
  return exitCodes.done;
}
