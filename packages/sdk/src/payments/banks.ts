import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';

/** A bank that exchanges with VSS electronically. */
export interface BilateralBank {
  readonly code: string;
  /** NAPAS bank identifier. */
  readonly bin: string;
  /** Three digits inside the CITAD branch code. */
  readonly clearingId: string;
  readonly swift: string;
  readonly status: 'live' | 'announced';
  /** First day on which it exchanges; that of an announced bank is assumed. */
  readonly liveFrom?: string;
  readonly aliases: readonly string[];
  readonly label: Bilingual;
}

export function bilateralBanks(specifications: Specifications): readonly BilateralBank[] {
  return (specifications.payments('banks') as { readonly banks: readonly BilateralBank[] }).banks;
}
