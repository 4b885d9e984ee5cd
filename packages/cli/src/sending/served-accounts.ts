import type { BhxhError } from '@bhxh/sdk/errors';
import type { SubmissionTarget } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { numberOption } from '../number-option.ts';
import { resolvePlace, type Place } from '../open-client.ts';
import { openTarget } from './open-target.ts';

/** The senders of one worker, hospitals and employers; their connections are closed together. */
export interface ServedAccounts {
  readonly targets: readonly SubmissionTarget[];
  close(): Promise<void>;
}

/** Those of one submission; `place` is that of the only one. */
export interface Senders extends ServedAccounts {
  readonly place: Place | undefined;
}

/**
 * The chosen account, or those of `--facilities`, which share one journal: it must be named, because the journal of each
 * facility alone does not know what the others sent. Throws ERR_OPTION_INVALID beside `--sign-with`, whose key is that of
 * one facility, and where two accounts are of one facility.
 */
export function openSenders(context: CommandContext, maxRate: number | undefined): Senders {
  const { options, environment } = context;
  const wanted = textOption(options, 'facilities');
  if (wanted === undefined) {
    const { target, place, close } = openTarget(context, maxRate);
    return { targets: [target], place, close };
  }
  if (textOption(options, 'signWith') !== undefined) throw refused(wanted, '≠ --sign-with', 'submit');
  if (textOption(options, 'journal') === undefined && !environment['BHXH_JOURNAL'])
    throw refused(wanted, '… --journal FILE', 'submit');
  return { ...openAll(facilityContexts(context, wanted, 'submit'), maxRate), place: undefined };
}

/** One context for each facility of `--facilities`. Throws ERR_OPTION_INVALID where two accounts are of one facility. */
export function facilityContexts(
  context: CommandContext,
  wanted: string,
  command: string,
): readonly CommandContext[] {
  const contexts = accountContexts(context);
  const senders = contexts.map((own) => senderOf(own));
  if (new Set(senders).size < senders.length) throw refused(wanted, senders.join(', '), command);
  return contexts;
}

function refused(value: string, why: string, command: string): BhxhError {
  return cliError('ERR_OPTION_INVALID', { option: '--facilities', value, why, command });
}

function senderOf(context: CommandContext): string {
  const { environment, facility } = resolvePlace(context);
  return `${environment}/${facility}`;
}

/**
 * Every account of the configuration, those that `--facilities` names, or the one account of options and environment.
 * Throws ERR_ACCOUNT_MISSING for the first that cannot be used.
 */
export function openServedAccounts(context: CommandContext): ServedAccounts {
  const maxRate = numberOption(context.options, 'maxRate', 'worker run', { least: 0.01, most: 10_000 });
  return openAll(accountContexts(context), maxRate);
}

function openAll(contexts: readonly CommandContext[], maxRate: number | undefined): ServedAccounts {
  const opened = contexts.map((own) => openTarget(own, maxRate));
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
