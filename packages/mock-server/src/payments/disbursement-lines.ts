import { readSpec } from '../contract/specs-folder.ts';

export interface DisbursementLine {
  readonly lineId: string;
  readonly payeeName: string;
  /** Whole đồng as text. */
  readonly amount: string;
  readonly method: 'account' | 'post-office';
  readonly account?: string;
  readonly bankCode?: string;
  readonly voucher?: string;
  readonly text?: string;
}

export interface LineResult {
  readonly lineId: string;
  readonly state: 'PAID' | 'REJECTED' | 'RETURNED';
  /** A reason of specs/payments/disbursement.yaml. */
  readonly reason: string | null;
  readonly reference: string | null;
  readonly on: string | null;
}

interface PayeeRules {
  readonly accounts: readonly {
    readonly begins: string;
    readonly rejected?: string;
    readonly returned?: string;
  }[];
  readonly uncollected: { readonly payee: string; readonly returned: string };
}

let rules: PayeeRules | undefined;

/** Payees of the reserved range whose orders go wrong. */
export const payeeRules = (): PayeeRules =>
  (rules ??= readSpec('scenarios/register/payees.yaml') as PayeeRules);
