import type { EpisodeKind } from '../draft.ts';
import type { Wire } from '../wire.ts';

/** A way of making a valid claim wrong so that one rule, and no other, finds it. */
export interface Defect {
  readonly rule: string;
  /** Episodes that can carry it; every kind when left out. */
  readonly kinds?: readonly EpisodeKind[];
  /** Speaks of fields that QĐ 4210 does not have, or of values it does not limit. */
  readonly isLater?: boolean;
  /** Changes the claim; false when this claim cannot carry the defect and another has to be made. */
  readonly spoil: (wire: Wire) => boolean;
}

/** Visits without papers that repeat XML1's fields, so that a change in XML1 stays alone. */
export const plainVisits: readonly EpisodeKind[] = ['referred', 'self-referred', 'primary-care'];

/** Stays without an appointment paper. */
export const plainStays: readonly EpisodeKind[] = ['child', 'inpatient-off-route'];
