import { isConfigurable, type Ruleset } from '@bhxh/sdk/specifications';
import type { JsonFile } from '@bhxh/sdk/validation';

/**
 * A report in which the errors of some rules count as warnings. Only rules that rest on one secondary source may be
 * softened (`isConfigurable`); the others stay errors whatever the site asks for.
 */
export function softened(
  file: JsonFile,
  rules: ReadonlySet<string>,
  rulesetOf: (id: string) => Ruleset,
): JsonFile {
  if (rules.size === 0) return file;
  const findings = file.findings.map((finding) => {
    if (finding.severity !== 'error' || !rules.has(finding.ruleId) || finding.ruleset === null)
      return finding;
    const rule = rulesetOf(finding.ruleset).rules.find(({ id }) => id === finding.ruleId);
    return rule !== undefined && isConfigurable(rule.confidence)
      ? { ...finding, severity: 'warning' as const }
      : finding;
  });
  const errors = findings.some(({ severity }) => severity === 'error') || (file.omitted?.error ?? 0) > 0;
  const verdict = file.verdict === 'invalid' && !errors && !signatureInvalid(file) ? 'valid' : file.verdict;
  return { ...file, findings, verdict };
}

function signatureInvalid(file: JsonFile): boolean {
  return file.signatures.some(({ verdict }) => verdict === 'invalid');
}
