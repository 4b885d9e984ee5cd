import type { Bilingual } from '../errors/bhxh-error.ts';

export type Severity = 'error' | 'warning' | 'info';
/** Where a field, rule or value comes from. `reference` marks our own reference profile. */
export type Origin = 'legal' | 'gateway' | 'practice' | 'reference';
export type Confidence = 'high' | 'medium-high' | 'medium' | 'low' | 'unknown';

/** A place in a legal text; `text` is the id of a file in `specs/legal`. */
export interface LegalPlace {
  readonly text: string;
  readonly at: string;
}

export type FieldType = 'string' | 'number';
export type Requirement = 'always' | 'optional' | 'unknown';

/** One official field of a table, in official order. */
export interface FieldSpec {
  readonly code: string;
  /** From 1. */
  readonly order: number;
  readonly type: FieldType;
  /** The larger of annex and gateway, in code points; `null` when unlimited or unknown. */
  readonly maxLength: number | null;
  /** The smaller of annex and gateway when they differ: longer values are a warning. */
  readonly warnLength?: number;
  readonly required: Requirement;
  /** What the text of a value must look like: `yyyyMMddHHmm`, `yyyyMMdd`, `integer`, `decimal`, `list`… */
  readonly format?: string;
  /** Decimal places allowed when `format` is `decimal`. */
  readonly decimals?: number;
  /** Personal data, masked in every report. */
  readonly personal?: boolean;
  readonly label: Bilingual;
  readonly note?: string;
  readonly origin: Origin;
  readonly confidence: Confidence;
  readonly source: string;
}

/** One table of a standard (XML0 … XML15, a certificate, a catalogue). */
export interface TableSpec {
  readonly code: string;
  /** Element names: root > list > row. `list` is null when rows stand directly under the root; `row` equals `root` for a single-row table whose root is the row. */
  readonly root: string;
  readonly list: string | null;
  readonly row: string;
  readonly multiple: boolean;
  readonly label: Bilingual;
  readonly fields: readonly FieldSpec[];
  readonly origin: Origin;
  readonly confidence: Confidence;
}

/** One use of a mechanism by a rule. */
export interface RuleCheckSpec {
  readonly check: string;
  readonly with: Readonly<Record<string, unknown>>;
  /** Overrides the rule's severity for this part. */
  readonly severity?: Severity;
}

export interface RuleSpec {
  /** R001 … R163. */
  readonly id: string;
  readonly title: Bilingual;
  readonly severity: Severity;
  readonly checks: readonly RuleCheckSpec[];
  /** Whether one file decides the rule, or it needs facts from outside and is skipped without them. */
  readonly decidable?: 'file' | 'facts';
  /** The outside fact it needs: `account`, `catalogue`, `check-ins`, `eligible-classes`, `monthly-summary`, `rights`. */
  readonly needs?: string;
  /** In force from/until, by the ruleset's deciding date; `yyyy-MM-dd`. */
  readonly since?: string;
  readonly until?: string;
  readonly message?: Bilingual;
  readonly hint?: Bilingual;
  readonly legal: readonly LegalPlace[];
  readonly origin: Origin;
  readonly confidence: Confidence;
  readonly source: string;
}

/** A standard, complete: everything `extends` brought in is written out. */
export interface Ruleset {
  /** `qd3176-2024`. */
  readonly id: string;
  readonly family: 'claims';
  readonly title: Bilingual;
  readonly extends?: string;
  readonly legal: readonly LegalPlace[];
  readonly status: 'retired' | 'in-force' | 'announced';
  /** SHA-256 of the compiled content without this field. */
  readonly hash: string;
  readonly tables: Readonly<Record<string, TableSpec>>;
  readonly rules: readonly RuleSpec[];
}

/** One stretch of the timeline in `specs/claims/rulesets.yaml`. Dates are `yyyy-MM-dd`, both ends included. */
export interface TimelineEntry {
  readonly ruleset: string;
  readonly from: string;
  readonly to: string | null;
  readonly status: 'retired' | 'in-force' | 'announced';
  /** Standards accepted instead when the tables present are theirs. */
  readonly alternatives?: readonly { readonly ruleset: string; readonly from: string; readonly to: string }[];
  readonly legal: readonly LegalPlace[];
}

export interface CodeListEntry {
  readonly code: string;
  readonly label: Bilingual;
  /** `yyyy-MM-dd`, both ends included; null is open. */
  readonly from: string | null;
  readonly to: string | null;
  readonly successor?: string;
  readonly [extra: string]: unknown;
}

export interface CodeList {
  readonly id: string;
  readonly title: Bilingual;
  readonly origin: Origin;
  readonly confidence: Confidence;
  readonly legal: readonly LegalPlace[];
  /** False: unknown codes are a warning, because the list is known to be incomplete. */
  readonly complete: boolean;
  readonly entries: readonly CodeListEntry[];
}

export interface ParameterValue {
  readonly from: string;
  readonly value: number;
  readonly legal: string;
}

/** A dated series; values are in `unit`, money in whole VND. */
export interface Parameter {
  readonly id: string;
  readonly label: Bilingual;
  readonly unit: string;
  readonly values: readonly ParameterValue[];
  readonly confidence: Confidence;
}

export interface ResponseCode {
  readonly code: string;
  readonly meaning: Bilingual;
  readonly hint?: Bilingual;
  readonly category: string;
  readonly retry: 'safe' | 'after-check' | 'never';
  readonly confidence: Confidence;
  readonly source: string;
}

export interface Limits {
  readonly xml: { readonly depth: number; readonly attributes: number; readonly nameBytes: number; readonly textBytes: number };
  readonly gateway: { readonly officeHoursBytes: number; readonly otherBytes: number; readonly officeHours: readonly { readonly days: readonly number[]; readonly from: string; readonly to: string }[] };
  readonly file: { readonly bytes: number; readonly elements: number };
  readonly batch: { readonly episodeBytes: number; readonly episodeElements: number };
}
