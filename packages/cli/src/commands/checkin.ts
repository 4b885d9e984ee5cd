import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { send } from '../sending/send.ts';

/** Sends check-ins (XML0) by the same journal as claims. */
export function run(context: CommandContext): Promise<ExitCode> {
  return send(context, 'checkin');
}
