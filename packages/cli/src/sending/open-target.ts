import { declarationsTarget } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import { claimsTarget, type SubmissionTarget } from '@bhxh/sdk/submission';
import type { CommandContext } from '../command-context.ts';
import { openClient, resolveSender, type Place } from '../open-client.ts';
import { openDeclarations } from '../open-declarations.ts';

/** Where a submission goes, whose journal it belongs to, and how its connections are closed. */
export interface OpenTarget {
  readonly target: SubmissionTarget;
  readonly place: Place;
  close(): Promise<void>;
}

/** The gateway of the chosen account: that of employers' dossiers when a unit is named. `maxRate` is calls a second, all workers together. */
export function openTarget(context: CommandContext, maxRate?: number): OpenTarget {
  const sender = resolveSender(context);
  if (sender.unit !== undefined) {
    const dossiers = openDeclarations(context, { ...sender, unit: sender.unit }, 'drain', maxRate);
    return { target: declarationsTarget(dossiers), place: sender, close: () => dossiers.close() };
  }
  const client = openClient(context, sender, 'drain', maxRate);
  return {
    target: claimsTarget(client, {
      specifications: openSpecifications(),
      maintenance: context.configuration.maintenance ?? [],
    }),
    place: sender,
    close: () => client.close(),
  };
}
