import { sentenceOf, type LabelOf } from '@bhxh/sdk/messages';
import type { Finding } from '@bhxh/sdk/validation';
import type { ShownFinding } from './outcome.ts';

/** A finding with its sentences in both languages; personal values stay masked. */
export function showFinding(finding: Finding, labelOf: LabelOf): ShownFinding {
  const vi = sentenceOf(finding, 'vi', { reveal: false, labelOf });
  const en = sentenceOf(finding, 'en', { reveal: false, labelOf });
  const { record, path, line, column } = finding.location;
  return {
    ruleId: finding.ruleId,
    code: finding.code,
    severity: finding.severity,
    ...(finding.ruleset === null ? {} : { ruleset: finding.ruleset }),
    ...(record === null ? {} : { record: { index: record.index } }),
    path,
    ...(line === null ? {} : { line }),
    ...(column === null ? {} : { column }),
    message: { vi: vi.message, en: en.message },
    ...(vi.hint === undefined || en.hint === undefined ? {} : { hint: { vi: vi.hint, en: en.hint } }),
  };
}
