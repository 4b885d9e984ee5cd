import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { openServerControl } from '../server-control.ts';

interface ScenarioList {
  readonly standing: string;
  readonly scenarios: readonly { readonly id: string; readonly title: { vi: string; en: string } }[];
}

/** Lists the scenarios of a running server; a name makes that one stand where a request names none. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const control = await openServerControl(context, 'mock scenarios');
  const [wanted] = context.arguments;
  if (wanted !== undefined) await control.call('PUT', 'scenarios', { scenario: wanted });
  const { standing, scenarios } = (await control.call('GET', 'scenarios')) as unknown as ScenarioList;
  if (context.format === 'json') {
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-mock-scenarios/1', standing, scenarios })}\n`);
    return exitCodes.done;
  }
  const width = Math.max(...scenarios.map(({ id }) => id.length));
  for (const { id, title } of scenarios) {
    const mark = id === standing ? '*' : ' ';
    context.streams.write(`${mark} ${id.padEnd(width)}  ${title[context.language]}\n`);
  }
  return exitCodes.done;
}
