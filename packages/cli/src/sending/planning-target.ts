import { createClient } from '@bhxh/sdk';
import { createDeclarationsClient, declarationsTarget } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { claimsTarget, type SubmissionTarget } from '@bhxh/sdk/submission';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { resolvePlace } from '../open-client.ts';

/** Tells where documents go and what they are called there. It needs no password, because it never connects. */
export function planningTarget(context: CommandContext): SubmissionTarget {
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
