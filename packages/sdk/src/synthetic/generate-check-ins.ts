import { buildCheckIn } from '../claims/build-check-in.ts';
import type { TableRow } from '../claims/types.ts';
import { checkInRow } from './check-in-row.ts';
import { createClaimMaker } from './claim-maker.ts';
import type { EpisodeOptions } from './claim-maker.ts';

export interface GenerateCheckInsOptions extends EpisodeOptions {
  readonly count: number;
}

/** One generated check-in (XML0) of the claim with the same seed and position. */
export interface GeneratedCheckIn {
  /** `check-in-000001.xml`. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** MA_LK. */
  readonly key: string;
  readonly row: TableRow;
}

/**
 * The check-ins of the first `count` episodes: those of `generateClaims` with the same options. Emergencies, patients
 * without insurance and visits without a service send none.
 */
export async function* generateCheckIns(
  options: GenerateCheckInsOptions,
): AsyncGenerator<GeneratedCheckIn, void, void> {
  const maker = createClaimMaker(options);
  for (let index = 0; index < options.count; index++) {
    const wire = maker.make(index, 0, maker.kinds);
    const row = checkInRow(wire);
    if (row === undefined || ['2', '9'].includes(row['MA_DOITUONG_KCB'] ?? '')) continue;
    yield {
      fileName: `check-in-${String(index + 1).padStart(6, '0')}.xml`,
      bytes: buildCheckIn([row], wire.setting.ruleset),
      key: row['MA_LK'] ?? '',
      row,
    };
  }
}
