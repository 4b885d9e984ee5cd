import { diffRulesets, openSpecifications } from '@bhxh/sdk/specifications';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { fullId } from './specs-show.ts';

/** Says in words what one standard changes against another. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const specifications = openSpecifications();
  const [from = '', to = ''] = context.arguments.map((id) => fullId(specifications.rulesetIds(), id));
  const diff = diffRulesets(specifications.ruleset(from), specifications.ruleset(to));
  if (context.format === 'json') {
    context.streams.write(`${JSON.stringify({ schema: 'bhxh-specs-diff/1', ...diff }, null, 2)}\n`);
    return exitCodes.done;
  }
  context.streams.write(`${from} → ${to}\n`);
  for (const change of diff.changes) context.streams.write(`- ${change.sentence[context.language]}\n`);
  return exitCodes.done;
}
