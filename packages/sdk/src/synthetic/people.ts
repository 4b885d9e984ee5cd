import { day, dayStart, midnight, minutesPerDay, stamp } from './calendar.ts';
import type { Minute } from './calendar.ts';
import type { Random } from './random.ts';
import type { Setting } from './setting.ts';
import type { LifeStage } from './vocabulary.ts';

export interface Card {
  readonly number: string;
  /** MA_DKBD. */
  readonly registeredAt: string;
  /** `yyyyMMdd`. */
  readonly from: string;
  readonly to: string;
  readonly object: string;
  readonly level: number;
}

export interface Person {
  readonly name: string;
  /** 1 male, 2 female. */
  readonly sex: number;
  /** `yyyyMMddHHmm`; hour and minute are zero except for newborns. */
  readonly birth: string;
  readonly citizenId: string;
  readonly insuranceNumber: string;
  readonly stage: LifeStage;
  readonly ethnicity: string;
  readonly occupation: string;
  readonly address: string;
  readonly ward: string;
  readonly district: string;
  readonly phone: string;
  readonly employer: string;
}

const daysPerYear = 365.25;

function stageOf(age: number, random: Random): LifeStage {
  if (age < 6) return 'child';
  if (age < 18) return 'pupil';
  if (age < 60) return random.perMille(650) ? 'worker' : 'adult';
  return 'senior';
}

function number(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += String(random.between(0, 9));
  return text;
}

/** A name with family, middle and given part. */
export function personName(random: Random, setting: Setting, sex: number): string {
  const { people } = setting.vocabulary;
  const parts = sex === 1 ? people.male : people.female;
  return `${random.pick(people.familyNames)} ${random.pick(parts.middleNames)} ${random.pick(parts.givenNames)}`;
}

/** The century and sex digit of a citizen id, after the province: even male, odd female, two for each century since 1900. */
export function citizenId(random: Random, birth: string, sex: number): string {
  const century = Math.floor(Number(birth.slice(0, 4)) / 100) - 19;
  return `099${century * 2 + (sex === 1 ? 0 : 1)}${birth.slice(2, 4)}${number(random, 6)}`;
}

/** A social insurance number of the reserved range. */
export function insuranceNumber(random: Random): string {
  return `99${number(random, 8)}`;
}

/** A fictional person whose age at `on` lies between the two. */
export function createPerson(
  random: Random,
  setting: Setting,
  on: Minute,
  ages: readonly [number, number],
  wantedSex: number | undefined,
): Person {
  const { people } = setting.vocabulary;
  const sex = wantedSex ?? (random.perMille(500) ? 1 : 2);
  const oldest = midnight(on) - Math.floor((ages[1] + 1) * daysPerYear - 2) * minutesPerDay;
  const youngest = midnight(on) - Math.ceil(ages[0] * daysPerYear + 2) * minutesPerDay;
  const birthDay = oldest + random.between(0, (youngest - oldest) / minutesPerDay) * minutesPerDay;
  const birth = stamp(birthDay);
  const age = Math.floor((on - birthDay) / minutesPerDay / daysPerYear);
  const stage = stageOf(age, random);
  const ward = random.pick(setting.wards);
  const district = random.pick(setting.districts);
  const place = random.perMille(500)
    ? `${random.between(1, 299)} ${random.pick(people.streets)}`
    : random.pick(people.hamlets);
  const farmer = stage === 'adult' && random.perMille(500);
  return {
    name: personName(random, setting, sex),
    sex,
    birth,
    citizenId: age < 1 ? '' : citizenId(random, birth, sex),
    insuranceNumber: insuranceNumber(random),
    stage,
    ethnicity: random.weighted(people.ethnicities, ([, share]) => share)[0],
    occupation: random.pick(people.occupations[stage === 'worker' ? 'worker' : farmer ? 'farmer' : 'none']),
    address: `${place}, ${ward.name}, ${setting.provinceName}`,
    ward: ward.code,
    district: setting.hasDistricts ? district : '',
    phone: `0990000${number(random, 3)}`,
    employer: random.pick(people.employers),
  };
}

/** A card of the person's object group, valid in the calendar year of `on`. */
export function createCard(
  random: Random,
  setting: Setting,
  person: Person,
  on: Minute,
  registeredAt: string,
): Card {
  const [object, level] = random.weighted(
    setting.vocabulary.people.cardObjects[person.stage],
    ([, , share]) => share,
  );
  const year = day(on).slice(0, 4);
  return {
    number: `${object}${level}${setting.province}${person.insuranceNumber}`,
    registeredAt,
    from: `${year}0101`,
    to: `${year}1231`,
    object,
    level,
  };
}

/** The card a facility makes for a newborn: TE1, and the province with 000 as the place of registration. */
export function createTemporaryCard(setting: Setting, person: Person): Card {
  const birthDay = person.birth.slice(0, 8);
  return {
    number: `TE1${setting.province}${person.insuranceNumber}`,
    registeredAt: `${setting.province}000`,
    from: birthDay,
    to: day(dayStart(birthDay) + 72 * 30 * minutesPerDay),
    object: 'TE',
    level: 1,
  };
}
