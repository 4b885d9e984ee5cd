import type { ClaimTables } from '../claims/types.ts';
import { openSpecifications } from '../specifications/index.ts';
import type { Ruleset, Specifications } from '../specifications/index.ts';
import { isoDay, minutesPerDay } from './calendar.ts';
import { dateRange } from './date-range.ts';
import type { DateRangeOptions } from './date-range.ts';
import { defects } from './defects/defects.ts';
import type { EpisodeKind } from './draft.ts';
import { episodes } from './episodes/episodes.ts';
import { createRandom } from './random.ts';
import { createSetting } from './setting.ts';
import type { Setting } from './setting.ts';
import { toWire, wireBytes } from './wire.ts';
import type { Wire } from './wire.ts';

/** Dates: by default episodes end from August to October 2026. */
export interface GenerateClaimsOptions extends DateRangeOptions {
  readonly count: number;
  /** The same seed gives the same claims, whatever `count` is. */
  readonly seed: number;
  /** MA_CSKCB, of the reserved range 99nnn; default 99001. */
  readonly facility?: string;
  /** Only these kinds of episode. */
  readonly kinds?: readonly EpisodeKind[];
  /** At least so many rows of XML2 and XML3 a claim; about nine when left out. */
  readonly rows?: number;
  /** Share of claims that break one rule on purpose, 0 to 1; each such claim is labelled with that rule. */
  readonly defects?: number;
  readonly specifications?: Specifications;
}

/** One generated claim: a file for the gateway, and what it was made from. */
export interface GeneratedClaim {
  /** `claim-000001.xml`; `check-in-000001.xml` where a defect of a check-in (XML0) was asked for. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** Ids of the rules the claim breaks on purpose; empty for a valid claim. */
  readonly labels: readonly string[];
  readonly kind: EpisodeKind;
  readonly ruleset: string;
  /** MA_LK. */
  readonly key: string;
  readonly tables: ClaimTables;
}

/** Seeds of streams that are not a claim's own. */
const defectStream = 0x0def_ec7;
const choiceStream = 0x0c40_1ce;
const shareScale = 1_000_000;
/** Some defects need a rare claim (a low cost, a paper). */
const mostAttempts = 60;

function rulesetFor(specifications: Specifications, date: string, rulesetId: string | undefined): Ruleset {
  if (rulesetId !== undefined) return specifications.ruleset(rulesetId);
  return specifications.chooseRuleset({ decidingDate: date, tablesPresent: ['XML1', 'XML2', 'XML3'] })
    .ruleset;
}

/**
 * Synthetic claims that the rules of their date find nothing wrong with, one after the other. Everything in them lies
 * in the reserved ranges of `specs/reserved-identifiers.yaml`; load the synthetic overlay to validate them.
 */
export async function* generateClaims(
  options: GenerateClaimsOptions,
): AsyncGenerator<GeneratedClaim, void, void> {
  const specifications = options.specifications ?? openSpecifications();
  const { first, last } = dateRange(specifications, options);
  const kinds = options.kinds ?? (Object.keys(episodes) as EpisodeKind[]);
  const share = Math.round((options.defects ?? 0) * shareScale);
  const settings = new Map<string, Setting>();
  const settingOn = (date: string): Setting => {
    const known = settings.get(date);
    if (known !== undefined) return known;
    const made = createSetting({
      specifications,
      ruleset: rulesetFor(specifications, date, options.ruleset),
      date,
      ...(options.facility === undefined ? {} : { facility: options.facility }),
      ...(options.rows === undefined ? {} : { rows: options.rows }),
    });
    settings.set(date, made);
    return made;
  };

  const order = createRandom(options.seed, defectStream).shuffled(defects);
  let nextDefect = 0;
  /** A claim of this position; `attempt` tells apart the tries at a claim that can carry a defect. */
  const makeWire = (index: number, attempt: number, allowed: readonly EpisodeKind[]): Wire => {
    const random = createRandom(options.seed, index, attempt);
    const setting = settingOn(
      isoDay(first + random.between(0, (last - first) / minutesPerDay) * minutesPerDay),
    );
    const kind = random.weighted(allowed, (each) => episodes[each].share);
    const number = index + 1;
    const key = `${setting.facility}.${options.seed}.${String(number).padStart(7, '0')}`;
    return toWire(episodes[kind].make({ setting, random, kind, key, number }));
  };
  /** The first defect in line that finds a claim it can spoil. */
  const makeDefective = (index: number): { wire: Wire; rule: string } | undefined => {
    for (let tried = 0; tried < order.length; tried++) {
      const defect = order[nextDefect++ % order.length];
      const allowed = kinds.filter((kind) => defect?.kinds === undefined || defect.kinds.includes(kind));
      if (defect === undefined || allowed.length === 0) continue;
      for (let attempt = 1; attempt <= mostAttempts; attempt++) {
        const wire = makeWire(index, attempt, allowed);
        const isRule = wire.setting.ruleset.rules.some((rule) => rule.id === defect.rule);
        if (isRule && defect.spoil(wire)) return { wire, rule: defect.rule };
      }
    }
    return undefined;
  };

  for (let index = 0; index < options.count; index++) {
    const isDefective = createRandom(options.seed, index, choiceStream).between(1, shareScale) <= share;
    const spoiled = isDefective ? makeDefective(index) : undefined;
    const wire = spoiled?.wire ?? makeWire(index, 0, kinds);
    yield {
      fileName: `${wire.checkIn === null ? 'claim' : 'check-in'}-${String(index + 1).padStart(6, '0')}.xml`,
      bytes: wireBytes(wire),
      labels: spoiled === undefined ? [] : [spoiled.rule],
      kind: wire.draft.kind,
      ruleset: wire.setting.ruleset.id,
      key: wire.draft.summary['MA_LK'] ?? '',
      tables: wire.tables,
    };
  }
}
