import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

interface Request {
  readonly id: string;
  readonly protocol: string;
  readonly display: string;
  readonly state: string;
  readonly expiresAt: string;
  readonly code: string | null;
}

const actions = ['confirm', 'refuse'] as const;

/** The phone of a remote signing service's user: lists what waits, or answers the newest request or the one named. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [action, id] = context.arguments;
  if (action !== undefined && !actions.some((known) => known === action))
    throw cliError('ERR_OPTION_INVALID', {
      option: 'action',
      value: action,
      why: actions.join(', '),
      command: 'mock phone',
    });
  const control = await openServerControl(context, 'mock phone');
  const phone = await control.call('GET', 'signing/requests');
  const all = phone['requests'] as readonly Request[];
  const waiting = all.filter(({ state }) => state === 'waiting');
  let shown: readonly Request[] = waiting;
  if (action !== undefined) {
    const chosen = id === undefined ? waiting[0] : all.find((request) => request.id.startsWith(id));
    if (chosen === undefined)
      throw cliError('ERR_SERVER_REFUSED', {
        code: 'NOTHING_WAITS',
        why: id ?? context.messages.words.nothingWaits,
      });
    const body = action === 'confirm' && chosen.code !== null ? { code: chosen.code } : {};
    shown = [
      (await control.call('POST', `signing/requests/${chosen.id}/${action}`, body)) as unknown as Request,
    ];
  }
  const { oneTimeCode } = phone;
  if (context.format === 'json') {
    context.streams.write(
      `${JSON.stringify({ schema: 'bhxh-mock-phone/1', oneTimeCode, requests: shown })}\n`,
    );
    return exitCodes.done;
  }
  if (typeof oneTimeCode === 'string') context.streams.write(`OTP ${oneTimeCode}\n`);
  for (const { id: own, protocol, display, state, expiresAt, code } of shown)
    context.streams.write(
      `${own.slice(0, 8)}  ${protocol}  ${state}  ${code ?? '----'}  ${expiresAt}  ${display}\n`,
    );
  if (shown.length === 0 && typeof oneTimeCode !== 'string')
    context.streams.write(`${context.messages.words.nothingWaits}\n`);
  return exitCodes.done;
}
