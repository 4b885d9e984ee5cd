import type { Specifications } from '../specifications/index.ts';
import type { CodeLists } from './lookup.ts';

/** How an old ward became part of a new one. */
export type WardChangeKind =
  | 'merged-whole'
  | 'merged-whole-province-changed'
  | 'part'
  | 'unchanged'
  | 'split-population-whole'
  | 'renamed';

export interface WardCandidate {
  readonly code: string;
  readonly name: string;
  readonly province: string;
  readonly kind: WardChangeKind;
}

/** One answer, several possible ones (a person must choose), or none. */
export type WardConversion =
  | { readonly kind: 'one'; readonly ward: WardCandidate; readonly candidates: readonly WardCandidate[] }
  | { readonly kind: 'many'; readonly candidates: readonly WardCandidate[] }
  | { readonly kind: 'none'; readonly candidates: readonly [] };

const kinds: Readonly<Record<string, WardChangeKind>> = {
  M: 'merged-whole',
  C: 'merged-whole-province-changed',
  A: 'part',
  U: 'unchanged',
  S: 'split-population-whole',
  R: 'renamed',
};

/** First day of the two-level administration. */
export const REFORM_DATE = '2025-07-01';

/**
 * The ward or wards of today for a ward code of before 2025-07-01. Never picks one of several:
 * 441 of the 10,033 old wards were divided. What a user wrote is not rewritten by this, it is an offer.
 */
export function convertWard(
  specifications: Specifications,
  lists: CodeLists,
  oldCode: string,
): WardConversion {
  const changes = specifications.wardChanges();
  const edges = changes.get(oldCode)?.split(' ') ?? [];
  const candidates = edges.map((edge): WardCandidate => {
    const code = edge.slice(0, 5);
    const entry = lists.find('wards', code, REFORM_DATE).entry;
    return {
      code,
      name: entry?.label.vi ?? code,
      province: String(entry?.['province'] ?? ''),
      kind: kinds[edge.slice(5)] ?? 'part',
    };
  });
  const [first] = candidates;
  if (first === undefined) return { kind: 'none', candidates: [] };
  return candidates.length === 1 ? { kind: 'one', ward: first, candidates } : { kind: 'many', candidates };
}

/** The province of today for a province code of before 2025-07-01; every old code has exactly one. */
export function convertProvince(lists: CodeLists, oldCode: string): string | undefined {
  return lists.entries('provinces-63', oldCode)[0]?.successor;
}
