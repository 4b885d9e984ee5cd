import { signatureEngines, type SignatureEngine } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { textOption, type OptionValues } from './command-context.ts';

/** The engine of `--engine`, our own when none is named. Throws ERR_OPTION_INVALID with the names there are. */
export function engineOption(options: OptionValues, command: string): SignatureEngine {
  const name = textOption(options, 'engine') ?? 'own';
  const engine = signatureEngines.find((one) => one === name);
  if (engine === undefined) {
    const why = signatureEngines.join(', ');
    throw cliError('ERR_OPTION_INVALID', { option: '--engine', value: name, why, command });
  }
  return engine;
}
