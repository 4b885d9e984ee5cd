import type { StatusCheck } from '@bhxh/signing';
import { signatureReason } from '@bhxh/sdk/messages';
import type { CommandContext } from './command-context.ts';
import { readTrust } from './read-trust.ts';

/**
 * How the certificate is looked into before it signs: against the trusted certificates and the revocation files at hand,
 * with a warning where its status cannot be known. Undefined when nobody is trusted, and only its dates and usage count.
 */
export function signingStatus(context: CommandContext): StatusCheck | undefined {
  const trust = readTrust(context, 'sign');
  if (trust === undefined) return undefined;
  const { streams, messages, language } = context;
  return {
    trust,
    onUnknown: (reasons) => {
      for (const code of reasons)
        streams.note(`${messages.words.warning}: ${signatureReason(code)[language]} (${code})\n`);
    },
  };
}
