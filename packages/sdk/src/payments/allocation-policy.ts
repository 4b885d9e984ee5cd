import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';

export type Fund = 'ODTS' | 'HTTT' | 'TNLD_BNN' | 'BHTN' | 'BHYT';
export type ObligationPart = 'principal' | 'interest';

/** One way to settle obligations (`specs/payments/allocation.yaml`), or a deployment's own. */
export interface AllocationPolicy {
  readonly id: string;
  readonly label: Bilingual;
  /** `unverified`: no legal text was found for it. */
  readonly basis: 'legal' | 'unverified';
  /** Which comes first: a fund with all its periods, or a period with all its funds. */
  readonly scope: 'fund-first' | 'period-first';
  readonly order: readonly Fund[];
  readonly parts: readonly ObligationPart[];
  readonly split: 'sequential' | 'proportional';
  /** What is owed for leavers is settled first, so that their books can be closed. */
  readonly leaversFirst: boolean;
  /** Whether the receipts of a day may be posted in any order with one result in the end. */
  readonly receiptsInAnyOrder: boolean;
}

export interface CodedReason {
  readonly code: string;
  readonly at?: string;
  readonly label: Bilingual;
}

export interface AllocationData {
  readonly funds: readonly Fund[];
  readonly default: string;
  readonly policies: readonly AllocationPolicy[];
  readonly refundReasons: readonly CodedReason[];
  readonly suspenseReasons: readonly CodedReason[];
  /** Sections C and D of the statement C12: the official texts of their rows. */
  readonly statement: {
    readonly texts: {
      readonly paid: string;
      readonly voucher: string;
      readonly principal: string;
      readonly interest: string;
    };
  };
}

export function allocationData(specifications: Specifications): AllocationData {
  return specifications.payments('allocation') as AllocationData;
}

/** The policy of this id, the default one without. Throws `RangeError` for an unknown id. */
export function allocationPolicy(data: AllocationData, id: string = data.default): AllocationPolicy {
  const policy = data.policies.find((one) => one.id === id);
  if (policy === undefined) throw new RangeError(`no allocation policy ${id}`);
  return policy;
}
