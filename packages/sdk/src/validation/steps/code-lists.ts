import type { CodeList, CodeListEntry, Severity, TableSpec } from '../../specifications/types.ts';
import type { FindingValue } from '../finding.ts';
import { milder, publicValue, type Ground, type RecordFindings } from '../report/record-findings.ts';
import type { RowView, TableRows } from '../rows/table-rows.ts';
import type { NativeRules, NativeUse } from '../ruleset/native-rules.ts';

/** One column whose values come from a dated list. */
interface CodedColumn {
  readonly field: number;
  readonly personal: boolean;
  readonly code: string;
  readonly list: CodeList;
  readonly separator: string | undefined;
  readonly ground: Ground;
  readonly ruleId: string;
}

type Entries = ReadonlyMap<string, readonly CodeListEntry[]>;

function isInForce({ from, to }: CodeListEntry, date: string): boolean {
  return (from === null || from <= date) && (to === null || date <= to);
}

function textArgument(use: NativeUse, name: string): string {
  const value = use.arguments[name];
  if (typeof value !== 'string') throw new Error(`rule ${use.rule.id}, code-list: ${name} is missing`);
  return value;
}

/** Compares the coded columns of one table with their lists, as text: `1.1` and `1.10` are two codes. */
export class CodeListsStep {
  readonly #columns: readonly CodedColumn[];
  readonly #format: Ground;
  readonly #native: NativeRules;
  readonly #evaluated: Set<string>;
  readonly #entries: Map<CodeList, Entries> = new Map();

  constructor(
    table: TableSpec,
    native: NativeRules,
    codeList: (id: string) => CodeList,
    evaluated: Set<string>,
  ) {
    this.#native = native;
    this.#evaluated = evaluated;
    this.#format = native.ground('code-format', 'CODE_FORMAT');
    this.#columns = native.uses('code-list').flatMap((use) => {
      if (textArgument(use, 'table') !== table.code) return [];
      const code = textArgument(use, 'field');
      const field = table.fields.findIndex((spec) => spec.code === code);
      const spec = table.fields[field];
      if (spec === undefined) return [];
      const separator = use.arguments['separator'];
      return [
        {
          field,
          code,
          personal: spec.personal === true,
          list: codeList(textArgument(use, 'list')),
          separator: typeof separator === 'string' ? separator : spec.separator,
          ground: use.ground,
          ruleId: use.rule.id,
        },
      ];
    });
  }

  run(rows: TableRows, decidingDate: string, findings: RecordFindings): void {
    for (const column of this.#columns) {
      const entries = this.#entriesOf(column.list);
      let decided = false;
      for (let index = 0; index < rows.rows.length; index += 1) {
        const row = rows.rows[index] as RowView;
        if (row.isEmpty(column.field) || row.isRefused(column.field)) continue;
        decided = true;
        const text = row.text(column.field);
        if (column.separator === undefined || !text.includes(column.separator)) {
          this.#judge(column, entries, row, text, decidingDate, findings);
        } else {
          for (const part of text.split(column.separator))
            this.#judge(column, entries, row, part.trim(), decidingDate, findings);
        }
      }
      if (decided) {
        this.#evaluated.add(column.ruleId);
        this.#native.decided('code-format');
      }
    }
  }

  #entriesOf(list: CodeList): Entries {
    let entries = this.#entries.get(list);
    if (entries === undefined) {
      const map = new Map<string, CodeListEntry[]>();
      for (const entry of list.entries) {
        const same = map.get(entry.code);
        if (same === undefined) map.set(entry.code, [entry]);
        else same.push(entry);
      }
      entries = map;
      this.#entries.set(list, entries);
    }
    return entries;
  }

  #judge(
    column: CodedColumn,
    entries: Entries,
    row: RowView,
    code: string,
    date: string,
    findings: RecordFindings,
  ): void {
    const known = entries.get(code);
    if (known !== undefined) {
      for (let index = 0; index < known.length; index += 1) if (isInForce(known[index]!, date)) return;
    }
    const values: FindingValue[] = [
      publicValue('field', column.code),
      { name: 'value', value: code, personal: column.personal },
      publicValue('list', column.list.id),
    ];
    row.refuse(column.field);
    if (known !== undefined) {
      const closed = known.filter(({ to }) => to !== null && to < date).at(-1);
      const opens = known.find(({ from }) => from !== null && from > date);
      values.push(publicValue('date', date));
      if (closed !== undefined) {
        values.push(publicValue('closed', closed.to!));
        if (closed.successor !== undefined) values.push(publicValue('successor', closed.successor));
      } else if (opens !== undefined) values.push(publicValue('opens', opens.from!));
      findings.addAtField(
        'code-lists',
        column.ground,
        'CODE_CLOSED',
        row,
        column.field,
        values,
        this.#severity(column),
      );
      return;
    }
    const padded = `0${code}`;
    if (entries.has(padded)) {
      values.push(publicValue('expected', padded));
      findings.addAtField('code-lists', this.#format, 'CODE_FORMAT', row, column.field, values);
      return;
    }
    findings.addAtField(
      'code-lists',
      column.ground,
      'CODE_UNKNOWN',
      row,
      column.field,
      values,
      this.#severity(column),
    );
  }

  /** A list known to be incomplete cannot prove a code wrong. */
  #severity({ list, ground }: CodedColumn): Severity {
    return list.complete ? ground.severity : milder(ground.severity, 'warning');
  }
}
