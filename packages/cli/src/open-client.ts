import { createClient, proxyFromEnvironment, resolveEnvironment, type ClaimsClient } from '@bhxh/sdk';
import { cliError } from './cli-error.ts';
import { chosenAccount, textOption, type CommandContext } from './command-context.ts';
import { requestSigning } from './request-key.ts';

/** Which gateway and facility a command concerns. */
export interface Place {
  readonly environment: 'mock' | 'training' | 'production';
  readonly url: string | undefined;
  /** Code of the facility, or of the unit where that is what sends. */
  readonly facility: string;
  /** Mã đơn vị when employers' dossiers are concerned. */
  readonly unit?: string;
}

/** Whom a command acts for, from the chosen account, the environment and the options, in rising precedence. */
export interface Sender extends Place {
  readonly username: string;
  readonly password: string;
  readonly officerName: string | undefined;
  readonly officerId: string | undefined;
}

/** Throws ERR_ACCOUNT_MISSING when no facility is set. Production must be named by account or `--env`. */
export function resolvePlace(context: CommandContext): Place {
  const { options, environment: variables } = context;
  const account = chosenAccount(context);
  const named = textOption(options, 'account');
  if (named !== undefined && account === undefined)
    throw cliError('ERR_ACCOUNT_MISSING', { missing: `accounts.${named}` });
  const unit = textOption(options, 'unit') ?? account?.unit ?? (variables['BHXH_UNIT'] || undefined);
  return {
    ...(unit === undefined ? {} : { unit }),
    environment: (textOption(options, 'env') ?? account?.environment ?? 'mock') as Place['environment'],
    url: textOption(options, 'url') ?? account?.url ?? variables['BHXH_URL'],
    facility: required(
      unit ?? textOption(options, 'facility') ?? account?.facility ?? variables['BHXH_FACILITY'],
      '--facility',
    ),
  };
}

/** Throws ERR_ACCOUNT_MISSING naming the first thing that is not set. */
export function resolveSender(context: CommandContext): Sender {
  const { options, environment: variables } = context;
  const account = chosenAccount(context);
  const passwordEnv = account?.passwordEnv ?? 'BHXH_PASSWORD';
  const officerIdEnv = account?.officerIdEnv ?? 'BHXH_OFFICER_ID';
  return {
    ...resolvePlace(context),
    username: required(variables['BHXH_USERNAME'] ?? account?.username, 'BHXH_USERNAME'),
    password: required(variables[passwordEnv], passwordEnv),
    officerName: textOption(options, 'officer') ?? account?.officerName,
    officerId: textOption(options, 'officerId') ?? variables[officerIdEnv],
  };
}

function required(value: string | undefined, missing: string): string {
  if (value === undefined || value === '') throw cliError('ERR_ACCOUNT_MISSING', { missing });
  return value;
}

/**
 * A client for the sender. Look-ups end at the first Ctrl-C; what is being submitted is not cut by it, because a
 * request that is on its way would become `unknown`: the submission engine drains instead.
 */
export function openClient(
  context: CommandContext,
  sender: Sender,
  onInterrupt: 'cut' | 'drain' = 'cut',
  maxRate?: number,
): ClaimsClient {
  const { origin } = resolveEnvironment(sender.environment, sender.url);
  const proxy = proxyFromEnvironment(context.environment, origin);
  return createClient({
    ...(proxy === undefined ? {} : { proxy }),
    environment: sender.environment,
    ...(sender.url === undefined ? {} : { url: sender.url }),
    facility: sender.facility,
    credentials: { username: sender.username, password: sender.password },
    now: context.now,
    ...requestSigning(context),
    ...(maxRate === undefined ? {} : { maxRate }),
    ...(onInterrupt === 'cut' ? { signal: context.signal } : {}),
  });
}
