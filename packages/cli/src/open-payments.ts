import { X509Certificate } from 'node:crypto';
import { proxyFromEnvironment, resolveEnvironment } from '@bhxh/sdk';
import { createBankClient, type BankClient } from '@bhxh/sdk/payments';
import { sign, verify, type TrustStore } from '@bhxh/signing';
import { cliError } from './cli-error.ts';
import { listOption, textOption, type CommandContext } from './command-context.ts';
import { resolveSender } from './open-client.ts';
import { readTrust } from './read-trust.ts';
import { requestSigning } from './request-key.ts';
import { openSubmissionSigner } from './sending/submission-signer.ts';

/**
 * The bank gateway for the office of `--office`, or the bank of `--facility`. Messages of the other side are believed when a
 * certificate of `--trust` stands behind them; the reference server may say itself whom to believe.
 * Throws ERR_ACCOUNT_MISSING and what opening the key throws.
 */
export async function openPayments(context: CommandContext, command: string): Promise<BankClient> {
  const party = textOption(context.options, 'office') ?? context.environment['BHXH_OFFICE'];
  if (party === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: '--office' });
  const sender = resolveSender({ ...context, options: { ...context.options, facility: party } });
  const { origin } = resolveEnvironment(sender.environment, sender.url);
  const proxy = proxyFromEnvironment(context.environment, origin);
  const signer = await openSubmissionSigner(context);
  const own = listOption(context.options, 'trust').length > 0 ? readTrust(context, command) : undefined;
  const anchors = new Map<string, TrustStore>();
  const { now } = context;
  const client = createBankClient({
    ...(proxy === undefined ? {} : { proxy }),
    environment: sender.environment,
    ...(sender.url === undefined ? {} : { url: sender.url }),
    party,
    credentials: { username: sender.username, password: sender.password },
    now,
    signal: context.signal,
    ...requestSigning(context),
    ...(signer === undefined
      ? {}
      : {
          sign: (envelope: Uint8Array) => sign(envelope, signer, { profile: 'payment-message', now }),
        }),
    async check(envelope, name) {
      let trust = own ?? anchors.get(name);
      if (trust === undefined) {
        if (sender.environment !== 'mock') throw cliError('ERR_ACCOUNT_MISSING', { missing: '--trust' });
        trust = { anchors: [new X509Certificate(await client.readCertificate(name))] };
        anchors.set(name, trust);
      }
      const outcome = await verify(envelope, { profile: 'payment-message', trust, now });
      if (outcome.verdict !== 'valid' || outcome.signedBytes === undefined)
        throw cliError('ERR_INPUT_UNREADABLE', {
          path: name,
          why: outcome.reasons[0]?.code ?? outcome.verdict,
        });
      return outcome.signedBytes;
    },
  });
  if (signer !== undefined && sender.environment === 'mock')
    await client.registerCertificate(signer.certificate.toString());
  return client;
}

/** A number that no other message of the office has. */
export function messageNumber(context: CommandContext, mark: string): string {
  return `${mark}${context.now().toISOString().replaceAll(/\D/g, '').slice(0, 17)}`;
}

/** `yyyy-MM-ddTHH:mm:ss+07:00` of now. */
export function vietnamNow(context: CommandContext): string {
  return `${new Date(context.now().getTime() + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`;
}
