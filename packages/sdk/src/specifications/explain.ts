import { diffRulesets } from './diff.ts';
import type { RulesetChange } from './diff.ts';
import { isConfigurable, severityFor } from './severity.ts';
import type { Specifications } from './specifications.ts';
import type { FieldSpec, LegalPlace, LegalText, Parameter, RuleSpec, Severity, TableSpec } from './types.ts';

/** A legal place together with the text it is in. */
export interface CitedPlace extends LegalPlace {
  readonly legalText: LegalText | undefined;
}

/** What one standard of the chain did to a field or rule. */
export interface HistoryEntry {
  readonly ruleset: string;
  readonly changes: readonly RulesetChange[];
}

export interface FieldExplanation {
  readonly ruleset: string;
  readonly table: TableSpec;
  readonly field: FieldSpec;
  /** Severity of a structural problem in this field. */
  readonly severity: Severity;
  readonly configurable: boolean;
  /** Standards of the chain, oldest first, that changed the field. */
  readonly history: readonly HistoryEntry[];
  /** Rules whose arguments name the field. */
  readonly rules: readonly RuleSpec[];
  readonly legal: readonly CitedPlace[];
}

export interface RuleExplanation {
  readonly ruleset: string;
  readonly rule: RuleSpec;
  readonly configurable: boolean;
  readonly history: readonly HistoryEntry[];
  readonly parameters: readonly Parameter[];
  readonly legal: readonly CitedPlace[];
}

/** Everything known about a field of a standard, or undefined when it has no such field. */
export function explainField(
  specifications: Specifications,
  rulesetId: string,
  tableCode: string,
  fieldCode: string,
): FieldExplanation | undefined {
  const ruleset = specifications.ruleset(rulesetId);
  const table = ruleset.tables[tableCode];
  const field = table?.fields.find((candidate) => candidate.code === fieldCode);
  if (table === undefined || field === undefined) return undefined;
  const names = new Set([fieldCode, field.renamedFrom]);
  return {
    ruleset: rulesetId,
    table,
    field,
    severity: severityFor(field.confidence, field.origin),
    configurable: isConfigurable(field.confidence),
    history: historyOf(
      specifications,
      rulesetId,
      (change) =>
        change.table === tableCode &&
        (change.kind === 'table-added' || (change.field !== undefined && names.has(change.field))),
    ),
    rules: ruleset.rules.filter((rule) =>
      rule.checks.some((check) => namesField(check.with, tableCode, fieldCode)),
    ),
    legal: cite(specifications, ruleset.legal),
  };
}

/** Everything known about a rule of a standard, or undefined when it has no such rule. */
export function explainRule(
  specifications: Specifications,
  rulesetId: string,
  ruleId: string,
): RuleExplanation | undefined {
  const rule = specifications.ruleset(rulesetId).rules.find(({ id }) => id === ruleId);
  if (rule === undefined) return undefined;
  const known = new Map(specifications.parameters().map((parameter) => [parameter.id, parameter]));
  const used = new Set<Parameter>();
  for (const { with: args } of rule.checks) {
    for (const text of textsIn(args)) {
      const parameter = known.get(text);
      if (parameter !== undefined) used.add(parameter);
    }
  }
  return {
    ruleset: rulesetId,
    rule,
    configurable: isConfigurable(rule.confidence),
    history: historyOf(specifications, rulesetId, (change) => change.rule === ruleId),
    parameters: [...used],
    legal: cite(specifications, rule.legal),
  };
}

/** The standard and those it extends, oldest first. */
export function chainOf(specifications: Specifications, rulesetId: string): readonly string[] {
  const chain = [rulesetId];
  for (
    let base = specifications.ruleset(rulesetId).extends;
    base !== undefined;
    base = specifications.ruleset(base).extends
  ) {
    chain.unshift(base);
  }
  return chain;
}

function historyOf(
  specifications: Specifications,
  rulesetId: string,
  concerns: (change: RulesetChange) => boolean,
): readonly HistoryEntry[] {
  const chain = chainOf(specifications, rulesetId);
  return chain.slice(1).flatMap((id, index) => {
    const base = chain[index] ?? id;
    const changes = diffRulesets(specifications.ruleset(base), specifications.ruleset(id)).changes.filter(
      concerns,
    );
    return changes.length === 0 ? [] : [{ ruleset: id, changes }];
  });
}

const cite = (specifications: Specifications, places: readonly LegalPlace[]): readonly CitedPlace[] =>
  places.map((place) => ({ ...place, legalText: specifications.legal(place.text) }));

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item);
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      yield key;
      yield* textsIn(inner);
    }
  }
}

/** A rule names a field as `FIELD` beside its table, as `TABLE.FIELD`, or inside a formula. */
function namesField(args: Readonly<Record<string, unknown>>, table: string, field: string): boolean {
  const texts = [...textsIn(args)];
  const mentions = texts.some(
    (text) =>
      text === field ||
      text.split(/[^A-Z0-9_.]+/).some((word) => word === `${table}.${field}` || word === field),
  );
  if (!mentions) return false;
  const tables = texts
    .filter((text) => /^XML([0-9]|1[0-5])$/.test(text))
    .concat(texts.flatMap((text) => text.match(/XML([0-9]|1[0-5])(?=\.)/g) ?? []));
  return tables.length === 0 || tables.includes(table);
}
