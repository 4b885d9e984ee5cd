import type { ClaimTables } from '../claims/types.ts';
import { createClaimMaker } from './claim-maker.ts';
import type { EpisodeOptions } from './claim-maker.ts';
import type { Defect } from './defects/defect.ts';
import { defects } from './defects/defects.ts';
import type { EpisodeKind } from './draft.ts';
import { createRandom } from './random.ts';
import type { Setting } from './setting.ts';
import { isLegacy, wireBytes, wireTables } from './wire.ts';
import type { Wire } from './wire.ts';

export interface GenerateClaimsOptions extends EpisodeOptions {
  readonly count: number;
  /** Share of claims that break one rule on purpose, 0 to 1; each such claim is labelled with that rule. */
  readonly defects?: number;
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

/** Whether the standard has the rule, and the fields the defect speaks of. */
function isPossible(defect: Defect, setting: Setting): boolean {
  if (defect.isLater === true && isLegacy(setting)) return false;
  return setting.ruleset.rules.some(({ id }) => id === defect.rule);
}

/**
 * Synthetic claims that the rules of their date find nothing wrong with, one after the other. Everything in them lies
 * in the reserved ranges of `specs/reserved-identifiers.yaml`; load the synthetic overlay to validate them.
 */
export async function* generateClaims(
  options: GenerateClaimsOptions,
): AsyncGenerator<GeneratedClaim, void, void> {
  const maker = createClaimMaker(options);
  const share = Math.round((options.defects ?? 0) * shareScale);
  const order = createRandom(options.seed, defectStream).shuffled(defects);
  let nextDefect = 0;
  /** The first defect in line that finds a claim it can spoil. */
  const makeDefective = (index: number): { wire: Wire; rule: string } | undefined => {
    for (let tried = 0; tried < order.length; tried++) {
      const defect = order[nextDefect++ % order.length];
      const allowed = maker.kinds.filter(
        (kind) => defect?.kinds === undefined || defect.kinds.includes(kind),
      );
      if (defect === undefined || allowed.length === 0) continue;
      for (let attempt = 1; attempt <= mostAttempts; attempt++) {
        if (!isPossible(defect, maker.settingOf(index, attempt))) continue;
        const wire = maker.make(index, attempt, allowed);
        if (defect.spoil(wire)) return { wire, rule: defect.rule };
      }
    }
    return undefined;
  };

  for (let index = 0; index < options.count; index++) {
    const isDefective = createRandom(options.seed, index, choiceStream).between(1, shareScale) <= share;
    const spoiled = isDefective ? makeDefective(index) : undefined;
    const wire = spoiled?.wire ?? maker.make(index, 0, maker.kinds);
    yield {
      fileName: `${wire.checkIn === null ? 'claim' : 'check-in'}-${String(index + 1).padStart(6, '0')}.xml`,
      bytes: wireBytes(wire),
      labels: spoiled === undefined ? [] : [spoiled.rule],
      kind: wire.draft.kind,
      ruleset: wire.setting.ruleset.id,
      key: wire.draft.summary['MA_LK'] ?? '',
      tables: wireTables(wire),
    };
  }
}
