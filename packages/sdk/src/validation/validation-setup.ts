import type { VerifyResult } from '@bhxh/signing';
import type { ContentArena } from '../documents/content-arena.ts';
import type { Specifications } from '../specifications/specifications.ts';
import type { ExternalFacts } from './checks/check.ts';
import type { RulesetChooser } from './ruleset/choose-for-record.ts';
import type { CompiledRulesets } from './ruleset/compiled-rulesets.ts';

/**
 * Checks place, coverage and mathematics of a document's signature, and trust when it is asked to. `verify` of
 * `@bhxh/signing` with its options filled in.
 */
export type VerifySignature = (
  xml: Uint8Array,
  request: { readonly profile: string },
) => Promise<Omit<VerifyResult, 'signedBytes' | 'steps'>>;

/** What every file of a validator shares. */
export interface ValidationSetup {
  readonly specifications: Specifications;
  readonly chooser: RulesetChooser;
  readonly compiled: CompiledRulesets;
  readonly previews: CompiledRulesets | null;
  readonly facts: ExternalFacts;
  /** Memory for decoded tables; files take turns with it. */
  readonly arena: ContentArena;
  readonly now: () => Date;
  readonly requiresSignature: boolean;
  readonly verifySignature: VerifySignature | undefined;
}
