import { parseKeyReference, SigningError, type Pkcs11Uri } from '@bhxh/signing';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { findTokens, tellFailedModules } from '../find-tokens.ts';
import { signingFailure } from '../signing-failure.ts';
import { tokenLines, tokenRecord } from '../token-view.ts';

/** Tells all that one token shows without login: driver, slot, PIN, mechanisms and certificates. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { streams, messages } = context;
  const uri = tokenReference(context);
  const { modules, failed } = await findTokens(context, uri);
  const { tokensThatFit } = await import('@bhxh/signing/signers/pkcs11');
  const found = tokensThatFit(modules, uri);
  const [first, ...others] = found;
  if (first === undefined) {
    tellFailedModules(context, failed);
    throw signingFailure(new SigningError('ERR_TOKEN_MISSING', { ...(uri.token && { token: uri.token }) }));
  }
  if (others.length > 0)
    throw signingFailure(
      new SigningError('ERR_TOKEN_AMBIGUOUS', {
        count: found.length,
        candidates: found.map(({ token }) => token.uri).join(', '),
      }),
    );
  const now = context.now();
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-token/1', token: tokenRecord(first.module, first.token, now) })}\n`,
    );
  else {
    const view = { words: messages.token, now, all: true };
    streams.write(`${tokenLines(first.module, first.token, view).join('\n')}\n`);
  }
  return exitCodes.done;
}

/** The URI of `--key`, or one that means any token. Throws ERR_KEY_REFERENCE. */
export function tokenReference({ options }: CommandContext): Pkcs11Uri {
  try {
    const parsed = parseKeyReference(textOption(options, 'key') ?? 'pkcs11:');
    if (parsed.kind !== 'pkcs11') throw new SigningError('ERR_KEY_REFERENCE', { part: 'pkcs11:' });
    return parsed.uri;
  } catch (error) {
    throw signingFailure(error);
  }
}
