import { cliError } from './cli-error.ts';
import { textOption, type OptionValues } from './command-context.ts';
import { flags, type FlagName } from './flags.ts';

/** The value of an option that a command cannot do without. */
export function neededOption(options: OptionValues, name: FlagName, command: string): string {
  const value = textOption(options, name);
  if (value === undefined || value === '')
    throw cliError('ERR_OPTION_MISSING', { option: flags[name].syntax, command });
  return value;
}
