/** A rule by which calls meet a scenario at random. */
export interface FaultRule {
  readonly scenario: string;
  readonly probability: number;
  /** Beginning of the paths it concerns; all, if left out. */
  readonly path?: string;
  /** Ends after so many. */
  readonly times?: number;
}

export interface CountedFault extends FaultRule {
  readonly met: number;
}

export interface FaultRules {
  readonly seed: number;
  readonly rules: readonly CountedFault[];
  set(rules: readonly FaultRule[], seed: number): void;
  /** The scenario that a call of this path meets; undefined mostly. */
  draw(path: string): string | undefined;
}

/** The same seed and the same calls in the same order meet the same faults. */
export function createFaultRules(): FaultRules {
  let seed = 1;
  let state = seed;
  let rules: readonly { readonly rule: FaultRule; met: number }[] = [];
  // mulberry32: 32 bits of state are plenty for faults, and it is the same everywhere.
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    get seed() {
      return seed;
    },
    get rules() {
      return rules.map(({ rule, met }) => ({ ...rule, met }));
    },
    set(wanted, from) {
      seed = from;
      state = from | 0;
      rules = wanted.map((rule) => ({ rule, met: 0 }));
    },
    draw(path) {
      for (const entry of rules) {
        const { rule } = entry;
        if (rule.path !== undefined && !path.startsWith(rule.path)) continue;
        if (rule.times !== undefined && entry.met >= rule.times) continue;
        if (random() >= rule.probability) continue;
        entry.met += 1;
        return rule.scenario;
      }
      return undefined;
    },
  };
}
