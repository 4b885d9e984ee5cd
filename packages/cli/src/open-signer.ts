import { readFileSync } from 'node:fs';
import { openKey, parseKeyReference, readCertificates, type Pkcs11Uri, type Signer } from '@bhxh/signing';
import type { TokenSigner } from '@bhxh/signing/signers/pkcs11';
import { cliError } from './cli-error.ts';
import { listOption, textOption, type CommandContext } from './command-context.ts';
import { openRemote } from './open-remote.ts';
import { pinSource } from './pin-source.ts';

/**
 * Opens the key that `--key` or `--sign-with` names; the password or PIN is asked for only when the key wants one. Without
 * `module-path` a token is looked for in every driver that is installed. `sessions` is for HSMs that do several signatures
 * at one time.
 */
export async function openSigner(context: CommandContext, ref: string, sessions = 1): Promise<Signer> {
  const parsed = parseKeyReference(ref);
  switch (parsed.kind) {
    case 'pkcs11':
      return openToken(context, ref, parsed.uri, sessions);
    case 'remote':
      return openRemote(context, parsed.name, pinSource(context, ref));
    case 'file': {
      const certificate = certificateOption(context);
      return openKey(ref, {
        pin: pinSource(context, ref),
        ...(certificate === undefined ? {} : { certificate }),
      });
    }
  }
}

/** A driver that crashes takes its own process with it, and not a batch that is half signed. */
export async function openToken(
  context: CommandContext,
  ref: string,
  uri: Pkcs11Uri,
  sessions = 1,
): Promise<TokenSigner> {
  const { hostedPkcs11Signer } = await import('@bhxh/signing/signers/pkcs11');
  const certificate = certificateOption(context);
  const [own] = certificate === undefined ? [] : readCertificates(certificate);
  const [module = 'auto'] = listOption(context.options, 'module');
  const { streams, messages } = context;
  return hostedPkcs11Signer({
    uri,
    module,
    sessions,
    pin: pinSource(context, ref),
    tell: (notice) => streams.note(`${messages.words.warning}: ${messages.token[notice]}\n`),
    ...(own === undefined ? {} : { certificate: own }),
  });
}

function certificateOption({ options }: CommandContext): Buffer | undefined {
  const path = textOption(options, 'cert');
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? '';
    throw cliError('ERR_INPUT_UNREADABLE', { path, why }, cause);
  }
}
