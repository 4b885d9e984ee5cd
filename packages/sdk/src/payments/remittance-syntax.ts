import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';

export type RecoveryCode = 'R1' | 'R2' | 'R3' | 'R4' | 'R5' | 'R6' | 'R7';

export type RemittanceWarning =
  | 'TYPE_UNKNOWN'
  | 'SUBTYPE_UNKNOWN'
  | 'SUBTYPE_MISSING'
  | 'UNIT_MISSING'
  | 'UNIT_SHAPE'
  | 'UNIT_NOT_IN_REGISTER'
  | 'UNIT_AMBIGUOUS'
  | 'OFFICE_MISSING'
  | 'OFFICE_UNREADABLE'
  | 'OFFICE_TRUNCATED'
  | 'OFFICE_AMBIGUOUS'
  | 'OFFICE_NOT_OF_UNIT'
  | 'PAYMENT_ID'
  | 'PLACEHOLDER'
  | 'PREFIX_IGNORED'
  | 'MENTIONS_BHXH';

export interface RemittanceRail {
  readonly id: string;
  readonly maxLength: number;
  readonly charset: 'swift-x';
}

/** `specs/payments/remittance.yaml`. Shapes: `A` a letter, `9` a digit, `9+` digits, the rest stands for itself. */
export interface RemittanceSyntax {
  readonly prefix: string;
  readonly separators: string;
  readonly formalSeparator: string;
  readonly types: readonly { readonly code: string; readonly label: Bilingual }[];
  readonly subtypes: readonly string[];
  readonly unit: { readonly shapes: readonly string[]; readonly maxLength: number };
  readonly office: { readonly digits: number; readonly truncatedFrom: number };
  readonly period: { readonly shape: string; readonly yearFrom: number; readonly yearTo: number };
  readonly placeholders: readonly string[];
  readonly refundWords: readonly string[];
  readonly description: { readonly default: string };
  readonly suffixes: readonly string[];
  readonly confusions: readonly string[];
  readonly recoveries: readonly {
    readonly code: RecoveryCode;
    readonly name: string;
    readonly penalty: number;
    readonly label: Bilingual;
  }[];
  readonly unresolvedPenalty: number;
  readonly warningPenalties: Readonly<Partial<Record<RemittanceWarning, number>>>;
  readonly rails: readonly RemittanceRail[];
}

export function remittanceSyntax(specifications: Specifications): RemittanceSyntax {
  return specifications.payments('remittance') as RemittanceSyntax;
}
