import { openSpecifications } from '@bhxh/sdk/specifications';
import { claimsTarget, type SubmissionTarget } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import { openClient, resolveSender, type Place } from '../open-client.ts';

/** Where a submission goes, whose journal it belongs to, and how its connections are closed. */
export interface OpenTarget {
  readonly target: SubmissionTarget;
  readonly place: Place;
  close(): Promise<void>;
}

/** The gateway of the chosen account. `maxRate` is calls a second, all workers together. */
export function openTarget(context: CommandContext, maxRate?: number): OpenTarget {
  const sender = resolveSender(context);
  const client = openClient(context, sender, 'drain', maxRate);
  return {
    target: claimsTarget(client, { specifications: openSpecifications() }),
    place: sender,
    close: () => client.close(),
  };
}
