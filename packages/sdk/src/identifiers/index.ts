export {
  parseAgencyCode,
  parseDossierNumber,
  parseHouseholdCode,
  parseUnitCode,
} from './administrative-numbers.ts';
export type { AgencyCode, DossierNumber } from './administrative-numbers.ts';
export { parseCard, parseCard15 } from './card.ts';
export type { Card, Card15 } from './card.ts';
export { compareCitizenId, parseCitizenId } from './citizen-id.ts';
export type { CitizenId, CitizenIdOptions } from './citizen-id.ts';
export { parseFacilityCode } from './facility-code.ts';
export type { FacilityCode } from './facility-code.ts';
export { readIdentityCode } from './identity-code.ts';
export type { IdentityCodeProblem, IdentityCodeReading } from './identity-code.ts';
export type { Outcome } from './outcome.ts';
export { parsePhone } from './phone.ts';
export type { Phone } from './phone.ts';
export { parseSocialInsuranceNumber } from './social-insurance-number.ts';
export { parseTaxCode, taxCodeCheckDigit } from './tax-code.ts';
export type { TaxCode } from './tax-code.ts';
