import type { LegalPlace, Severity } from '../../specifications/types.ts';
import type { Finding, Verdict } from '../finding.ts';
import type { StepReport } from './steps.ts';

/** One signature of a document, as its verifier judged it. */
export interface SignatureReport {
  /** Where the signature stands: `/GIAMDINHHS/CHUKYDONVI/Signature`. */
  readonly path: string;
  readonly profile: string;
  readonly verdict: Verdict;
  readonly reasons: readonly { readonly code: string; readonly path?: string }[];
  /** Who signed, as the certificate says; null when unknown. */
  readonly signer: string | null;
  /** ISO 8601 with offset; null when the signature does not say. */
  readonly signedAt: string | null;
  /** Byte ranges of the document that the signature covers. */
  readonly covers: readonly { readonly start: number; readonly end: number }[];
}

/** Which standard judged which claims of a file, and why. */
export interface RulesetUse {
  readonly id: string;
  /** The date that decided, `yyyy-MM-dd`; of the first claim judged so. */
  readonly date: string;
  readonly reason: { readonly code: string; readonly values: Readonly<Record<string, string>> };
  readonly legal: readonly LegalPlace[];
  /** How many records it judged. */
  readonly records: number;
}

/** What the next announced standard would say, beside the current one. */
export interface PreviewReport {
  readonly ruleset: string;
  /** Findings that only the announced standard has. */
  readonly added: readonly Finding[];
  /** Findings of the current standard that the announced one would not have. */
  readonly removed: readonly Finding[];
}

/** Everything validation knows about one file. */
export interface FileReport {
  readonly path: string;
  /** Lower-case hexadecimal; null when the file could not be read to its end. */
  readonly sha256: string | null;
  readonly size: number;
  /** Id of the document kind; null when it is none we know. */
  readonly kind: string | null;
  readonly verdict: Verdict;
  readonly steps: readonly StepReport[];
  readonly findings: readonly Finding[];
  /** Findings beyond the limit, by severity: counted, not kept. */
  readonly omitted: Readonly<Record<Severity, number>>;
  readonly signatures: readonly SignatureReport[];
  /** Claims, certificates or rows the file holds. */
  readonly records: number;
  readonly rulesets: readonly RulesetUse[];
  /** Rules whose condition held at least once and that were decided. */
  readonly evaluated: ReadonlySet<string>;
  /** Rules not judged because facts from outside the file were not given. */
  readonly skipped: ReadonlySet<string>;
  readonly preview?: PreviewReport;
}
