import type { RuleSpec, Ruleset, Severity } from '../../specifications/types.ts';
import { groundOfRule, ownGround, type Ground } from '../report/record-findings.ts';
import { nativeChecks, type NativeCheckName } from '../steps/native-checks.ts';

/** One use of a native mechanism by a rule. */
export interface NativeUse {
  readonly ground: Ground;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly rule: RuleSpec;
}

/** The native mechanisms that a ruleset's rules use. */
export class NativeRules {
  readonly #uses: Map<NativeCheckName, NativeUse[]> = new Map();
  readonly #evaluated: Set<string>;

  constructor(ruleset: Ruleset | null, evaluated: Set<string>) {
    this.#evaluated = evaluated;
    for (const rule of ruleset?.rules ?? []) {
      for (const { check, with: args, severity } of rule.checks) {
        const native = nativeChecks.get(check);
        if (native === undefined) continue;
        for (const name of Object.keys(args)) {
          if (!native.arguments.includes(name))
            throw new Error(`rule ${rule.id}, ${check}: unknown argument ${name}`);
        }
        const uses = this.#uses.get(native.name) ?? [];
        uses.push({ ground: groundOfRule(rule, severity ?? rule.severity), arguments: args, rule });
        this.#uses.set(native.name, uses);
      }
    }
  }

  uses(name: NativeCheckName): readonly NativeUse[] {
    return this.#uses.get(name) ?? [];
  }

  /** The ground of a mechanism's finding: its rule, or the finding's own code where the standard has no such rule. */
  ground(name: NativeCheckName, code: string, severity: Severity = 'error'): Ground {
    return this.#uses.get(name)?.[0]?.ground ?? ownGround(code, severity);
  }

  /** Says that every rule over this mechanism was decided. */
  decided(name: NativeCheckName): void {
    for (const { rule } of this.#uses.get(name) ?? []) this.#evaluated.add(rule.id);
  }
}
