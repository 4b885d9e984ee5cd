import { createCodeLists } from '@bhxh/sdk/code-lists';
import { openSpecifications } from '@bhxh/sdk/specifications';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { overlayFor } from '../overlay.ts';
import { textTable } from '../terminal/table.ts';
import { vietnamDay } from '../vietnam-day.ts';

/** Finds agencies by the beginning of their code or by a part of their name. Nothing is asked of any server. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, language } = context;
  const [asked = ''] = context.arguments;
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const on = dateOption(options, 'on', 'lookup agency') ?? vietnamDay(context.now());
  const plain = (text: string): string => text.normalize('NFC').toLocaleLowerCase('vi');
  const { entries } = createCodeLists(specifications).list('agencies');
  const agencies = entries
    .filter(({ from, to }) => (from === null || from <= on) && (to === null || on <= to))
    .filter(({ code, label }) => code.startsWith(asked) || plain(label.vi).includes(plain(asked)))
    .map(({ code, label }) => ({ code, name: label }));
  if (context.format === 'json')
    streams.write(`${JSON.stringify({ schema: 'bhxh-lookup-agency/1', on, agencies })}\n`);
  else
    streams.write(
      textTable(
        [messages.words.what, messages.words.value],
        agencies.map(({ code, name }) => [code, name[language]]),
      ),
    );
  return agencies.length === 0 ? exitCodes.rejected : exitCodes.done;
}
