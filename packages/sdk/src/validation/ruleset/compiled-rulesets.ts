import type { Specifications } from '../../specifications/specifications.ts';
import type { Ruleset } from '../../specifications/types.ts';
import type { Check, ExternalFacts } from '../checks/check.ts';
import { CompiledRuleset } from './compiled-ruleset.ts';

/** Compiled rulesets of one validator, each made when a record first needs it. */
export class CompiledRulesets {
  readonly #specifications: Specifications;
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #facts: ExternalFacts;
  readonly #compiled: Map<string, CompiledRuleset> = new Map();

  constructor(specifications: Specifications, checks: ReadonlyMap<string, Check>, facts: ExternalFacts) {
    this.#specifications = specifications;
    this.#checks = checks;
    this.#facts = facts;
  }

  get(ruleset: Ruleset): CompiledRuleset {
    let compiled = this.#compiled.get(ruleset.id);
    if (compiled === undefined) {
      const { limits } = this.#specifications;
      compiled = new CompiledRuleset(
        ruleset,
        {
          checks: this.#checks,
          facts: this.#facts,
          codeList: (id) => this.#specifications.codeList(id),
          parameter: (id) => this.#specifications.parameter(id),
          wardChanges: () => this.#specifications.wardChanges(),
        },
        {
          xml: { ...limits.xml, bytes: limits.file.bytes },
          elements: limits.batch.episodeElements,
        },
      );
      this.#compiled.set(ruleset.id, compiled);
    }
    return compiled;
  }
}
