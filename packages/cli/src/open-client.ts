import { createClient, type ClaimsClient } from '@bhxh/sdk';
import { cliError } from './cli-error.ts';
import { chosenAccount, textOption, type CommandContext } from './command-context.ts';

/** Whom a command acts for, from the chosen account, the environment and the options, in rising precedence. */
export interface Sender {
  readonly environment: 'mock' | 'training' | 'production';
  readonly url: string | undefined;
  readonly facility: string;
  readonly username: string;
  readonly password: string;
  readonly officerName: string | undefined;
  readonly officerId: string | undefined;
}

/** Throws ERR_ACCOUNT_MISSING naming the first thing that is not set. Production must be named by account or `--env`. */
export function resolveSender(context: CommandContext): Sender {
  const { options, environment: variables } = context;
  const account = chosenAccount(context);
  const named = textOption(options, 'account');
  if (named !== undefined && account === undefined)
    throw cliError('ERR_ACCOUNT_MISSING', { missing: `accounts.${named}` });
  const required = (value: string | undefined, missing: string): string => {
    if (value === undefined || value === '') throw cliError('ERR_ACCOUNT_MISSING', { missing });
    return value;
  };
  const environment = textOption(options, 'env') ?? account?.environment ?? 'mock';
  const passwordEnv = account?.passwordEnv ?? 'BHXH_PASSWORD';
  const officerIdEnv = account?.officerIdEnv ?? 'BHXH_OFFICER_ID';
  const facility = required(
    textOption(options, 'facility') ?? account?.facility ?? variables['BHXH_FACILITY'],
    '--facility',
  );
  return {
    environment: environment as Sender['environment'],
    url: textOption(options, 'url') ?? account?.url ?? variables['BHXH_URL'],
    facility,
    username: required(variables['BHXH_USERNAME'] ?? account?.username, 'BHXH_USERNAME'),
    password: required(variables[passwordEnv], passwordEnv),
    officerName: textOption(options, 'officer') ?? account?.officerName,
    officerId: textOption(options, 'officerId') ?? variables[officerIdEnv],
  };
}

/**
 * A client for the sender. Look-ups end at the first Ctrl-C; what is being submitted is not cut by it, because a
 * request that is on its way would become `unknown`: the submission engine drains instead.
 */
export function openClient(
  context: CommandContext,
  sender: Sender,
  onInterrupt: 'cut' | 'drain' = 'cut',
): ClaimsClient {
  return createClient({
    environment: sender.environment,
    ...(sender.url === undefined ? {} : { url: sender.url }),
    facility: sender.facility,
    credentials: { username: sender.username, password: sender.password },
    now: context.now,
    ...(onInterrupt === 'cut' ? { signal: context.signal } : {}),
  });
}
