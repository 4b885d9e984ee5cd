import { createClient } from '@bhxh/sdk';
import { createDeclarationsClient, declarationsTarget } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { claimsTarget, type PlanningTarget, type SubmissionTarget } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { resolvePlace } from '../open-client.ts';
import { facilityContexts } from './served-accounts.ts';
import { severalSenders } from './several-senders.ts';

/**
 * Tells where documents go and what they are called there, for the chosen account or for those of `--facilities`. It
 * needs no password, because it never connects.
 */
export function planningTarget(context: CommandContext, command: string): PlanningTarget {
  const wanted = textOption(context.options, 'facilities');
  return wanted === undefined
    ? targetOf(context)
    : severalSenders(facilityContexts(context, wanted, command).map((own) => targetOf(own)));
}

function targetOf(context: CommandContext): SubmissionTarget {
  const { environment, url, facility, unit } = resolvePlace(context);
  const shared = {
    environment,
    ...(url === undefined ? {} : { url }),
    credentials: {
      username: '',
      password: () => {
        throw cliError('ERR_ACCOUNT_MISSING', { missing: 'BHXH_PASSWORD' });
      },
    },
    now: context.now,
  };
  if (unit !== undefined) return declarationsTarget(createDeclarationsClient({ ...shared, unit }));
  const client = createClient({ ...shared, facility });
  return claimsTarget(client, { specifications: openSpecifications() });
}
