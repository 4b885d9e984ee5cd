import { createCodeLists } from '../code-lists/lookup.ts';
import { declarationSentence, type FindingSentenceCode } from '../messages/declarations/index.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { dossierChecks } from './checks/index.ts';
import { declarationError } from './declaration-error.ts';
import { declarationSpecs } from './specs.ts';
import type { Dossier, DossierFinding } from './types.ts';

export interface DossierReport {
  /** `invalid` when an error was found. */
  readonly verdict: 'valid' | 'invalid';
  readonly findings: readonly DossierFinding[];
  /** Ids of the rules that were applied. */
  readonly evaluated: ReadonlySet<string>;
}

const vietnamOffset = 7 * 60 * 60 * 1000;

/**
 * Judges a dossier by the rules of `specs/declarations`, before it is signed or after it was read. In a draft what is missing is
 * a warning, and what is wrong is an error as ever. Sentences never hold values
 * of personal fields. Throws `ERR_CHECK_UNKNOWN` when the specifications name a mechanism that this version does not have.
 */
export function checkDossier(
  specifications: Specifications,
  dossier: Dossier,
  { now, isDraft = false }: { readonly now: () => Date; readonly isDraft?: boolean },
): DossierReport {
  const specs = declarationSpecs(specifications);
  const codeLists = createCodeLists(specifications);
  const today = new Date(now().getTime() + vietnamOffset).toISOString().slice(0, 10);
  const findings: DossierFinding[] = [];
  const evaluated = new Set<string>();
  for (const rule of specs.rules) {
    const check = dossierChecks.get(rule.check);
    if (check === undefined)
      throw declarationError('ERR_CHECK_UNKNOWN', 'spec', { check: rule.check, rule: rule.id });
    for (const { code, path, values } of check({ dossier, specifications, specs, codeLists, rule, today })) {
      findings.push({
        ruleId: rule.id,
        check: rule.check,
        code,
        severity: isDraft && rule.completeness === true ? 'warning' : rule.severity,
        origin: rule.origin,
        confidence: rule.confidence,
        path,
        values,
        legal: rule.legal,
        message: declarationSentence(code as FindingSentenceCode, values),
      });
    }
    evaluated.add(rule.id);
  }
  const verdict = findings.some(({ severity }) => severity === 'error') ? 'invalid' : 'valid';
  return { verdict, findings, evaluated };
}
