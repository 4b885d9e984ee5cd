import { maskValue } from '@bhxh/sdk/messages';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openChosenDeclarations } from '../open-declarations.ts';
import { textTable } from '../terminal/table.ts';

/** Looks a BHXH number up by personal id, or the other way round; name and birth date must fit. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const needed = (option: string, value: string | undefined): string => {
    if (value === undefined || value === '')
      throw cliError('ERR_OPTION_INVALID', { option, value: '', why: '…', command: 'lookup person' });
    return value;
  };
  const question = {
    number: needed('<number>', context.arguments[0]),
    fullName: needed('--name', textOption(options, 'name')),
    birthDate: needed('--birth', textOption(options, 'birth')),
  };
  const client = openChosenDeclarations(context);
  const answer = await client.lookUpPerson(question, context.signal).finally(() => client.close());
  const shown = (text: string | null | undefined): string =>
    text === undefined || text === null ? '' : flagOption(options, 'reveal') ? text : maskValue(text);
  const body = {
    ...answer,
    ...(answer.found ? { bhxhNumber: shown(answer.bhxhNumber), citizenId: shown(answer.citizenId) } : {}),
  };
  if (context.format === 'json')
    streams.write(`${JSON.stringify({ schema: 'bhxh-lookup-person/1', ...body })}\n`);
  else
    streams.write(
      textTable(
        [messages.words.what, messages.words.value],
        Object.entries(body).map(([name, value]) => [name, String(value)]),
      ),
    );
  return answer.found ? exitCodes.done : exitCodes.rejected;
}
