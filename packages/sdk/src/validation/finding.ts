import type { Bilingual } from '../errors/bhxh-error.ts';
import type { LegalPlace, Origin, Severity } from '../specifications/types.ts';

export type Verdict = 'valid' | 'invalid' | 'skipped' | 'undetermined';

/** One value a finding speaks of. Personal values are masked when a report is rendered, unless revealed. */
export interface FindingValue {
  readonly name: string;
  readonly value: string;
  readonly personal: boolean;
}

/** Which record of a file a finding is about. */
export interface RecordReference {
  readonly index: number;
  readonly key: string | null;
  /** MA_KHOA of the finding's row, else of the claim; null when neither says one. */
  readonly department: string | null;
}

/** Where a finding stands; `line` and `column` count code points in the decoded table, from 1. */
export interface FindingLocation {
  readonly file: string;
  /** Which claim (HOSO) of the file, from 0, and its key (MA_LK, masked when rendered). */
  readonly record: RecordReference | null;
  /** `XML3/CHI_TIET_DVKT[4]/T_BHTT`, rows from 1. */
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** A problem inside a document. The sentence is made from `code` and `values` by `messages/{vi,en}` when it is shown. */
export interface Finding {
  /** R030, or the step's own code such as XML_DTD_FORBIDDEN. */
  readonly ruleId: string;
  /** The mechanism's code: DATE_ORDER, REQUIRED_MISSING … */
  readonly code: string;
  readonly severity: Severity;
  readonly origin: Origin;
  readonly ruleset: string | null;
  readonly location: FindingLocation;
  readonly values: readonly FindingValue[];
  readonly legal: readonly LegalPlace[];
  /** Overrides of the mechanism's sentences, from the rule's data. */
  readonly message?: Bilingual;
  readonly hint?: Bilingual;
}
