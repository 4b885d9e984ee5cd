import { SigningError, type SubjectId } from '@bhxh/signing';
import { maskValue } from '@bhxh/sdk/messages';
import { findModules, listTokens, type TokenDescription } from '@bhxh/signing/signers/pkcs11';
import { listOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { signingFailure } from '../signing-failure.ts';
import { textTable } from '../terminal/table.ts';

/** Lists the tokens of every module found, with what they show to everybody; nobody logs in. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const named = listOption(options, 'module');
  const modules = named.length > 0 ? named : findModules();
  const tokens: TokenDescription[] = [];
  for (const module of modules) {
    try {
      tokens.push(...listTokens(module).tokens);
    } catch (error) {
      if (named.length > 0 || !(error instanceof SigningError)) throw signingFailure(error, module);
      streams.note(`${module}: ${error.code}\n`);
    }
  }
  if (context.format === 'json') {
    const shown = tokens.map(({ certificates, ...token }) => ({
      ...token,
      certificates: certificates.map(({ id, label, ids, notBefore, notAfter, fingerprint }) => ({
        id,
        label,
        ids: ids.map(shownId),
        notBefore,
        notAfter,
        fingerprint,
      })),
    }));
    streams.write(`${JSON.stringify({ schema: 'bhxh-tokens/1', modules, tokens: shown })}\n`);
    return exitCodes.done;
  }
  const { words, signature } = messages;
  streams.write(
    textTable(
      ['URI', 'PIN', words.signer, signature.validity],
      tokens.flatMap(({ uri, pinState, certificates }) =>
        certificates.length === 0
          ? [[uri, pinState, '–', '–']]
          : certificates.map(({ ids, notAfter }) => [
              uri,
              pinState,
              ids.map(shownId).join(' '),
              notAfter.toISOString().slice(0, 10),
            ]),
      ),
    ),
  );
  if (modules.length === 0) streams.write(`${messages.doctor.pkcs11}: –\n`);
  return exitCodes.done;
}

/** A tax code is public; what names a person is masked. */
function shownId({ type, value }: SubjectId): string {
  return `${type}:${type === 'MST' ? value : maskValue(value)}`;
}
