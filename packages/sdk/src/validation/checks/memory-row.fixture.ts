import type { Ruleset, TableSpec } from '../../specifications/types.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import type { Episode, Row } from '../rows/row.ts';
import { parseMinute } from './calendar.ts';
import type { CheckSink, CompileContext, ExternalFacts, Problem } from './check.ts';

export type Cells = Readonly<Record<string, string>>;

/** A row over plain values, for tests of mechanisms without the engine. */
export function memoryRow(table: TableSpec, number: number, cells: Cells): Row {
  const text = (field: number): string => (cells[table.fields[field]?.code ?? ''] ?? '').trim();
  return {
    table,
    number,
    has: (field) => (table.fields[field]?.code ?? '') in cells,
    isEmpty: (field) => text(field) === '',
    text,
    thousandths(field) {
      const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/u.exec(text(field));
      if (match === null) return undefined;
      const value = Number(match[2]) * 1000 + Number((match[3] ?? '').padEnd(3, '0'));
      return Number.isSafeInteger(value) ? (match[1] === '-' ? -value : value) : undefined;
    },
    minute: (field) => parseMinute(text(field)),
  };
}

/** An episode over plain values. */
export function memoryEpisode(
  ruleset: Ruleset,
  tables: Readonly<Record<string, readonly Cells[]>>,
  decidingDate: string,
): Episode {
  const rows = new Map(
    Object.entries(tables).map(([code, cells]) => [
      code,
      cells.map((row, index) => memoryRow(ruleset.tables[code] as TableSpec, index + 1, row)),
    ]),
  );
  const summaries = rows.get('XML1') ?? [];
  return {
    key: tables['XML1']?.[0]?.['MA_LK'] ?? null,
    index: 0,
    present: Object.keys(tables),
    rows: (code) => rows.get(code) ?? [],
    summary: summaries.length === 1 ? summaries[0] : undefined,
    decidingDate,
  };
}

export function memoryContext(
  specifications: Specifications,
  ruleset: Ruleset,
  facts: ExternalFacts = {},
): CompileContext {
  return {
    ruleset,
    facts,
    table: (code) => ruleset.tables[code],
    field: (table, code) => ruleset.tables[table]?.fields.findIndex((field) => field.code === code) ?? -1,
    codeList: (id) => specifications.codeList(id),
    parameter: (id) => specifications.parameter(id),
    wardChanges: () => specifications.wardChanges(),
  };
}

/** Collects what a check says. */
export class MemorySink implements CheckSink {
  readonly problems: Problem[] = [];
  decided = 0;

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  evaluated(): void {
    this.decided += 1;
  }

  get codes(): readonly string[] {
    return this.problems.map(({ code }) => code);
  }
}
