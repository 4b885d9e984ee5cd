import type { Specifications } from '../specifications/index.ts';

/** Words of one sex. */
export interface NameParts {
  readonly middleNames: readonly string[];
  readonly givenNames: readonly string[];
}

/** `specs/synthetic/people.yaml`. */
export interface PeopleVocabulary {
  readonly familyNames: readonly string[];
  readonly male: NameParts;
  readonly female: NameParts;
  readonly streets: readonly string[];
  readonly hamlets: readonly string[];
  readonly employers: readonly string[];
  readonly idIssuers: readonly string[];
  readonly occupations: Readonly<Record<'worker' | 'farmer' | 'none', readonly string[]>>;
  readonly ethnicities: readonly (readonly [string, number])[];
  readonly cardObjects: Readonly<Record<LifeStage, readonly (readonly [string, number, number])[]>>;
}

export type LifeStage = 'worker' | 'adult' | 'senior' | 'pupil' | 'child';

export interface Practitioner {
  readonly name: string;
  readonly licence: string;
}

/** `specs/synthetic/facilities.yaml`. */
export interface FacilityVocabulary {
  readonly hospital: string;
  readonly commune: string;
  readonly higher: string;
  readonly others: readonly string[];
  readonly director: Practitioner & { readonly insuranceNumber: string };
  readonly doctors: readonly Practitioner[];
  readonly performers: Readonly<
    Record<'imaging' | 'laboratory' | 'function' | 'procedure' | 'surgery' | 'nurse', readonly string[]>
  >;
  readonly midwives: readonly Practitioner[];
}

/** One measured value of a test; `low` and `high` are scaled by `decimals`. */
export interface TestResult {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
  readonly decimals?: number;
  readonly texts?: readonly string[];
}

export interface Service {
  readonly group: number;
  readonly code: string;
  readonly name: string;
  readonly icd9?: string;
  /** VND. */
  readonly price: number;
  readonly minutes: number;
  readonly machine?: string;
  readonly anaesthesia?: number;
  readonly results?: readonly TestResult[];
  readonly finding?: string;
  readonly conclusion?: string;
}

export interface PricedCode {
  readonly code: string;
  readonly name: string;
  readonly price: number;
}

/** `specs/synthetic/services.yaml`. */
export interface ServiceVocabulary {
  readonly exams: Readonly<Record<string, { readonly code: string; readonly name: string }>>;
  readonly examPrice: number;
  readonly units: { readonly time: string; readonly day: string };
  readonly beds: Readonly<Record<string, PricedCode>>;
  readonly dayBed: PricedCode;
  readonly transport: {
    readonly name: string;
    readonly unit: string;
    readonly fuel: string;
    readonly price: number;
  };
  readonly services: Readonly<Record<string, Service>>;
}

export interface Drug {
  readonly group?: number;
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly strength: string;
  readonly route: string;
  readonly form: string;
  readonly registration: string;
  readonly price: string;
  /** TYLE_TT_BH when the fund pays only a part. */
  readonly ratio?: number;
}

export interface Supply {
  readonly code: string;
  readonly name: string;
  readonly unit: string;
  readonly price: string;
  readonly model: string;
  readonly reusable?: boolean;
}

/** `specs/synthetic/drugs.yaml`. */
export interface DrugVocabulary {
  readonly drugs: Readonly<Record<string, Drug>>;
  readonly supplies: Readonly<Record<string, Supply>>;
  readonly tender: {
    readonly decision: string;
    readonly package: string;
    readonly drugGroup: string;
    readonly supplyGroup: string;
  };
}

/** What a patient came with and what is done about it. */
export interface Story {
  readonly code: string;
  readonly name: string;
  readonly complaint: string;
  readonly department: string;
  readonly ages: readonly [number, number];
  readonly sex?: number;
  readonly stay?: readonly [number, number];
  readonly accident?: number;
  /** MA_BENH_YHCT. */
  readonly traditional?: string;
  /** Further diagnoses: code and name. */
  readonly other?: readonly (readonly [string, string])[];
  /** Drug, quantity a day, days or the whole stay. */
  readonly drugs: readonly (readonly [string, number, number | 'stay'])[];
  readonly tests?: readonly string[];
  readonly procedures?: readonly string[];
  readonly surgery?: string;
  readonly supplies?: readonly (readonly [string, number])[];
  /** A consumable paid as a package with its service. */
  readonly package?: string;
  readonly signs?: string;
  readonly plan?: string;
}

export type StoryKind =
  | 'outpatient'
  | 'chronic'
  | 'inpatient'
  | 'child'
  | 'emergency'
  | 'referral'
  | 'delivery'
  | 'newborn'
  | 'pregnancy'
  | 'miscarriage'
  | 'tuberculosis'
  | 'hiv'
  | 'dialysis'
  | 'traditional';

export interface Phrases {
  readonly admission: string;
  readonly treatment: readonly string[];
  readonly surgery: string;
  readonly advice: readonly string[];
  readonly course: readonly string[];
  readonly history: string;
  readonly summary: string;
  readonly dose: string;
  readonly usage: string;
  readonly birthCondition: string;
  readonly caesareanNote: string;
  readonly pretermNote: string;
  readonly bothNote: string;
  readonly noNote: string;
  readonly pregnancyRest: string;
  readonly ambulance: string;
  readonly escortTitle: string;
  readonly transferCondition: string;
  readonly terminationCause: string;
  readonly childOf: string;
}

export interface Vocabulary {
  readonly people: PeopleVocabulary;
  readonly facilities: FacilityVocabulary;
  readonly services: ServiceVocabulary;
  readonly drugs: DrugVocabulary;
  readonly cases: Readonly<Record<StoryKind, readonly Story[]>> & { readonly phrases: Phrases };
}

/** The generator's Vietnamese words, from `specs/synthetic`. */
export function readVocabulary(specifications: Specifications): Vocabulary {
  return {
    people: specifications.synthetic('people') as PeopleVocabulary,
    facilities: specifications.synthetic('facilities') as FacilityVocabulary,
    services: specifications.synthetic('services') as ServiceVocabulary,
    drugs: specifications.synthetic('drugs') as DrugVocabulary,
    cases: specifications.synthetic('cases') as Vocabulary['cases'],
  };
}
