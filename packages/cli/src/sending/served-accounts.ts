import type { SubmissionTarget } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { numberOption } from '../number-option.ts';
import { openTarget } from './open-target.ts';

/** The senders of one worker, hospitals and employers; their connections are closed together. */
export interface ServedAccounts {
  readonly targets: readonly SubmissionTarget[];
  close(): Promise<void>;
}

/**
 * Every account of the configuration, those that `--facilities` names, or the one account of options and environment.
 * Throws ERR_ACCOUNT_MISSING for the first that cannot be used.
 */
export function openServedAccounts(context: CommandContext): ServedAccounts {
  const maxRate = numberOption(context.options, 'maxRate', 'worker run', { least: 0.01, most: 10_000 });
  const opened = accountContexts(context).map((own) => openTarget(own, maxRate));
  return {
    targets: opened.map(({ target }) => target),
    async close() {
      await Promise.all(opened.map(({ close }) => close()));
    },
  };
}

/** One context an account, as if it had been chosen with `--account`. */
function accountContexts(context: CommandContext): readonly CommandContext[] {
  const { accounts } = context.configuration;
  const wanted = (textOption(context.options, 'facilities') ?? '').split(',').filter(Boolean);
  const environment = textOption(context.options, 'env');
  const { options } = context;
  const one =
    textOption(options, 'account') ?? textOption(options, 'facility') ?? textOption(options, 'unit');
  if (one !== undefined || accounts.length === 0) {
    const [facility, ...more] = wanted;
    if (more.length > 0) throw cliError('ERR_ACCOUNT_MISSING', { missing: `accounts (${more.join(', ')})` });
    return [facility === undefined ? context : { ...context, options: { ...options, facility } }];
  }
  const chosen = accounts.filter(
    (account) =>
      (environment === undefined || account.environment === environment) &&
      (wanted.length === 0 || wanted.includes(account.facility)),
  );
  const missing = wanted.find((code) => !chosen.some(({ facility }) => facility === code));
  if (missing !== undefined || chosen.length === 0)
    throw cliError('ERR_ACCOUNT_MISSING', { missing: `accounts (${missing ?? environment ?? ''})` });
  // The name of one account must not stand for all of them.
  const {
    BHXH_USERNAME: _username,
    BHXH_FACILITY: _facility,
    BHXH_UNIT: _unit,
    ...rest
  } = context.environment;
  const variables = chosen.length === 1 ? context.environment : rest;
  return chosen.map(({ name }) => ({
    ...context,
    options: { ...context.options, account: name },
    environment: variables,
  }));
}
