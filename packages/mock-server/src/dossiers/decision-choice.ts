import type { Specifications } from '@bhxh/sdk/specifications';
import type { UnitLaw } from '../ledger/obligations.ts';
import type { PaymentCycle, Region } from '@bhxh/sdk/contributions';
import type { UnitTable } from '../store/declaration-tables.ts';
import type { Lifecycle } from './lifecycle.ts';

/** What a decision is made about. */
export interface DecisionChoice {
  readonly specifications: Specifications;
  readonly lifecycle: Lifecycle;
  readonly unit: UnitTable;
  readonly dossierId: string;
  readonly number: string;
  readonly period: string;
  readonly at: Date;
}

/** What decides the law of a unit. */
export const lawOf = ({ region, scheme }: UnitTable): UnitLaw => ({ region: region as Region, scheme });

/** How a unit pays. */
export const cycleOfUnit = ({ payment_cycle: cycle }: UnitTable): PaymentCycle => cycle as PaymentCycle;

/** `dd/MM/yyyy` as `yyyy-MM-dd`; undefined where it is no day. */
export const isoDayOfField = (text: string | undefined): string | undefined => {
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text ?? '') ?? [];
  return day === undefined ? undefined : `${year}-${month}-${day}`;
};

/** `MM/yyyy` as `yyyy-MM`; undefined where it is no month. */
export const monthOfField = (text: string | undefined): string | undefined => {
  const [, month, year] = /^(0[1-9]|1[0-2])\/(\d{4})$/.exec(text ?? '') ?? [];
  return month === undefined ? undefined : `${year}-${month}`;
};
