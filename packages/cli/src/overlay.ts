import { chosenAccount, textOption, type CommandContext } from './command-context.ts';

/** Reserved sample identifiers are accepted everywhere but where real data is meant to go (decisions/0003). */
export function overlayFor(context: CommandContext): 'synthetic' | 'none' {
  const environment = textOption(context.options, 'env') ?? chosenAccount(context)?.environment ?? 'mock';
  return environment === 'mock' ? 'synthetic' : 'none';
}
