import type {
  CodeList,
  Parameter,
  RuleSpec,
  Ruleset,
  Severity,
  TableSpec,
} from '../../specifications/types.ts';
import type {
  BatchCheck,
  Check,
  CheckSink,
  CompileContext,
  CompiledCheck,
  ExternalFacts,
  Problem,
} from '../checks/check.ts';
import type { FindingValue } from '../finding.ts';
import {
  groundOfRule,
  placeOfField,
  type FindingPlace,
  type Ground,
  type RecordFindings,
} from '../report/record-findings.ts';
import type { StepName } from '../report/steps.ts';
import type { Episode } from '../rows/row.ts';
import { RowView } from '../rows/table-rows.ts';
import { nativeChecks } from './native-checks.ts';

/** Where specifications and checks for compiling come from. */
export interface RuleSources {
  readonly checks: ReadonlyMap<string, Check>;
  readonly facts: ExternalFacts;
  codeList(id: string): CodeList;
  parameter(id: string): Parameter;
  wardChanges(): ReadonlyMap<string, string>;
}

/** Whether the outside fact that a rule names was given; `check-ins` is given as `checkedIn`. */
function hasFact(needs: string, facts: ExternalFacts): boolean {
  switch (needs) {
    case 'account':
      return facts.accountFacility !== undefined;
    case 'catalogue':
      return facts.catalogue !== undefined;
    case 'check-ins':
      return facts.checkedIn !== undefined;
    case 'eligible-classes':
      return facts.eligibleClasses !== undefined;
    case 'monthly-summary':
      return facts.monthlySummary !== undefined;
    case 'rights':
      return facts.rights !== undefined;
    default:
      return false;
  }
}

/** A rule part at work: receives its check's problems and turns them into findings of the rule. */
class RuleRunner implements CheckSink {
  readonly #rule: RuleSpec;
  readonly #ground: Ground;
  readonly #step: StepName;
  readonly #host: RulesStep;
  #isEvaluated = false;

  constructor(rule: RuleSpec, severity: Severity, step: StepName, host: RulesStep) {
    this.#rule = rule;
    this.#ground = groundOfRule(rule, severity);
    this.#step = step;
    this.#host = host;
  }

  isActive(date: string): boolean {
    const { since, until } = this.#rule;
    return (since === undefined || since <= date) && (until === undefined || date <= until);
  }

  evaluated(): void {
    if (this.#isEvaluated) return;
    this.#isEvaluated = true;
    this.#host.evaluated.add(this.#rule.id);
  }

  problem(problem: Problem): void {
    const findings = this.#host.findings;
    const { row, field } = problem;
    if (findings === null || (row instanceof RowView && row.isRefused(field))) return;
    const place: FindingPlace =
      row instanceof RowView
        ? placeOfField(row, field)
        : { path: problem.table ?? '', line: null, column: null };
    const values: FindingValue[] = problem.values.map(({ name, value, personal }) => ({
      name,
      value,
      personal: personal === true,
    }));
    findings.add(
      this.#step,
      this.#ground,
      problem.code,
      place,
      values,
      problem.severity ?? this.#ground.severity,
    );
  }

  /** A new file begins: what was evaluated is asked again. */
  restart(): void {
    this.#isEvaluated = false;
  }
}

interface RowRule {
  readonly runner: RuleRunner;
  readonly table: string;
  readonly check: Extract<CompiledCheck, { scope: 'row' }>;
}
interface EpisodeRule {
  readonly runner: RuleRunner;
  readonly check: Extract<CompiledCheck, { scope: 'episode' }>;
}
interface BatchRule {
  readonly runner: RuleRunner;
  readonly check: Extract<CompiledCheck, { scope: 'batch' }>;
  state: BatchCheck;
}

/** Judges records by the numbered rules of one ruleset: within a record, across tables, across the batch. */
export class RulesStep {
  readonly evaluated: Set<string>;
  readonly skipped: Set<string> = new Set();
  findings: RecordFindings | null = null;
  readonly #runners: RuleRunner[] = [];
  readonly #rowRules: RowRule[] = [];
  readonly #episodeRules: EpisodeRule[] = [];
  readonly #batchRules: BatchRule[] = [];
  readonly #isDated: boolean;

  constructor(ruleset: Ruleset, sources: RuleSources, evaluated: Set<string>) {
    this.evaluated = evaluated;
    this.#isDated = ruleset.rules.some(({ since, until }) => since !== undefined || until !== undefined);
    const context: CompileContext = {
      ruleset,
      facts: sources.facts,
      table: (code: string): TableSpec | undefined => ruleset.tables[code],
      field: (table: string, code: string): number =>
        ruleset.tables[table]?.fields.findIndex((field) => field.code === code) ?? -1,
      codeList: (id) => sources.codeList(id),
      parameter: (id) => sources.parameter(id),
      wardChanges: () => sources.wardChanges(),
    };
    for (const rule of ruleset.rules) this.#compile(rule, context, sources);
  }

  #compile(rule: RuleSpec, context: CompileContext, sources: RuleSources): void {
    if (rule.needs !== undefined && !hasFact(rule.needs, sources.facts)) {
      this.skipped.add(rule.id);
      return;
    }
    for (const { check: name, with: args, severity = rule.severity } of rule.checks) {
      if (nativeChecks.has(name)) continue;
      const check = sources.checks.get(name);
      if (check === undefined) throw new Error(`rule ${rule.id}: no check is named ${name}`);
      for (const compiled of check.compile(args, context)) this.#add(rule, severity, compiled);
    }
  }

  #add(rule: RuleSpec, severity: Severity, check: CompiledCheck): void {
    const step =
      check.scope === 'row' ? 'record-rules' : check.scope === 'episode' ? 'table-rules' : 'batch-rules';
    const runner = new RuleRunner(rule, severity, step, this);
    this.#runners.push(runner);
    if (check.scope === 'row') this.#rowRules.push({ runner, table: check.table, check });
    else if (check.scope === 'episode') this.#episodeRules.push({ runner, check });
    else this.#batchRules.push({ runner, check, state: check.start() });
  }

  /** A new file begins. */
  restart(): void {
    for (const runner of this.#runners) runner.restart();
    for (const rule of this.#batchRules) rule.state = rule.check.start();
  }

  /** `isComplete` is false when a table of the episode could not be read: sums and references would be wrong then. */
  run(episode: Episode, findings: RecordFindings, isComplete: boolean): void {
    this.findings = findings;
    const { collector } = findings;
    const date = episode.decidingDate;
    try {
      for (const { runner, table, check } of this.#rowRules) {
        const rows = episode.rows(table);
        if (rows.length === 0 || (this.#isDated && !runner.isActive(date))) continue;
        for (let index = 0; index < rows.length; index += 1) check.run(rows[index]!, episode, runner);
      }
      collector.decide('record-rules', 'valid');
      if (isComplete) {
        for (const { runner, check } of this.#episodeRules) {
          if (this.#isDated && !runner.isActive(date)) continue;
          check.run(episode, runner);
        }
        collector.decide('table-rules', 'valid');
      }
      for (const { runner, state } of this.#batchRules) {
        if (this.#isDated && !runner.isActive(date)) continue;
        state.episode(episode, runner);
      }
      collector.decide('batch-rules', 'valid');
    } finally {
      this.findings = null;
    }
  }
}
