import { existsSync, writeFileSync } from 'node:fs';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { configurationName } from '../config.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** Writes a sample configuration; secrets stay in the environment. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const path = textOption(context.options, 'out') ?? configurationName;
  if (existsSync(path) && !flagOption(context.options, 'force'))
    throw cliError('ERR_OUTPUT_EXISTS', { path });
  const facility = textOption(context.options, 'facility') ?? '99001';
  try {
    writeFileSync(path, sample(facility, context.messages.flags.account));
  } catch (cause) {
    throw cliError(
      'ERR_OUTPUT_UNWRITABLE',
      { path, why: (cause as NodeJS.ErrnoException).code ?? '' },
      cause,
    );
  }
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-init/1', path })}\n`);
  else context.streams.write(`${path}\n`);
  context.streams.note(`${context.messages.words.hint}: bhxh doctor\n`);
  return exitCodes.done;
}

function sample(facility: string, accountMeaning: string): string {
  return `# ${accountMeaning}
defaultAccount: training
accounts:
  training:
    environment: training
    facility: '${facility}'
    username: '${facility}_BV'
    passwordEnv: BHXH_PASSWORD
  production:
    environment: production
    facility: '${facility}'
    username: '${facility}_BV'
    passwordEnv: BHXH_PASSWORD_PRODUCTION
# warnOnly: [R056]
`;
}
