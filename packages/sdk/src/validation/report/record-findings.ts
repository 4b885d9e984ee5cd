import type { Bilingual } from '../../errors/bhxh-error.ts';
import type { LegalPlace, Origin, RuleSpec, Severity } from '../../specifications/types.ts';
import type { FindingValue, RecordReference } from '../finding.ts';
import type { LineColumn } from '../rows/line-column.ts';
import type { Row } from '../rows/row.ts';
import type { RowView } from '../rows/table-rows.ts';
import type { FindingCollector } from './finding-collector.ts';
import type { StepName } from './steps.ts';

/** What a finding rests on: a numbered rule, or a step of its own. */
export interface Ground {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly origin: Origin;
  readonly legal: readonly LegalPlace[];
  readonly message?: Bilingual;
  readonly hint?: Bilingual;
}

/** The ground of a step's own finding, whose code is also its rule id. */
export function ownGround(code: string, severity: Severity = 'error', origin: Origin = 'reference'): Ground {
  return { ruleId: code, severity, origin, legal: [] };
}

export function groundOfRule(rule: RuleSpec, severity: Severity = rule.severity): Ground {
  return {
    ruleId: rule.id,
    severity,
    origin: rule.origin,
    legal: rule.legal,
    ...(rule.message === undefined ? {} : { message: rule.message }),
    ...(rule.hint === undefined ? {} : { hint: rule.hint }),
  };
}

/** Where something was found. */
export interface FindingPlace {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  /** MA_KHOA of the row, when it has one. */
  readonly department?: string;
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

export function milder(a: Severity, b: Severity): Severity {
  return RANK[a] <= RANK[b] ? a : b;
}

/** Path and position of a field of a row, or of the row itself when `field` is -1. */
export function placeOfField(row: RowView, field: number): FindingPlace {
  const { table } = row;
  const position: LineColumn | undefined = row.position(field);
  const rowPath = `${table.code}/${table.row}${table.multiple ? `[${row.number}]` : ''}`;
  const code = table.fields[field]?.code;
  const department = departmentOf(row);
  return {
    path: code === undefined ? rowPath : `${rowPath}/${code}`,
    line: position?.line ?? null,
    column: position?.column ?? null,
    ...(department === null ? {} : { department }),
  };
}

/** The ward a row names. */
export function departmentOf(row: Row): string | null {
  const field = row.table.fields.findIndex(({ code }) => code === 'MA_KHOA');
  return field < 0 || row.isEmpty(field) ? null : row.text(field);
}

/** Writes findings of the record at hand: it knows the file, the record and the standard, so that steps need not. */
export class RecordFindings {
  collector: FindingCollector;
  readonly file: string;
  record: RecordReference | null = null;
  ruleset: string | null = null;

  constructor(collector: FindingCollector, file: string) {
    this.collector = collector;
    this.file = file;
  }

  add(
    step: StepName,
    ground: Ground,
    code: string,
    place: FindingPlace,
    values: readonly FindingValue[],
    severity: Severity = ground.severity,
  ): void {
    const { department, ...where } = place;
    const { record } = this;
    this.collector.add(step, {
      ruleId: ground.ruleId,
      code,
      severity,
      origin: ground.origin,
      ruleset: this.ruleset,
      location: {
        file: this.file,
        record: record === null || department === undefined ? record : { ...record, department },
        ...where,
      },
      values,
      legal: ground.legal,
      ...(ground.message === undefined ? {} : { message: ground.message }),
      ...(ground.hint === undefined ? {} : { hint: ground.hint }),
    });
  }

  addAtField(
    step: StepName,
    ground: Ground,
    code: string,
    row: RowView,
    field: number,
    values: readonly FindingValue[],
    severity: Severity = ground.severity,
  ): void {
    this.add(step, ground, code, placeOfField(row, field), values, severity);
  }
}

/** A value of a sentence that is no personal data. */
export function publicValue(name: string, value: string): FindingValue {
  return { name, value, personal: false };
}
