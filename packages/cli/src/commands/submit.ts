import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { send } from '../sending/send.ts';

/** Sends documents; every outcome is in the journal before it is shown. */
export function run(context: CommandContext): Promise<ExitCode> {
  return send(context, 'submit');
}
