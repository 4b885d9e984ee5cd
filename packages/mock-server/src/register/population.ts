import { compareCitizenId, parseCitizenId } from '@bhxh/sdk/identifiers';

/** What the national population database answers about somebody. */
export type PopulationOutcome =
  'confirmed' | 'not-synchronised' | 'not-found' | 'differs' | 'deceased' | 'unavailable';

export interface PopulationQuestion {
  /** Twelve digits. */
  readonly citizenId: string;
  readonly sex?: '1' | '2';
  /** `yyyyMMdd`, unknown parts `00`. */
  readonly birthDate?: string;
}

/** A stand-in for the national population database. */
export interface Population {
  /** @param today `yyyy-MM-dd` */
  ask(question: PopulationQuestion, today: string): PopulationOutcome;
}

/** Gives no answer about anybody. */
export const silentPopulation: Population = { ask: () => 'unavailable' };

/** Answers by the shapes of the register's data, and for all others by what the number says of sex and birth year. */
export function createPopulation(
  shapes: readonly { readonly outcome: PopulationOutcome; readonly pattern: string }[],
): Population {
  const known = shapes.map(({ outcome, pattern }) => ({ outcome, pattern: new RegExp(pattern) }));
  return {
    ask({ citizenId, sex, birthDate }, today) {
      const shape = known.find(({ pattern }) => pattern.test(citizenId));
      if (shape !== undefined) return shape.outcome;
      const parsed = parseCitizenId(citizenId, { today });
      if (!parsed.ok) return 'not-found';
      const problems = compareCitizenId(parsed.value, {
        ...(sex === undefined ? {} : { sex }),
        ...(birthDate === undefined ? {} : { birthDate }),
      });
      return problems.length === 0 ? 'confirmed' : 'differs';
    },
  };
}
