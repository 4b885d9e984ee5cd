import type { CodeList, Parameter, Ruleset, Severity, TableSpec } from '../../specifications/types.ts';
import type { Episode, Row } from '../rows/row.ts';

/** Things a single file cannot tell, given by the caller; a rule that needs one is `skipped` without it. */
export interface ExternalFacts {
  /** Accepted catalogue items, practitioners, prices … by catalogue kind (`01/DM` … `06/DM`). */
  readonly catalogue?: CatalogueLookup;
  /** MA_CSKCB of the sending account. */
  readonly accountFacility?: string;
  /** MA_LK of the episodes for which a check-in was sent. */
  readonly checkedIn?: ReadonlySet<string>;
  /** Patient classes that fit an episode (MA_LK), in the order of the list: the first one is to be claimed. */
  readonly eligibleClasses?: ReadonlyMap<string, readonly string[]>;
  /** Columns of the monthly summary 01/BH, one record a line: column number → amount in VND. */
  readonly monthlySummary?: readonly Readonly<Record<string, string>>[];
  /** Access rights of the account, for tables that need one (`hiv`). */
  readonly rights?: ReadonlySet<string>;
}

/** Rows of the facility's accepted catalogues. */
export interface CatalogueLookup {
  /** Rows of a catalogue with this item code, as official field → text. */
  find(catalogue: string, code: string): readonly Readonly<Record<string, string>>[];
  has(catalogue: string): boolean;
}

/** What a mechanism may look at while it compiles a rule. */
export interface CompileContext {
  readonly ruleset: Ruleset;
  table(code: string): TableSpec | undefined;
  /** Index of a field in its table, or -1 when this standard does not have it. */
  field(table: string, code: string): number;
  codeList(id: string): CodeList;
  parameter(id: string): Parameter;
  /** What became of the communes of before 2025-07-01: old code → new codes, each followed by a letter. */
  wardChanges?(): ReadonlyMap<string, string>;
  readonly facts: ExternalFacts;
}

/** One problem, as a mechanism reports it; the engine adds rule id, legal places and location. */
export interface Problem {
  /** Upper-case code of the mechanism: DATE_ORDER, SUM_MISMATCH … A key of `messages/{vi,en}`. */
  readonly code: string;
  readonly row: Row | null;
  /** Field index in `row.table`, or -1 when the problem is the row's, the table's or the episode's. */
  readonly field: number;
  /** Table the problem stands in when there is no row. */
  readonly table?: string;
  /** Named values for the sentence, in a fixed order. The engine marks personal ones by the field specs named in `from`. */
  readonly values: readonly { readonly name: string; readonly value: string; readonly personal?: boolean }[];
  readonly severity?: Severity;
}

/** Receives what a check found. */
export interface CheckSink {
  problem(problem: Problem): void;
  /** Say this once per row or episode where the rule's condition held and was decided, found or not. */
  evaluated(): void;
}

/** A compiled rule part: called for every row of `table`, or once per episode. Must not throw on any content. */
export type CompiledCheck =
  | { readonly scope: 'row'; readonly table: string; run(row: Row, episode: Episode, sink: CheckSink): void }
  | { readonly scope: 'episode'; run(episode: Episode, sink: CheckSink): void }
  | { readonly scope: 'batch'; start(): BatchCheck };

/** State over all episodes of one file or run (e.g. MA_LK unique). Memory must stay small per episode. */
export interface BatchCheck {
  episode(episode: Episode, sink: CheckSink): void;
}

/**
 * A mechanism. `compile` reads a rule's arguments once, and returns nothing when the standard has none of the
 * tables or fields concerned. Throws a plain Error when the arguments themselves are wrong (specs damaged).
 */
export interface Check {
  /** The word rules use: `date-order`. */
  readonly name: string;
  compile(args: Readonly<Record<string, unknown>>, context: CompileContext): readonly CompiledCheck[];
}
