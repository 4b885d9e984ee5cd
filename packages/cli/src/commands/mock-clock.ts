import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Shows the clock of a running server, or moves it: `advance 10m`, `advance <moment>`, `freeze [moment]`, `resume`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [move, value] = context.arguments;
  const body = bodyOf(move, value);
  const control = await openServerControl(context, 'mock clock');
  const state =
    move === undefined
      ? await control.call('GET', 'clock')
      : await control.call('POST', `clock/${move}`, body);
  if (context.format === 'json') {
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-clock/1', ...state })}\n`);
  } else {
    const frozen = state['frozen'] === true ? ` (${context.messages.words.frozen})` : '';
    context.streams.write(`${String(state['now'])}${frozen}\n`);
  }
  return exitCodes.done;
}

function bodyOf(move: string | undefined, value: string | undefined): Record<string, unknown> {
  if (value === undefined && (move === undefined || move === 'freeze' || move === 'resume')) return {};
  if (move === 'freeze' && value !== undefined) return { at: momentOf(value) };
  if (move === 'advance' && value !== undefined) {
    const [, amount, unit] = /^(\d{1,9})([smhd]?)$/.exec(value) ?? [];
    if (amount === undefined) return { to: momentOf(value) };
    return { seconds: Number(amount) * (SECONDS[unit ?? ''] ?? 1) };
  }
  throw refused(value === undefined ? (move ?? '') : `${move} ${value}`);
}

/** A moment with its zone; without one, nobody would know which. */
function momentOf(text: string): string {
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  if (isMoment && !Number.isNaN(Date.parse(text))) return text;
  throw refused(text);
}

function refused(value: string): Error {
  return cliError('ERR_OPTION_INVALID', {
    option: '[move] [value]',
    value,
    why: 'advance 90s|10m|2h|30d|2027-01-01T08:00+07:00, freeze [2027-01-01T08:00+07:00], resume',
    command: 'mock clock',
  });
}
