import type { Finding, Verdict } from '../finding.ts';
import type { Severity } from '../../specifications/types.ts';
import { stepNames, worstVerdict, type StepName, type StepReport } from './steps.ts';

/** How many findings of one file are kept; the rest are only counted. */
export const findingLimit = 20_000;

/** Gathers what the steps of one file found and decided. */
export class FindingCollector {
  readonly findings: Finding[] = [];
  readonly omitted: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  readonly #verdicts: Map<StepName, Verdict> = new Map();
  readonly #limit: number;

  constructor(limit: number = findingLimit) {
    this.#limit = limit;
  }

  add(step: StepName, finding: Finding): void {
    if (finding.severity === 'error') this.decide(step, 'invalid');
    this.keep(finding);
  }

  /** Keeps a finding that decides nothing: it is about a file that is none of ours. */
  keep(finding: Finding): void {
    if (this.findings.length < this.#limit) this.findings.push(finding);
    else this.omitted[finding.severity] += 1;
  }

  /** A point to go back to when what follows turns out to be judged by the wrong standard. */
  mark(): () => void {
    const { length } = this.findings;
    const omitted = { ...this.omitted };
    const verdicts = [...this.#verdicts];
    return () => {
      this.findings.length = length;
      Object.assign(this.omitted, omitted);
      this.#verdicts.clear();
      for (const [step, verdict] of verdicts) this.#verdicts.set(step, verdict);
    };
  }

  /** Records that a step came to a verdict; a worse one stays. */
  decide(step: StepName, verdict: Verdict): void {
    const known = this.#verdicts.get(step);
    if (known === verdict || known === 'invalid') return;
    this.#verdicts.set(step, known === undefined ? verdict : worstVerdict([known, verdict]));
  }

  verdictOf(step: StepName): Verdict {
    return this.#verdicts.get(step) ?? 'skipped';
  }

  /** All steps in order, with the conclusion drawn from the others. */
  steps(): readonly StepReport[] {
    const steps: StepReport[] = stepNames
      .filter((name) => name !== 'conclusion')
      .map((name) => ({ name, verdict: this.verdictOf(name) }));
    return [...steps, { name: 'conclusion', verdict: this.conclusion() }];
  }

  conclusion(): Verdict {
    if (
      this.verdictOf('kind') === 'skipped' &&
      this.verdictOf('xml') !== 'invalid' &&
      this.verdictOf('bytes') !== 'invalid'
    ) {
      return worstVerdict([this.verdictOf('conclusion')]);
    }
    return worstVerdict(this.#verdicts.values());
  }
}
