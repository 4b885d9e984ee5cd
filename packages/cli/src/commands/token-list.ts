import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { findTokens, tellFailedModules } from '../find-tokens.ts';
import { tokenLines, tokenRecord } from '../token-view.ts';

/** Lists the tokens of every driver found, with what they show to everybody; nobody logs in. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages } = context;
  const { paths, modules, failed } = await findTokens(context);
  const now = context.now();
  tellFailedModules(context, failed);
  const found = modules.flatMap((module) => module.tokens.map((token) => ({ module, token })));
  if (context.format === 'json') {
    const tokens = found.map(({ module, token }) => tokenRecord(module, token, now));
    const broken = failed.map(({ module, error }) => ({ module, code: error.code }));
    streams.write(`${JSON.stringify({ schema: 'bhxh-tokens/1', modules: paths, failed: broken, tokens })}\n`);
    return exitCodes.done;
  }
  const view = { words: messages.token, now, all: false };
  for (const { module, token } of found) streams.write(`${tokenLines(module, token, view).join('\n')}\n\n`);
  if (found.length === 0)
    streams.write(`${paths.length === 0 ? `PKCS#11: ${messages.token.noDriver}` : messages.token.none}\n`);
  return exitCodes.done;
}
