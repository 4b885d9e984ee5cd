import { claimError } from '../claims/claim-error.ts';
import { openSpecifications } from '../specifications/index.ts';
import type { Ruleset, Specifications } from '../specifications/index.ts';
import { isoDay, minutesPerDay } from './calendar.ts';
import { dateRange } from './date-range.ts';
import type { DateRangeOptions } from './date-range.ts';
import type { EpisodeKind } from './draft.ts';
import { episodes } from './episodes/episodes.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import { createSetting } from './setting.ts';
import type { Setting } from './setting.ts';
import { toWire } from './wire.ts';
import type { Wire } from './wire.ts';

/** What every generator of episodes is told. Dates: by default episodes end from August to October 2026. */
export interface EpisodeOptions extends DateRangeOptions {
  /** The same seed gives the same episodes, whatever `count` is. */
  readonly seed: number;
  /** MA_CSKCB, of the reserved range 99nnn; default 99001. */
  readonly facility?: string;
  /** Only these kinds of episode. */
  readonly kinds?: readonly EpisodeKind[];
  /** At least so many rows of XML2 and XML3 a claim; about nine when left out. */
  readonly rows?: number;
  readonly specifications?: Specifications;
}

/** Makes the claim of a position. */
export interface ClaimMaker {
  readonly specifications: Specifications;
  readonly kinds: readonly EpisodeKind[];
  /** The standard and values the claim of a position is made by, without making it. */
  settingOf(index: number, attempt: number): Setting;
  /** `attempt` tells apart several tries at one position. */
  make(index: number, attempt: number, allowed: readonly EpisodeKind[]): Wire;
}

function rulesetFor(specifications: Specifications, date: string, rulesetId: string | undefined): Ruleset {
  if (rulesetId !== undefined) return specifications.ruleset(rulesetId);
  return specifications.chooseRuleset({ decidingDate: date, tablesPresent: ['XML1', 'XML2', 'XML3'] })
    .ruleset;
}

function checkFacility(specifications: Specifications, facility: string | undefined): void {
  const range = specifications.reserved.ranges.find(({ kind }) => kind === 'facility');
  if (facility === undefined || range === undefined || new RegExp(range.pattern).test(facility)) return;
  throw claimError('ERR_FACILITY_NOT_RESERVED', 'usage', { facility, example: range.example });
}

/** A maker that reads what is in force on a day only once. */
export function createClaimMaker(options: EpisodeOptions): ClaimMaker {
  const specifications = options.specifications ?? openSpecifications();
  checkFacility(specifications, options.facility);
  const { first, last } = dateRange(specifications, options);
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
  const dateOf = (random: Random): string =>
    isoDay(first + random.between(0, (last - first) / minutesPerDay) * minutesPerDay);
  return {
    specifications,
    kinds: options.kinds ?? (Object.keys(episodes) as EpisodeKind[]),
    settingOf: (index, attempt) => settingOn(dateOf(createRandom(options.seed, index, attempt))),
    make: (index, attempt, allowed) => {
      const random = createRandom(options.seed, index, attempt);
      const setting = settingOn(dateOf(random));
      const kind = random.weighted(allowed, (each) => episodes[each].share);
      const number = index + 1;
      const key = `${setting.facility}.${options.seed}.${String(number).padStart(7, '0')}`;
      return toWire(episodes[kind].make({ setting, random, kind, key, number }));
    },
  };
}
