import type { Bilingual } from '../errors/bhxh-error.ts';
import { specificationSentence as sentence } from '../messages/specifications/index.ts';
import type { SpecificationCode } from '../messages/specifications/index.ts';
import type { FieldSpec, RuleSpec, Ruleset, TableSpec } from './types.ts';

export type ChangeKind =
  | 'table-added'
  | 'table-removed'
  | 'field-added'
  | 'field-removed'
  | 'field-renamed'
  | 'field-moved'
  | 'field-changed'
  | 'rule-added'
  | 'rule-removed'
  | 'rule-changed';

/** One difference between two rulesets, with the sentence that says it. */
export interface RulesetChange {
  readonly kind: ChangeKind;
  readonly table?: string;
  readonly field?: string;
  readonly rule?: string;
  readonly property?: string;
  readonly before?: string;
  readonly after?: string;
  readonly sentence: Bilingual;
}

export interface RulesetDiff {
  readonly from: string;
  readonly to: string;
  readonly changes: readonly RulesetChange[];
}

/** Properties a reader of the law cares about; evidence grades and notes differ between texts without changing what is asked. */
const properties: readonly (readonly [keyof FieldSpec, SpecificationCode])[] = [
  ['type', 'PROPERTY_TYPE'],
  ['maxLength', 'PROPERTY_MAX_LENGTH'],
  ['warnLength', 'PROPERTY_WARN_LENGTH'],
  ['required', 'PROPERTY_REQUIRED'],
  ['requiredWhen', 'PROPERTY_REQUIRED_WHEN'],
  ['format', 'PROPERTY_FORMAT'],
  ['decimals', 'PROPERTY_DECIMALS'],
  ['separator', 'PROPERTY_SEPARATOR'],
  ['emptyFrom', 'PROPERTY_EMPTY_FROM'],
  ['codeList', 'PROPERTY_CODE_LIST'],
];

function textOf(key: keyof FieldSpec, value: unknown): Bilingual {
  if (value === null && key === 'maxLength') return sentence('VALUE_UNLIMITED');
  if (value === undefined || value === null) return sentence('VALUE_NONE');
  return { vi: String(value), en: String(value) };
}

/** What changes between two rulesets, table by table in official order, then rule by rule. */
export function diffRulesets(a: Ruleset, b: Ruleset): RulesetDiff {
  const changes: RulesetChange[] = [];
  for (const code of union(Object.keys(a.tables), Object.keys(b.tables))) {
    const before = a.tables[code];
    const after = b.tables[code];
    if (before !== undefined && after !== undefined) {
      changes.push(...diffTables(before, after));
    } else if (after !== undefined) {
      const values = { table: code, label: after.label, count: String(after.fields.length) };
      changes.push({ kind: 'table-added', table: code, sentence: sentence('TABLE_ADDED', values) });
    } else if (before !== undefined) {
      const values = { table: code, label: before.label };
      changes.push({ kind: 'table-removed', table: code, sentence: sentence('TABLE_REMOVED', values) });
    }
  }
  changes.push(...diffRules(a.rules, b.rules));
  return { from: a.id, to: b.id, changes };
}

function* diffTables(a: TableSpec, b: TableSpec): Generator<RulesetChange> {
  const table = b.code;
  const before = new Map(a.fields.map((field) => [field.code, field]));
  const after = new Map(b.fields.map((field) => [field.code, field]));
  const originOf = (field: FieldSpec): FieldSpec | undefined => {
    const same = before.get(field.code);
    if (same !== undefined) return same;
    const old = field.renamedFrom === undefined ? undefined : before.get(field.renamedFrom);
    return old !== undefined && !after.has(old.code) ? old : undefined;
  };
  const kept = new Set(b.fields.map((field) => originOf(field)?.code));
  for (const { code, label } of a.fields) {
    if (kept.has(code)) continue;
    yield {
      kind: 'field-removed',
      table,
      field: code,
      sentence: sentence('FIELD_REMOVED', { table, field: code, label }),
    };
  }
  const orderBefore = a.fields.map((field) => field.code).filter((code) => kept.has(code));
  const orderAfter = b.fields.map((field) => originOf(field)?.code).filter((code) => code !== undefined);
  const moved = new Set(orderAfter.filter((code, index) => orderBefore[index] !== code));
  for (const field of b.fields) {
    const { code, label } = field;
    const old = originOf(field);
    if (old === undefined) {
      const previous = b.fields[field.order - 2]?.code;
      const added = previous === undefined ? 'FIELD_ADDED_FIRST' : 'FIELD_ADDED';
      const values = { table, field: code, label, previous: previous ?? '' };
      yield { kind: 'field-added', table, field: code, sentence: sentence(added, values) };
      continue;
    }
    if (old.code !== code) {
      const values = { table, field: code, label, before: old.code };
      yield {
        kind: 'field-renamed',
        table,
        field: code,
        before: old.code,
        after: code,
        sentence: sentence('FIELD_RENAMED', values),
      };
    }
    if (moved.has(old.code)) {
      const values = { table, field: code, before: String(old.order), after: String(field.order) };
      yield { kind: 'field-moved', ...values, sentence: sentence('FIELD_MOVED', values) };
    }
    for (const [key, name] of properties) {
      if (old[key] === field[key]) continue;
      const from = textOf(key, old[key]);
      const to = textOf(key, field[key]);
      const values = { table, field: code, property: sentence(name), before: from, after: to };
      yield {
        kind: 'field-changed',
        table,
        field: code,
        property: key,
        before: from.en,
        after: to.en,
        sentence: sentence('FIELD_CHANGED', values),
      };
    }
  }
}

function* diffRules(a: readonly RuleSpec[], b: readonly RuleSpec[]): Generator<RulesetChange> {
  const before = new Map(a.map((rule) => [rule.id, rule]));
  const after = new Map(b.map((rule) => [rule.id, rule]));
  for (const rule of union([...before.keys()], [...after.keys()])) {
    const old = before.get(rule);
    const now = after.get(rule);
    if (old === undefined && now !== undefined) {
      yield { kind: 'rule-added', rule, sentence: sentence('RULE_ADDED', { rule, label: now.title }) };
    } else if (old !== undefined && now === undefined) {
      yield { kind: 'rule-removed', rule, sentence: sentence('RULE_REMOVED', { rule, label: old.title }) };
    } else if (old !== undefined && now !== undefined && JSON.stringify(old) !== JSON.stringify(now)) {
      const values = { rule, label: now.title, before: old.severity, after: now.severity };
      const code = old.severity === now.severity ? 'RULE_CHANGED' : 'RULE_SEVERITY_CHANGED';
      yield {
        kind: 'rule-changed',
        rule,
        before: old.severity,
        after: now.severity,
        sentence: sentence(code, values),
      };
    }
  }
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
const union = (a: readonly string[], b: readonly string[]): string[] =>
  [...new Set([...a, ...b])].sort(byNumber);
