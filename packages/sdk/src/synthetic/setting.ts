import { BhxhError } from '../errors/bhxh-error.ts';
import { claimSentence } from '../messages/claims/index.ts';
import type { Ruleset } from '../specifications/types.ts';
import type { Specifications } from '../specifications/index.ts';
import { readVocabulary } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

interface Ward {
  readonly code: string;
  readonly name: string;
}

/** Everything an episode depends on besides chance: the standard and values in force at its end. */
export interface Setting {
  readonly specifications: Specifications;
  readonly ruleset: Ruleset;
  /** The day the episode ends, `yyyy-MM-dd`. */
  readonly date: string;
  readonly vocabulary: Vocabulary;
  readonly province: string;
  readonly provinceName: string;
  readonly wards: readonly Ward[];
  readonly districts: readonly string[];
  /** The district level was abolished on 2025-07-01; later records leave it empty. */
  readonly hasDistricts: boolean;
  /** MA_CSKCB of the claims. */
  readonly facility: string;
  readonly facilityName: string;
  /** VND, 15 % of the base salary: a visit below it is paid in full. */
  readonly lowCost: number;
  readonly baseSalary: number;
  /** Every claim gets at least so many rows of XML2 and XML3. */
  readonly rows: number;
}

const districtsEnded = '2025-07-01';

export interface SettingOptions {
  readonly specifications: Specifications;
  readonly ruleset: Ruleset;
  readonly date: string;
  readonly facility?: string;
  readonly rows?: number;
}

function valueOn(specifications: Specifications, parameter: string, date: string): number {
  const value = specifications.parameterOn(parameter, date);
  if (value !== undefined) return value.value;
  throw new BhxhError({
    code: 'ERR_NO_PARAMETER_FOR_DATE',
    category: 'spec',
    retry: 'never',
    message: claimSentence('ERR_NO_PARAMETER_FOR_DATE', { parameter, date }),
  });
}

/** Reads what is in force on a day. */
export function createSetting(options: SettingOptions): Setting {
  const { specifications, ruleset, date } = options;
  const vocabulary = readVocabulary(specifications);
  const { reserved } = specifications;
  const facility = options.facility ?? vocabulary.facilities.hospital;
  return {
    specifications,
    ruleset,
    date,
    vocabulary,
    province: reserved.provinces[0]?.code ?? '',
    provinceName: reserved.provinces[0]?.label.vi ?? '',
    wards: reserved.wards,
    districts: reserved.districts.map((district) => district.code),
    hasDistricts: date < districtsEnded,
    facility,
    facilityName: reserved.facilities.find((known) => known.code === facility)?.name ?? facility,
    lowCost: valueOn(specifications, 'low-cost-threshold', date),
    baseSalary: valueOn(specifications, 'base-salary', date),
    rows: options.rows ?? 0,
  };
}
