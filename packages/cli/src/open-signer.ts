import { readFileSync } from 'node:fs';
import { openKey, parseKeyReference, readCertificates, type Signer } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { textOption, type CommandContext } from './command-context.ts';
import { openRemote } from './open-remote.ts';
import { askSecret } from './terminal/prompt.ts';

/**
 * Opens the key that `--key` or `--sign-with` names. The password or PIN comes from `--pin-fd`, `--pin-file`,
 * `BHXH_PIN` or a prompt, in this order, never from the command line, and only when the key asks for one.
 */
export async function openSigner(context: CommandContext, ref: string): Promise<Signer> {
  const certificate = textOption(context.options, 'cert');
  const parsed = parseKeyReference(ref);
  if (parsed.kind === 'pkcs11') {
    // A vendor's module that crashes takes its own process with it, and not a batch that is half signed.
    const { hostedPkcs11Signer } = await import('@bhxh/signing/signers/pkcs11');
    const [own] = certificate === undefined ? [] : readCertificates(readFileSync(certificate));
    return hostedPkcs11Signer({
      uri: parsed.uri,
      pin: () => secretFor(context, ref),
      ...(own === undefined ? {} : { certificate: own }),
    });
  }
  if (parsed.kind === 'remote') return openRemote(context, parsed.name, () => secretFor(context, ref));
  return openKey(ref, {
    pin: () => secretFor(context, ref),
    ...(certificate === undefined ? {} : { certificate: readFileSync(certificate) }),
  });
}

async function secretFor(context: CommandContext, ref: string): Promise<Uint8Array> {
  const descriptor = textOption(context.options, 'pinFd');
  if (descriptor !== undefined) return firstLine(readSecret(Number(descriptor), descriptor));
  const file = textOption(context.options, 'pinFile');
  if (file !== undefined) return firstLine(readSecret(file, file));
  const given = context.environment['BHXH_PIN'];
  if (given !== undefined && given !== '') return Buffer.from(given, 'utf8');
  const typed = await askSecret(`PIN (${ref.replace(/\?.*$/, '')}): `);
  if (typed === undefined) throw cliError('ERR_PIN_MISSING', { key: ref.replace(/\?.*$/, '') });
  return typed;
}

function readSecret(source: number | string, shown: string): Buffer {
  try {
    return readFileSync(source);
  } catch (cause) {
    throw cliError(
      'ERR_INPUT_UNREADABLE',
      { path: shown, why: (cause as NodeJS.ErrnoException).code ?? '' },
      cause,
    );
  }
}

function firstLine(bytes: Buffer): Uint8Array {
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
