import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

const METHODS = { take: 'PUT', restore: 'POST', drop: 'DELETE' } as const;

interface Snapshot {
  readonly name: string;
  readonly takenAt: string;
  readonly rows: number;
}

/** `take NAME`, `restore NAME`, `drop NAME` of a running demo server; alone it lists what was taken. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [action, name] = context.arguments;
  const method = Object.entries(METHODS).find(([known]) => known === action)?.[1];
  if ((action === undefined) !== (name === undefined) || (action !== undefined && method === undefined))
    throw cliError('ERR_OPTION_INVALID', {
      option: '[action] [name]',
      value: context.arguments.join(' '),
      why: 'take NAME, restore NAME, drop NAME',
      command: 'mock snapshot',
    });
  const control = await openServerControl(context, 'mock snapshot');
  if (method !== undefined) await control.call(method, `snapshots/${encodeURIComponent(name ?? '')}`);
  const { snapshots } = (await control.call('GET', 'snapshots')) as unknown as {
    readonly snapshots: readonly Snapshot[];
  };
  if (context.format === 'json')
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-snapshots/1', snapshots })}\n`);
  else for (const one of snapshots) context.streams.write(`${one.name}  ${one.takenAt}  ${one.rows}\n`);
  return exitCodes.done;
}
