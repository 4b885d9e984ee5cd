import { XmlError, type XmlLimits } from '@bhxh/xml';
import type { Ruleset, TableSpec } from '../../specifications/types.ts';
import { departmentOf, ownGround, publicValue, type RecordFindings } from '../report/record-findings.ts';
import { LineCounter } from '../rows/line-column.ts';
import { predictTable } from '../rows/predict-table.ts';
import type { Episode, Row } from '../rows/row.ts';
import { scanTable } from '../rows/scan-table.ts';
import { TableRows, type TableSource } from '../rows/table-rows.ts';
import { suspectedEncoding } from '../steps/legacy-encoding.ts';
import { CodeListsStep } from '../steps/code-lists.ts';
import { FieldsStep } from '../steps/fields.ts';
import { RulesStep, type RuleSources } from '../steps/rules.ts';
import { StructureStep } from '../steps/structure.ts';
import { NativeRules } from './native-rules.ts';
import { planTable, type TablePlan } from './table-plan.ts';

/** One table of a record: its official code and its decoded bytes (null when they could not be had). */
export interface RecordPart {
  readonly type: string;
  readonly bytes: Buffer | null;
}

/** A record to be judged. */
export interface RecordInput {
  readonly index: number;
  readonly parts: readonly RecordPart[];
  /** `yyyy-MM-dd`. */
  readonly decidingDate: string;
  /** Element beside the table in a document that is itself a table; null for the tables of an envelope. */
  readonly beside: string | null;
}

/** What one table needs while it is read and judged; made when the first such table arrives. */
interface TableWork {
  readonly plan: TablePlan;
  readonly rows: TableRows;
  readonly structure: StructureStep;
  readonly fields: FieldsStep;
  readonly codes: CodeListsStep;
}

const NO_ROWS: readonly Row[] = [];

/** Element count of one record, to be held below the limit. */
interface Budget {
  elements: number;
}

/** The record at hand, as rules see it. */
class RecordEpisode implements Episode {
  key: string | null = null;
  index = 0;
  present: readonly string[] = [];
  summary: Row | undefined = undefined;
  decidingDate = '';
  readonly #tables: ReadonlyMap<string, TableWork>;

  constructor(tables: ReadonlyMap<string, TableWork>) {
    this.#tables = tables;
  }

  rows(table: string): readonly Row[] {
    return this.#tables.get(table)?.rows.rows ?? NO_ROWS;
  }
}

/** Limits on one record, from the specifications. */
export interface RecordLimits {
  readonly xml: Partial<XmlLimits>;
  readonly elements: number;
}

/**
 * A standard ready for work: its tables as byte plans, its rules compiled. One instance judges record after record and
 * file after file; it keeps the rows of one record at a time.
 */
export class CompiledRuleset {
  readonly ruleset: Ruleset;
  /** Rules decided since `restart`. */
  readonly evaluated: Set<string> = new Set();
  readonly native: NativeRules;
  readonly #tables: Map<string, TableWork> = new Map();
  readonly #rules: RulesStep;
  readonly #sources: RuleSources;
  readonly #limits: RecordLimits;
  readonly #episode: RecordEpisode;

  constructor(ruleset: Ruleset, sources: RuleSources, limits: RecordLimits) {
    this.ruleset = ruleset;
    this.#sources = sources;
    this.#limits = limits;
    this.native = new NativeRules(ruleset, this.evaluated);
    this.#rules = new RulesStep(ruleset, sources, this.evaluated);
    this.#episode = new RecordEpisode(this.#tables);
  }

  get skipped(): ReadonlySet<string> {
    return this.#rules.skipped;
  }

  /** A new file begins. */
  restart(): void {
    this.evaluated.clear();
    this.#rules.restart();
  }

  #work(spec: TableSpec): TableWork {
    let work = this.#tables.get(spec.code);
    if (work === undefined) {
      const plan = planTable(spec);
      const { native } = this;
      work = {
        plan,
        rows: new TableRows(spec),
        structure: new StructureStep(plan, native),
        fields: new FieldsStep(spec, native),
        codes: new CodeListsStep(spec, native, (id) => this.#sources.codeList(id), this.evaluated),
      };
      this.#tables.set(spec.code, work);
    }
    return work;
  }

  /**
   * Reads the tables of a record and judges them step by step. `isRight` is asked once the deciding table is read
   * whether this is the right standard after all; when it says no, nothing is judged and the caller begins again.
   */
  judge(
    input: RecordInput,
    findings: RecordFindings,
    isRight: (episode: Episode) => boolean = () => true,
  ): boolean {
    for (const { rows } of this.#tables.values()) rows.clear();
    const episode = this.#episode;
    episode.index = input.index;
    episode.decidingDate = input.decidingDate;
    episode.present = input.parts.map(({ type }) => type);
    episode.summary = undefined;
    episode.key = null;

    const budget: Budget = { elements: this.#limits.elements };
    let isComplete = true;
    const first = input.parts.find(({ type }) => type === 'XML1') ?? input.parts[0];
    if (first !== undefined) {
      isComplete = this.#read(first, input.beside, budget, findings) && isComplete;
      this.#summarize(episode, first.type);
      findings.record = {
        index: input.index,
        key: episode.key,
        department: episode.summary === undefined ? null : departmentOf(episode.summary),
      };
      if (!isRight(episode)) return false;
    }
    for (const part of input.parts) {
      // A second table of which there may be one only is told, not read: nobody knows which one is meant.
      if (part === first || (part.type === first?.type && this.#isSingle(part.type))) continue;
      isComplete = this.#read(part, input.beside, budget, findings) && isComplete;
    }
    if (input.parts.filter(({ type }) => type === 'XML1').length !== 1) episode.summary = undefined;
    if (input.beside === null) this.#countTables(input, findings);
    const { collector } = findings;
    collector.decide('structure', 'valid');
    for (const { rows, fields } of this.#tables.values()) fields.run(rows, input.decidingDate, findings);
    collector.decide('fields', 'valid');
    for (const { rows, codes } of this.#tables.values()) codes.run(rows, input.decidingDate, findings);
    collector.decide('code-lists', 'valid');
    this.#rules.run(episode, findings, isComplete);
    return true;
  }

  #isSingle(table: string): boolean {
    return this.native.uses('single-table').some(({ arguments: args }) => args['table'] === table);
  }

  #summarize(episode: RecordEpisode, table: string): void {
    const row = episode.rows(table)[0];
    if (row === undefined) return;
    if (table === 'XML1') episode.summary = row;
    const key = row.table.fields.findIndex(({ code }) => code === 'MA_LK');
    episode.key = key < 0 || row.isEmpty(key) ? null : row.text(key);
  }

  /** Reads one table; false when its rows cannot be trusted to be all there. */
  #read(part: RecordPart, beside: string | null, budget: Budget, findings: RecordFindings): boolean {
    const spec = Object.hasOwn(this.ruleset.tables, part.type) ? this.ruleset.tables[part.type] : undefined;
    if (spec === undefined) {
      findings.add(
        'structure',
        ownGround('TABLE_UNKNOWN'),
        'TABLE_UNKNOWN',
        { path: part.type, line: null, column: null },
        [publicValue('table', part.type), publicValue('ruleset', this.ruleset.id)],
      );
      return true;
    }
    const work = this.#work(spec);
    if (part.bytes === null) return false;
    const source: TableSource = { bytes: part.bytes, lines: new LineCounter(part.bytes) };
    const before = work.rows.count;
    if (predictTable(source, work.plan, work.rows)) {
      budget.elements -= (work.rows.count - before) * (spec.fields.length + 1);
      if (budget.elements >= 0) {
        findings.collector.decide('xml', 'valid');
        this.native.decided('encoding');
        this.native.decided('element-order');
        return true;
      }
      work.rows.truncate(before);
    }
    work.structure.begin(source, findings);
    try {
      scanTable(source, work.plan, work.rows, work.structure, {
        limits: { ...this.#limits.xml, elements: Math.max(budget.elements, 1) },
        beside,
      });
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.#refuse(error, part, findings);
      work.rows.truncate(before);
      return false;
    }
    budget.elements -= (work.rows.count - before) * (spec.fields.length + 1);
    findings.collector.decide('xml', 'valid');
    this.native.decided('encoding');
    this.native.decided('element-order');
    return true;
  }

  #refuse(error: XmlError, part: RecordPart, findings: RecordFindings): void {
    const { position, detail } = error;
    const isMark = error.code === 'ENCODING_NOT_UTF8' && detail === 'byte-order-mark';
    const code = isMark ? 'BOM_PRESENT' : error.code;
    const isEncoding =
      isMark || error.code === 'ENCODING_NOT_UTF8' || (error.code === 'XML_CHAR' && detail === 'utf-8');
    const ground = isEncoding ? this.native.ground('encoding', code) : ownGround(code);
    const suspected = isEncoding && !isMark ? suspectedEncoding(part.bytes!, position.offset) : null;
    findings.add('xml', ground, code, { path: part.type, line: position.line, column: position.column }, [
      publicValue('offset', String(position.offset)),
      publicValue('detail', detail),
      ...(suspected === null ? [] : [publicValue('suspected', suspected)]),
    ]);
  }

  /** Exactly one table where a rule says so; more than one of a kind is told even without a rule. */
  #countTables({ parts }: RecordInput, findings: RecordFindings): void {
    const counts = new Map<string, number>();
    for (const { type } of parts) counts.set(type, (counts.get(type) ?? 0) + 1);
    const ruled = new Set<string>();
    for (const { arguments: args, ground } of this.native.uses('single-table')) {
      const table = String(args['table']);
      ruled.add(table);
      const count = counts.get(table) ?? 0;
      if (count !== 1) {
        findings.add('structure', ground, 'TABLE_COUNT', { path: table, line: null, column: null }, [
          publicValue('table', table),
          publicValue('count', String(count)),
        ]);
      }
    }
    this.native.decided('single-table');
    for (const [table, count] of counts) {
      if (count < 2 || ruled.has(table)) continue;
      findings.add(
        'structure',
        ownGround('TABLE_REPEATED', 'warning'),
        'TABLE_REPEATED',
        { path: table, line: null, column: null },
        [publicValue('table', table), publicValue('count', String(count))],
      );
    }
  }
}
