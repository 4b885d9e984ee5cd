import { maskValue } from '@bhxh/sdk/messages';
import { createCodeLists } from '@bhxh/sdk/code-lists';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openChosenDeclarations } from '../open-declarations.ts';
import { textTable } from '../terminal/table.ts';
import { vietnamDay } from '../vietnam-day.ts';

/** Shows the members of a household to who knows its number and its head. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, language } = context;
  const [number = ''] = context.arguments;
  const headName = textOption(options, 'name') ?? '';
  if (headName === '')
    throw cliError('ERR_OPTION_INVALID', {
      option: '--name',
      value: '',
      why: '…',
      command: 'lookup household',
    });
  const client = openChosenDeclarations(context);
  const { found, members = [] } = await client
    .lookUpHousehold({ number, headName }, context.signal)
    .finally(() => client.close());
  const shown = (text: string | null | undefined): string =>
    text === undefined || text === null ? '' : flagOption(options, 'reveal') ? text : maskValue(text);
  const lists = createCodeLists(openSpecifications());
  const people = members.map(({ fullName, birthDate, relation, bhxhNumber }) => ({
    fullName: shown(fullName),
    birthDate: shown(birthDate),
    relation,
    relationLabel:
      lists.find('household-relations', relation, vietnamDay(context.now())).entry?.label ?? null,
    bhxhNumber: bhxhNumber === null || bhxhNumber === undefined ? null : shown(bhxhNumber),
  }));
  if (context.format === 'json')
    streams.write(`${JSON.stringify({ schema: 'bhxh-lookup-household/1', found, members: people })}\n`);
  else
    streams.write(
      textTable(
        [messages.words.what, messages.words.title, messages.words.value],
        people.map(({ fullName, birthDate, relation, relationLabel, bhxhNumber }) => [
          `${fullName} ${birthDate}`.trim(),
          relationLabel?.[language] ?? relation,
          bhxhNumber ?? '',
        ]),
      ),
    );
  return found ? exitCodes.done : exitCodes.rejected;
}
