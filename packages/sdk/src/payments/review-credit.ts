import type { RemittanceParser, RemittanceResult } from './parse-remittance.ts';
import type { UnitRegister } from './unit-register.ts';

/** What is to be done with a credit, judged by its text alone. Names and amounts never decide. */
export interface CreditReview {
  readonly decision: 'assign' | 'suspense' | 'refund';
  /** Reason of the suspense, or a remark on the assignment. */
  readonly reason:
    | ''
    | 'account-unknown'
    | 'text-unreadable'
    | 'unit-unknown'
    | 'office-mismatch'
    | 'office-renamed'
    | 'text-recovered'
    | 'underpaid'
    | 'overpaid';
  readonly unitCode: string | null;
  readonly remittance: RemittanceResult;
}

export interface CreditReviewOptions {
  readonly parse: RemittanceParser;
  readonly register: UnitRegister;
  /** Collection accounts of the office. */
  readonly accounts: ReadonlySet<string>;
  /** Old office code → new one, after a merger. */
  readonly renamedOffices: ReadonlyMap<string, string>;
  /** What the unit owes, when known. */
  readonly due?: (unitCode: string) => number | undefined;
}

/** Decides for one credit. Total: every text gets a decision. */
export function reviewCredit(
  credit: { readonly account: string; readonly text: string; readonly amount: number },
  options: CreditReviewOptions,
): CreditReview {
  const remittance = options.parse(credit.text);
  const { unitCode, officeCode } = remittance.fields;
  const answer = (decision: CreditReview['decision'], reason: CreditReview['reason']): CreditReview => ({
    decision,
    reason,
    unitCode: decision === 'assign' ? unitCode : null,
    remittance,
  });
  if (!options.accounts.has(credit.account)) return answer('suspense', 'account-unknown');
  if (remittance.kind === 'refund') return answer('refund', '');
  if (remittance.kind === 'notBhxh') return answer('suspense', 'text-unreadable');
  if (unitCode === null || !options.register.has(unitCode)) return answer('suspense', 'unit-unknown');
  const offices = options.register.offices(unitCode);
  if (officeCode !== null && !offices.includes(officeCode)) {
    const renamed = options.renamedOffices.get(officeCode);
    return renamed !== undefined && offices.includes(renamed)
      ? answer('assign', 'office-renamed')
      : answer('suspense', 'office-mismatch');
  }
  const due = options.due?.(unitCode);
  if (due !== undefined && credit.amount < due) return answer('assign', 'underpaid');
  if (due !== undefined && credit.amount > due) return answer('assign', 'overpaid');
  return answer('assign', remittance.kind === 'recovered' ? 'text-recovered' : '');
}
