import { buildClaim, wrapClaim, wrapClaims } from '../claims/build.ts';
import type { ClaimTables, TableRow } from '../claims/types.ts';
import { openSpecifications } from '../specifications/index.ts';
import type { Ruleset, Specifications } from '../specifications/index.ts';
import { dayStart, isoDay, minutesPerDay } from './calendar.ts';
import type { Draft, EpisodeKind } from './draft.ts';
import { episodes } from './episodes/episodes.ts';
import { createRandom } from './random.ts';
import { createSetting } from './setting.ts';
import type { Setting } from './setting.ts';

export interface GenerateClaimsOptions {
  readonly count: number;
  /** The same seed gives the same claims, whatever `count` is. */
  readonly seed: number;
  /** First and last day on which episodes end, `yyyy-MM-dd`; default August to October 2026. */
  readonly from?: string;
  readonly to?: string;
  /** All episodes end on this day; instead of `from` and `to`. */
  readonly date?: string;
  /** Use this standard whatever the date. */
  readonly ruleset?: string;
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
  /** `claim-000001.xml`. */
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

const defaultFrom = '2026-08-01';
const defaultTo = '2026-10-31';

/** Rows as the standard has them: numbered, and without members that are not its fields. */
export function tablesOf(draft: Draft): ClaimTables {
  const { ruleset } = draft.setting;
  const tables: Record<string, readonly TableRow[]> = {};
  for (const [code, rows] of Object.entries(draft.tables)) {
    const table = ruleset.tables[code];
    if (table === undefined || rows.length === 0) continue;
    tables[code] = rows.map((row, index) => {
      const known: Record<string, string> = {};
      for (const field of table.fields) {
        known[field.code] = field.code === 'STT' ? String(index + 1) : (row[field.code] ?? '');
      }
      return known;
    });
  }
  return tables;
}

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
  const first = dayStart(options.date ?? options.from ?? defaultFrom);
  const last = dayStart(options.date ?? options.to ?? options.from ?? defaultTo);
  const kinds = options.kinds ?? (Object.keys(episodes) as EpisodeKind[]);
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

  for (let index = 0; index < options.count; index++) {
    const random = createRandom(options.seed, index);
    const setting = settingOn(
      isoDay(first + random.between(0, (last - first) / minutesPerDay) * minutesPerDay),
    );
    const kind = random.weighted(kinds, (each) => episodes[each].share);
    const number = index + 1;
    const key = `${setting.facility}.${options.seed}.${String(number).padStart(7, '0')}`;
    const draft = episodes[kind].make({ setting, random, kind, key, number });
    const tables = tablesOf(draft);
    const bytes = wrapClaims([wrapClaim(buildClaim(tables, setting.ruleset))], {
      facility: setting.facility,
      createdOn: (draft.summary['NGAY_TTOAN'] ?? '').slice(0, 8),
    });
    yield {
      fileName: `claim-${String(number).padStart(6, '0')}.xml`,
      bytes,
      labels: [],
      kind,
      ruleset: setting.ruleset.id,
      key,
      tables,
    };
  }
}
