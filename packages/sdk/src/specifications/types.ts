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
/** `yyyyMMdd[HHmm]` is 8 or 12 digits; `integer` and `decimal` allow leading zeros and use `.`, decimals up to `decimals`. */
export type FieldFormat = 'yyyyMMdd' | 'yyyyMMddHHmm' | 'yyyyMMdd[HHmm]' | 'integer' | 'decimal';
export type Requirement = 'always' | 'optional' | 'unknown';

/** One official field of a table, in official order. */
export interface FieldSpec {
  readonly code: string;
  /** From 1. */
  readonly order: number;
  /** Code the field had in the text this one amends. */
  readonly renamedFrom?: string;
  readonly type: FieldType;
  /** The larger of annex and gateway, in code points; `null` when unlimited or unknown. */
  readonly maxLength: number | null;
  /** The smaller of annex and gateway when they differ: longer values are a warning. */
  readonly warnLength?: number;
  readonly required: Requirement;
  /** In words: when an `optional` field must be filled all the same. Rules decide it, not the structure step. */
  readonly requiredWhen?: string;
  /** What the text of a value must look like. Absent: any text, whatever `type` says. */
  readonly format?: FieldFormat;
  /** Several values may stand in the field, joined with this; `format` and `codeList` hold for each. */
  readonly separator?: string;
  /** Unknown parts of a date may be zeros (`00` month, day, hour, minute). */
  readonly partial?: boolean;
  /** `yyyy-MM-dd`: from this deciding date on the field must be empty, whatever `required` says. */
  readonly emptyFrom?: string;
  /** Id of the code list the value is taken from. */
  readonly codeList?: string;
  /** Decimal places allowed when `format` is `decimal`. */
  readonly decimals?: number;
  /** Personal data, masked in every report. */
  readonly personal?: boolean;
  readonly label: Bilingual;
  readonly note?: string;
  /** Why the last amending text changed the field. */
  readonly why?: Bilingual;
  /** What the gateway is known to check on this field, in words. */
  readonly gatewayRule?: string;
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
  readonly legal?: readonly LegalPlace[];
  readonly note?: string;
  /** Columns by which other documents name a row (catalogues). */
  readonly key?: readonly string[];
  /** Where a certificate or catalogue is sent; `path` below the gateway's address. */
  readonly send?: { readonly path: string; readonly loaiHs: string };
  /** Rows inside a row, after its own fields (catalogue 05/DM). */
  readonly child?: { readonly list: string; readonly row: string; readonly fields: readonly FieldSpec[] };
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
  /** Last day in force where no later value follows; `yyyy-MM-dd`. */
  readonly to?: string;
  readonly value: number;
  readonly legal: string;
  /** Where it differs from the parameter's. */
  readonly confidence?: Confidence;
  readonly source?: string;
}

/** A dated series; values are in `unit`, money in whole VND. */
export interface Parameter {
  readonly id: string;
  readonly label: Bilingual;
  readonly unit: string;
  readonly values: readonly ParameterValue[];
  readonly confidence: Confidence;
  readonly note?: Bilingual;
}

export interface ResponseCode {
  readonly code: string;
  readonly meaning: Bilingual;
  readonly hint?: Bilingual;
  /** Operations: `ok`, `auth`, `input`, `usage`, `rejected`, `unavailable`, `unknown-outcome`; cards also `manual-check`, `switch-card`, `warn`, `reject`, `reenter`. */
  readonly category: string;
  readonly retry: 'safe' | 'after-check' | 'never';
  readonly confidence: Confidence;
  readonly source: string;
}

/** `limits.json`; sizes are bytes, `days` are ISO weekdays, times are `HH:mm`. */
export interface Limits {
  readonly xml: {
    readonly depth: number;
    readonly attributes: number;
    readonly nameBytes: number;
    readonly textBytes: number;
  };
  readonly gateway: {
    readonly officeHoursBytes: number;
    readonly otherBytes: number;
    readonly officeHours: readonly {
      readonly days: readonly number[];
      readonly from: string;
      readonly to: string;
    }[];
    /** Time zone of the office hours. */
    readonly timeZone: string;
    /** Life of a session token. */
    readonly tokenMinutes: number;
    /** How far back the gateway lets results be searched. */
    readonly resultWindowDays: number;
  };
  readonly file: { readonly bytes: number; readonly elements: number };
  readonly batch: { readonly episodeBytes: number; readonly episodeElements: number };
  readonly submission: {
    /** Working days before a legal deadline from which a document is marked. */
    readonly deadlineNoticeDays: number;
    /** Beyond it the difference between the server's clock and ours is told. */
    readonly clockSkewSeconds: number;
    readonly retryQuota: RetryQuota;
    /** Announced windows; ISO dates and times. */
    readonly maintenance: readonly MaintenanceWindow[];
  };
}

/** A stock of tokens that retries are paid from. */
export interface RetryQuota {
  readonly capacity: number;
  readonly atFirst: number;
  /** Earned by each call. */
  readonly perCall: number;
  /** Of one retry. */
  readonly cost: number;
  /** Of a retry after a timeout. */
  readonly timeoutCost: number;
}

export interface MaintenanceWindow {
  readonly from: string;
  readonly to: string;
}

/** Which date of a document decides its ruleset. */
export interface SelectBy {
  readonly table: string;
  readonly field: string;
  readonly label: Bilingual;
  readonly fallback: string;
}

/** One legal text that the specifications cite. */
export interface LegalText {
  readonly id: string;
  /** Official number: `4750/QĐ-BYT`. */
  readonly number: string;
  readonly issuer: Bilingual;
  readonly title: Bilingual;
  readonly issued?: string;
  readonly inForceFrom?: string;
  readonly inForceTo?: string;
  readonly amends?: readonly string[];
  readonly replaces?: readonly string[];
  readonly source: string;
  readonly confidence: Confidence;
  readonly note?: string;
}

/** Cases that a rule must pass and fail, of one ruleset; every case is complete (base and changes applied). */
export interface VectorFile {
  readonly rule: string;
  readonly ruleset: string;
  readonly cases: readonly VectorCase[];
}

export interface VectorCase {
  /** One sentence: what is special about the case. */
  readonly name: string;
  /** `pass`: the rule is evaluated, not reported, and nothing is an error; `fail`: exactly this rule is reported. */
  readonly expect: 'pass' | 'fail';
  /** The standard the rows are written for. */
  readonly ruleset: string;
  readonly kind: 'claim' | 'check-in' | 'assessment';
  /** Judge as of this date, `yyyy-MM-dd`. */
  readonly on?: string;
  /** Outside facts, in the form `readFacts` takes. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** Values of the envelope instead of the right ones. */
  readonly header?: Readonly<Partial<Record<'MACSKCB' | 'NGAYLAP' | 'SOLUONGHOSO', string>>>;
  /** Complete rows in official order; a field that is missing is not written. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
  /** Further claims of the same file. */
  readonly also?: readonly Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>[];
  /** Changes of the written bytes, in order. */
  readonly raw?: readonly VectorPatch[];
}

/** One change of a written file (`in: file`) or of the decoded table of its first claim (`in: XML3`). */
export interface VectorPatch {
  readonly in: string;
  /** Text that occurs exactly once, and what stands there instead. */
  readonly find?: string;
  readonly replace?: string;
  /** Base64 of bytes put before the content. */
  readonly prepend?: string;
  /** What NOIDUNGFILE holds instead of base64 of the table. */
  readonly payload?: string;
  /** Write the FILEHOSO of this table twice (`2`), or not at all (`0`). */
  readonly times?: number;
}

/** `manifest.json`: what was compiled. */
export interface Manifest {
  readonly version: string;
  readonly hash: string;
  /** Content hash by ruleset id. */
  readonly rulesets: Readonly<Record<string, string>>;
  /** SHA-256 by file name below `dist`. */
  readonly files: Readonly<Record<string, string>>;
}

/** `trust-domains.json`: authorities of one kind, and the days their signatures count for (`yyyy-MM-dd`, in Vietnam). */
export interface TrustDomain {
  readonly id: string;
  readonly label: Bilingual;
  /** Who signs with certificates of this domain. */
  readonly signs: Bilingual;
  readonly from?: string;
  /** The last day. */
  readonly until?: string;
  /** Whether a certificate without any known status leaves the verdict open (TT 15/2025/TT-BKHCN, appendix II). */
  readonly requiresStatus: boolean;
  readonly origin: Origin;
  readonly confidence: Confidence;
  readonly source: string;
  readonly legal: readonly LegalPlace[];
  readonly anchors: readonly {
    readonly name: string;
    /** SHA-256 of the certificate, lower-case hexadecimal. */
    readonly fingerprint: string;
    /** Base64 of the DER. */
    readonly certificate: string;
    readonly from?: string;
    readonly until?: string;
  }[];
}

/** `calendar.json`: holidays and swap days of the civil service; dates are `yyyy-MM-dd`. */
export interface CalendarData {
  /** ISO weekdays, Monday is 1. */
  readonly workingWeekdays: readonly number[];
  readonly covered: { readonly from: string; readonly to: string };
  readonly provisional: readonly { readonly from: string; readonly to: string; readonly why: Bilingual }[];
  readonly holidays: readonly { readonly date: string; readonly label: Bilingual }[];
  readonly swaps: readonly { readonly off: string; readonly work: string }[];
}

export type IdentityFieldName =
  | 'citizenId'
  | 'formerId'
  | 'card'
  | 'fullName'
  | 'birthDate'
  | 'sex'
  | 'address'
  | 'facility'
  | 'validFrom'
  | 'validTo'
  | 'issuedOn'
  | 'office'
  | 'parentName'
  | 'area'
  | 'fiveYearsOn'
  | 'checksum';

/** `hex…` is hexadecimal UTF-8, `ddMMyyyy` and `dayWithSlashes` (`dd/MM/yyyy`) are days, `dayOrYear` may be a year alone. */
export type IdentityFieldType =
  | 'text'
  | 'name'
  | 'hexText'
  | 'hexName'
  | 'citizenId'
  | 'card'
  | 'facility'
  | 'ddMMyyyy'
  | 'dayWithSlashes'
  | 'dayOrYear'
  | 'sexWord'
  | 'sexDigit';

/** `identity-codes.json`: texts of the QR codes on identity papers and health cards. */
export interface IdentityCodeLayouts {
  readonly separator: string;
  readonly maxLength: number;
  readonly empty: readonly string[];
  readonly layouts: readonly {
    readonly id: string;
    readonly label: Bilingual;
    readonly parts: number;
    readonly ending?: string;
    readonly confidence: string;
    readonly origin: string;
    readonly fields: readonly {
      readonly name: IdentityFieldName;
      readonly type: IdentityFieldType;
      readonly required?: true;
    }[];
  }[];
  readonly sexes: Readonly<Record<'words' | 'digits', Readonly<Record<string, 'male' | 'female'>>>>;
}
