import { setTimeout as wait } from 'node:timers/promises';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';
import { startProgress } from '../terminal/progress.ts';

interface MonthClose {
  readonly month: string;
  readonly state: 'running' | 'done';
  readonly units: number;
  readonly totalUnits: number;
  readonly workers: number;
  readonly principal: string;
  readonly interest: string;
  readonly digest: string;
}

/** How often a running close is asked how far it is. */
const EVERY = 500;

/** Closes a month on a running server and follows the run to its end; interrupted, the server goes on with it. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [month = ''] = context.arguments;
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw cliError('ERR_OPTION_INVALID', {
      option: '<month>',
      value: month,
      why: '2026-10',
      command: 'mock close-month',
    });
  const control = await openServerControl(context, 'mock close-month');
  const { streams, messages } = context;
  const ask = async (method: 'GET' | 'POST', path: string): Promise<MonthClose> =>
    (await control.call(method, path)) as unknown as MonthClose;
  let run = await ask('POST', `months/${month}/close`);
  const progress = startProgress({
    streams,
    label: month,
    unit: messages.words.units,
    total: run.totalUnits,
    clock: context.elapsed,
  });
  try {
    while (run.state === 'running') {
      progress.update(run.units);
      await wait(EVERY, undefined, { signal: context.signal }).catch((cause: unknown) => {
        throw cliError('ERR_INTERRUPTED', {}, cause);
      });
      run = await ask('GET', `months/${month}`);
    }
  } finally {
    progress.finish();
  }
  if (context.format === 'json') {
    streams.write(`${JSON.stringify({ schema: 'bhxh-month-close/1', ...run })}\n`);
    return exitCodes.done;
  }
  const { words } = messages;
  streams.write(
    `${run.month}  ${run.units} ${words.units}  ${run.workers} ${words.workers}  ${words.due} ${run.principal}  ${words.interest} ${run.interest}\n${run.digest}\n`,
  );
  return exitCodes.done;
}
