import { BhxhError } from '../errors/bhxh-error.ts';
import { specificationSentence } from '../messages/specifications/index.ts';
import type { LegalPlace, Ruleset, TimelineEntry } from './types.ts';

/** Why a ruleset was chosen; the sentence is in `messages` under the code. */
export interface RulesetReason {
  readonly code: 'RULESET_BY_DATE' | 'RULESET_ALTERNATIVE' | 'RULESET_OVERRIDDEN';
  readonly values: Readonly<Record<string, string>>;
}

export interface RulesetChoice {
  readonly ruleset: Ruleset;
  /** The stretch of the timeline the date falls in; absent only when an override was asked for a date outside the timeline. */
  readonly entry: TimelineEntry | undefined;
  readonly reason: RulesetReason;
  readonly legal: readonly LegalPlace[];
}

export interface ChooseRulesetInput {
  /** The document's own date (end of the episode), `yyyy-MM-dd`. */
  readonly decidingDate: string;
  /** Official codes of the tables the document has (`XML1` …). */
  readonly tablesPresent?: readonly string[];
  /** Element names seen in a table; tells standards with the same tables apart. */
  readonly fieldsPresent?: Readonly<Record<string, readonly string[]>>;
  /** Ruleset id asked for instead of the one of the date. */
  readonly override?: string;
}

/** Picks the standard that judges a document. Throws `ERR_NO_RULESET_FOR_DATE`. */
export function chooseRuleset(
  timeline: readonly TimelineEntry[],
  load: (id: string) => Ruleset,
  input: ChooseRulesetInput,
): RulesetChoice {
  const { decidingDate } = input;
  const entry = timeline.find(
    ({ from, to, status }) =>
      status !== 'announced' && from <= decidingDate && (to === null || decidingDate <= to),
  );
  if (input.override !== undefined) {
    const ruleset = load(input.override);
    return {
      ruleset,
      entry,
      reason: { code: 'RULESET_OVERRIDDEN', values: { ruleset: ruleset.id, date: decidingDate } },
      legal: ruleset.legal,
    };
  }
  if (entry === undefined) throw noRuleset(timeline, decidingDate);
  const regular = load(entry.ruleset);
  const accepted = (entry.alternatives ?? []).filter(
    ({ from, to }) => from <= decidingDate && decidingDate <= to,
  );
  const ruleset =
    (input.tablesPresent ?? []).length === 0
      ? regular
      : likest([regular, ...accepted.map(({ ruleset: id }) => load(id))], input);
  return ruleset.id === entry.ruleset
    ? {
        ruleset,
        entry,
        reason: {
          code: 'RULESET_BY_DATE',
          values: { ruleset: ruleset.id, date: decidingDate, from: entry.from, to: entry.to ?? '' },
        },
        legal: entry.legal,
      }
    : {
        ruleset,
        entry,
        reason: {
          code: 'RULESET_ALTERNATIVE',
          values: { ruleset: ruleset.id, date: decidingDate, regular: entry.ruleset },
        },
        legal: ruleset.legal,
      };
}

/** The standard that fits best; the regular one, which comes first, where several fit alike. */
function likest(candidates: readonly [Ruleset, ...Ruleset[]], input: ChooseRulesetInput): Ruleset {
  let best = candidates[0];
  for (const candidate of candidates)
    if (likeness(candidate, input) > likeness(best, input)) best = candidate;
  return best;
}

/** How well a standard fits what the document has: tables it does not know count against it most, then fields, then tables of its own that are absent. */
function likeness(ruleset: Ruleset, { tablesPresent = [], fieldsPresent = {} }: ChooseRulesetInput): number {
  let score = 0;
  for (const code of tablesPresent) if (!Object.hasOwn(ruleset.tables, code)) score -= 1000;
  for (const [code, fields] of Object.entries(fieldsPresent)) {
    const table = Object.hasOwn(ruleset.tables, code) ? ruleset.tables[code] : undefined;
    const known = new Set(table?.fields.map((field) => field.code));
    for (const field of fields) score += known.has(field) ? 0 : -1;
    for (const field of known) score += fields.includes(field) ? 0 : -1;
  }
  return score;
}

function noRuleset(timeline: readonly TimelineEntry[], date: string): BhxhError {
  const first = timeline[0]?.from ?? '';
  return new BhxhError({
    code: 'ERR_NO_RULESET_FOR_DATE',
    category: 'spec',
    retry: 'never',
    message: specificationSentence('NO_RULESET', { date }),
    hint: specificationSentence('NO_RULESET_HINT', { first }),
  });
}
