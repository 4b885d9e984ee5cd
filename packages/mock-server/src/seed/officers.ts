import { readSpec } from '../contract/specs-folder.ts';

interface Officer {
  readonly username: string;
  /** Province, or `centre`. */
  readonly scope: string;
}

export function readOfficers(): readonly Officer[] {
  return (readSpec('scenarios/register/officers.yaml') as { readonly officers: readonly Officer[] }).officers;
}
