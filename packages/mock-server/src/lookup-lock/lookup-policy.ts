import { readSpec } from '../contract/specs-folder.ts';
import type { LookupLimits } from './lookup-watch.ts';

/** The limits of specs/scenarios/register/policy.yaml, for servers that others reach. */
export function readLookupLimits(): LookupLimits {
  const { lookups } = readSpec('scenarios/register/policy.yaml') as { readonly lookups: LookupLimits };
  return { perHour: lookups.perHour, missesPerHour: lookups.missesPerHour };
}
