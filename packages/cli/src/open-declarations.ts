import { proxyFromEnvironment, resolveEnvironment } from '@bhxh/sdk';
import { createDeclarationsClient, type DeclarationsClient } from '@bhxh/sdk/declarations';
import { cliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';
import { resolveSender, type Sender } from './open-client.ts';
import { requestSigning } from './request-key.ts';

/** A client of the declarations gateway for the sender's unit; interrupted as the one of claims is. */
export function openDeclarations(
  context: CommandContext,
  sender: Sender & { readonly unit: string },
  onInterrupt: 'cut' | 'drain' = 'cut',
  maxRate?: number,
): DeclarationsClient {
  const { origin } = resolveEnvironment(sender.environment, sender.url);
  const proxy = proxyFromEnvironment(context.environment, origin);
  return createDeclarationsClient({
    ...(proxy === undefined ? {} : { proxy }),
    environment: sender.environment,
    ...(sender.url === undefined ? {} : { url: sender.url }),
    unit: sender.unit,
    credentials: { username: sender.username, password: sender.password },
    now: context.now,
    ...requestSigning(context),
    ...(maxRate === undefined ? {} : { maxRate }),
    ...(onInterrupt === 'cut' ? { signal: context.signal } : {}),
  });
}

/** The client of the chosen account, which must name a unit. Throws ERR_ACCOUNT_MISSING. */
export function openChosenDeclarations(context: CommandContext): DeclarationsClient {
  const sender = resolveSender(context);
  if (sender.unit === undefined) throw cliError('ERR_ACCOUNT_MISSING', { missing: '--unit' });
  return openDeclarations(context, { ...sender, unit: sender.unit });
}
