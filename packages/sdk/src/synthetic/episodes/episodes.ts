import type { Draft, EpisodeKind } from '../draft.ts';
import { delivery, miscarriage, newborn } from './birth.ts';
import { emergency, referral } from './emergency.ts';
import {
  chronicDrugs,
  chronicServices,
  drugPickup,
  hiv,
  outpatient,
  pregnancyRest,
  primaryCare,
  referred,
  selfReferred,
  tuberculosis,
  uninsured,
} from './outpatient.ts';
import type { EpisodeRequest } from './request.ts';
import {
  child,
  dayTreatment,
  inpatient,
  inpatientOffRoute,
  multiCard,
  outpatientTreatment,
  shortStay,
} from './stay.ts';

interface Episode {
  readonly make: (request: EpisodeRequest) => Draft;
  /** Share in a thousand claims. */
  readonly share: number;
}

/** Every kind of episode and how often it occurs. */
export const episodes: Readonly<Record<EpisodeKind, Episode>> = {
  outpatient: { make: outpatient, share: 330 },
  referred: { make: referred, share: 60 },
  'self-referred': { make: selfReferred, share: 40 },
  'primary-care': { make: primaryCare, share: 40 },
  'chronic-drugs': { make: chronicDrugs, share: 50 },
  'chronic-services': { make: chronicServices, share: 50 },
  'drug-pickup': { make: drugPickup, share: 20 },
  inpatient: { make: inpatient, share: 150 },
  'inpatient-off-route': { make: inpatientOffRoute, share: 20 },
  child: { make: child, share: 40 },
  'multi-card': { make: multiCard, share: 20 },
  'short-stay': { make: shortStay, share: 15 },
  'day-treatment': { make: dayTreatment, share: 30 },
  'outpatient-treatment': { make: outpatientTreatment, share: 20 },
  emergency: { make: emergency, share: 35 },
  referral: { make: referral, share: 15 },
  delivery: { make: delivery, share: 20 },
  newborn: { make: newborn, share: 15 },
  'pregnancy-rest': { make: pregnancyRest, share: 8 },
  miscarriage: { make: miscarriage, share: 5 },
  tuberculosis: { make: tuberculosis, share: 6 },
  hiv: { make: hiv, share: 6 },
  uninsured: { make: uninsured, share: 5 },
};
