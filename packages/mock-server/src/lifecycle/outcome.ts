import type { Bilingual } from '@bhxh/sdk/errors';

/** A finding as the extension API shows it: with its sentences, personal values masked. */
export interface ShownFinding {
  readonly ruleId: string;
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly ruleset?: string;
  readonly record?: { readonly index: number; readonly key?: string };
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: Bilingual;
  readonly hint?: Bilingual;
}

/** What was found out about a claim file's signature. */
export interface ShownSignature {
  readonly verdict: 'valid' | 'invalid' | 'skipped' | 'undetermined';
  readonly reasons: readonly string[];
  readonly signer?: string;
}

/** Exact decimal of đồng as text. */
export type AmountText = string;

export interface LineDecision {
  readonly table: 'XML2' | 'XML3';
  /** STT of the line, or its place when it has none. */
  readonly line: number;
  readonly code: string;
  readonly decision: 'accepted' | 'rejected';
  readonly claimed: AmountText;
  readonly accepted: AmountText;
  readonly rejected: AmountText;
  readonly reasons: readonly string[];
}

export interface Adjudication {
  readonly decidedAt: string;
  readonly ruleset: string;
  readonly lines: readonly LineDecision[];
  readonly totals: {
    readonly lines: number;
    readonly claimed: AmountText;
    readonly accepted: AmountText;
    readonly rejected: AmountText;
    /** The columns of XML1: as written, as the lines add up, and as accepted. */
    readonly columns: Readonly<
      Record<
        string,
        { readonly stated: AmountText | null; readonly summed: AmountText; readonly accepted: AmountText }
      >
    >;
  };
  /** What each rule took away; a line refused by several rules is counted under each. */
  readonly deductions: readonly {
    readonly ruleId: string;
    readonly lines: number;
    readonly amount: AmountText;
  }[];
}

/** What became of a document, as stored beside it. */
export interface Outcome {
  readonly state: 'rejected' | 'adjudicated' | 'accepted';
  readonly ruleset: string | null;
  readonly findings: readonly ShownFinding[];
  readonly signature?: ShownSignature;
  readonly adjudication?: Adjudication;
}
