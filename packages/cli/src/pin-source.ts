import { readFileSync } from 'node:fs';
import type { PinSource } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { textOption, type CommandContext } from './command-context.ts';
import { askSecret } from './terminal/prompt.ts';

/**
 * Where the password or PIN comes from: `--pin-fd`, `--pin-file`, `BHXH_PIN` or a prompt, in this order, and never the command
 * line. What was read once serves again, since a descriptor gives its bytes only once; a person is asked each time.
 */
export function pinSource(context: CommandContext, ref: string): PinSource {
  const key = ref.replace(/\?.*$/, '');
  let given: Buffer | undefined;
  return async () => {
    given ??= givenSecret(context);
    if (given !== undefined) return Uint8Array.from(given);
    const typed = await askSecret(`PIN (${key}): `, context.signal);
    if (typed === undefined) throw cliError('ERR_PIN_MISSING', { key });
    return typed;
  };
}

function givenSecret({ options, environment }: CommandContext): Buffer | undefined {
  const descriptor = textOption(options, 'pinFd');
  if (descriptor !== undefined) {
    if (!/^\d{1,4}$/.test(descriptor)) {
      // What was typed there by mistake might be the PIN itself, so it is not repeated.
      throw cliError('ERR_OPTION_INVALID', {
        option: '--pin-fd',
        value: '***',
        why: '0 … 9999',
        command: 'sign',
      });
    }
    return readSecret(Number(descriptor), descriptor);
  }
  const file = textOption(options, 'pinFile');
  if (file !== undefined) return readSecret(file, file);
  const variable = environment['BHXH_PIN'];
  return variable === undefined || variable === '' ? undefined : Buffer.from(variable, 'utf8');
}

/** The first line; editors and `echo` put an end of line behind a PIN that does not belong to it. */
function readSecret(source: number | string, path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(source);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    throw cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  }
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
