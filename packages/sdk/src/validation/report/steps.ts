import type { Verdict } from '../finding.ts';

/** The steps of a validation, in the order in which they are decided. */
export const stepNames = [
  'bytes',
  'xml',
  'kind',
  'ruleset',
  'structure',
  'fields',
  'code-lists',
  'record-rules',
  'table-rules',
  'batch-rules',
  'signature',
  'conclusion',
] as const;

export type StepName = (typeof stepNames)[number];

export interface StepReport {
  readonly name: StepName;
  readonly verdict: Verdict;
}

/** Invalid over undetermined over valid; a skipped step changes nothing. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = 'skipped';
  for (const verdict of verdicts) {
    if (verdict === 'invalid') return 'invalid';
    if (verdict === 'undetermined') worst = 'undetermined';
    else if (verdict === 'valid' && worst === 'skipped') worst = 'valid';
  }
  return worst;
}
