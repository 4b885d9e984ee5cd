import type { CommandContext } from '../command-context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { sendSteadily } from '../sending/steady-memory.ts';

/** Sends check-ins (XML0) by the same journal as claims. */
export function run(context: CommandContext): Promise<ExitCode> {
  return sendSteadily(context, 'checkin');
}
