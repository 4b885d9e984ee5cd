import { openSpecifications, type CodeListEntry } from '@bhxh/sdk/specifications';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { overlayFor } from '../overlay.ts';
import { textTable } from '../terminal/table.ts';

/** Lists the code lists, or the codes of one, all of them or those in force on `--on`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, language } = context;
  const { words } = messages;
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const [id] = context.arguments;
  if (id === undefined) {
    const lists = specifications.codeListIds().map((name) => {
      const list = specifications.codeList(name);
      return {
        id: name,
        title: list.title,
        codes: list.entries.length,
        complete: list.complete,
        confidence: list.confidence,
      };
    });
    if (context.format === 'json')
      streams.write(`${JSON.stringify({ schema: 'bhxh-code-lists/1', lists })}\n`);
    else {
      const rows = lists.map((list) => [list.id, String(list.codes), list.confidence, list.title[language]]);
      streams.write(textTable([words.value, words.count, words.confidence, words.title], rows));
    }
    return exitCodes.done;
  }
  const on = dateOption(options, 'on', 'codes list');
  const list = specifications.codeList(id);
  const entries = list.entries.filter((entry) => on === undefined || inForce(entry, on));
  if (context.format === 'json')
    streams.write(`${JSON.stringify({ schema: 'bhxh-code-list/1', ...list, entries })}\n`);
  else {
    const rows = entries.map((entry) => [
      entry.code,
      entry.from ?? '',
      entry.to ?? '',
      entry.label[language],
    ]);
    streams.write(textTable([words.value, words.from, words.to, words.title], rows));
  }
  return exitCodes.done;
}

function inForce(entry: CodeListEntry, day: string): boolean {
  return (entry.from === null || entry.from <= day) && (entry.to === null || day <= entry.to);
}
