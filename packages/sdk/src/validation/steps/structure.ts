import {
  milder,
  ownGround,
  publicValue,
  type FindingPlace,
  type Ground,
  type RecordFindings,
} from '../report/record-findings.ts';
import type { LayoutReport } from '../rows/scan-table.ts';
import type { TableSource } from '../rows/table-rows.ts';
import type { NativeRules } from '../ruleset/native-rules.ts';
import type { TablePlan } from '../ruleset/table-plan.ts';

const strayGround = ownGround('TEXT_STRAY', 'error');

/** Turns a table's layout deviations into findings of the structure step. */
export class StructureStep implements LayoutReport {
  readonly #plan: TablePlan;
  readonly #order: Ground;
  readonly #unknown: Ground;
  #findings: RecordFindings | null = null;
  #source: TableSource | null = null;

  constructor(plan: TablePlan, native: NativeRules) {
    this.#plan = plan;
    this.#order = native.ground('element-order', 'ELEMENT_ORDER');
    this.#unknown = native.ground('unknown-element', 'ELEMENT_UNKNOWN', 'warning');
  }

  /** Names the table that is about to be read. */
  begin(source: TableSource, findings: RecordFindings): void {
    this.#source = source;
    this.#findings = findings;
  }

  #place(row: number, name: string, offset: number): FindingPlace {
    const { table } = this.#plan;
    const rowPath = row === 0 ? '' : `/${table.row}${table.multiple ? `[${row}]` : ''}`;
    const position = this.#source!.lines.at(offset);
    return { path: `${table.code}${rowPath}${name === '' ? '' : `/${name}`}`, ...position };
  }

  unexpectedElement(name: string, expected: string, offset: number): void {
    this.#findings!.add('structure', this.#order, 'ELEMENT_UNEXPECTED', this.#place(0, name, offset), [
      publicValue('element', name),
      publicValue('expected', expected),
    ]);
  }

  unknownField(name: string, row: number, offset: number): void {
    this.#findings!.add(
      'structure',
      this.#unknown,
      'ELEMENT_UNKNOWN',
      this.#place(row, name, offset),
      [publicValue('element', name), publicValue('table', this.#plan.table.code)],
      milder(this.#unknown.severity, 'warning'),
    );
  }

  fieldOrder(field: number, row: number, offset: number): void {
    const { code } = this.#plan.table.fields[field]!;
    const before = this.#plan.table.fields[field + 1]?.code ?? '';
    this.#findings!.add('structure', this.#order, 'ELEMENT_ORDER', this.#place(row, code, offset), [
      publicValue('element', code),
      publicValue('before', before),
    ]);
  }

  repeatedField(field: number, row: number, offset: number): void {
    const { code } = this.#plan.table.fields[field]!;
    this.#findings!.add('structure', this.#order, 'ELEMENT_REPEATED', this.#place(row, code, offset), [
      publicValue('element', code),
    ]);
  }

  strayText(row: number, offset: number): void {
    this.#findings!.add('structure', strayGround, 'TEXT_STRAY', this.#place(row, '', offset), [
      publicValue('table', this.#plan.table.code),
    ]);
  }
}
