import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readDossier, readForm, type FormDocument } from '@bhxh/sdk/declarations';
import { printFormsHtml, printFormsPdf } from '@bhxh/sdk/declarations/print';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, listOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { writeWhole } from '../output-folder.ts';
import { overlayFor } from '../overlay.ts';
import { quoted } from '../read-inputs.ts';

const command = 'print';

/** Prints the forms of a dossier, or one form or statement, in their statutory layout; the name of `--out` chooses HTML or PDF. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, now } = context;
  const [path = ''] = context.arguments;
  const out = textOption(options, 'out') ?? '';
  const isPdf = /\.pdf$/i.test(out);
  if (!isPdf && !/\.html?$/i.test(out))
    throw cliError('ERR_OPTION_INVALID', {
      option: '--out',
      value: out,
      why: 'FILE.html | FILE.pdf',
      command,
    });
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const only = listOption(options, 'only');
  const all = formsOf(specifications, readInput(path));
  const forms = all.filter(({ form }) => only.length === 0 || only.includes(form));
  if (forms.length === 0)
    throw cliError('ERR_OPTION_INVALID', {
      option: '--only',
      value: only.join(', '),
      why: all.map(({ form }) => form).join(', '),
      command,
    });
  const content = isPdf
    ? await printFormsPdf(specifications, forms, { language, fonts: readFonts(), now })
    : printFormsHtml(specifications, forms, { language });
  writeWhole(out, content, flagOption(options, 'force'));
  const printed = forms.map(({ form, rows }) => ({ form, rows: rows.length }));
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-print/1', specs: { hash: specifications.hash }, out, forms: printed })}\n`,
    );
  else streams.write(`${out} · ${printed.map(({ form, rows }) => `${form} (${rows})`).join(', ')}\n`);
  return exitCodes.done;
}

function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw cliError('ERR_INPUT_UNREADABLE', { path: quoted(path), why: code }, cause);
  }
}

function formsOf(specifications: Specifications, bytes: Buffer): readonly FormDocument[] {
  const isEnvelope = /<(?:\w+:)?Hoso[\s>]/.test(bytes.subarray(0, 1_000).toString('latin1'));
  return isEnvelope ? readDossier(specifications, bytes).dossier.forms : [readForm(specifications, bytes)];
}

/** Tinos has the measures of Times New Roman, in which forms are set, and every Vietnamese letter. */
function readFonts(): { readonly regular: Uint8Array; readonly bold: Uint8Array } {
  const { resolve } = createRequire(import.meta.url);
  const read = (name: string): Uint8Array =>
    readFileSync(resolve(`@expo-google-fonts/tinos/${name}/Tinos_${name}.ttf`));
  return { regular: read('400Regular'), bold: read('700Bold') };
}
