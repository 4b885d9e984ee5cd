import { noDistrict, provinceOnDate } from './address-checks.ts';
import type { DossierCheck } from './check.ts';
import {
  declaredCount,
  fileCount,
  fileKind,
  formsOfProcedure,
  procedureKnown,
  totalBytes,
} from './envelope-checks.ts';
import { codeValues, fieldFormat, maxLength, requiredFields, taxCode } from './field-checks.ts';
import {
  decisionOfPlan,
  endNotFuture,
  lateDecrease,
  planNeeds,
  planOfForm,
  wageMode,
  wageOfPlan,
} from './plan-checks.ts';
import {
  companionForm,
  contractLength,
  dateOrder,
  householdAppendix,
  monthOrder,
  oneContract,
  uniqueIdentity,
} from './row-checks.ts';

/** The mechanisms by the names that specs/declarations/rules use. */
export const dossierChecks: ReadonlyMap<string, DossierCheck> = new Map([
  ['required-fields', requiredFields],
  ['max-length', maxLength],
  ['field-format', fieldFormat],
  ['code-values', codeValues],
  ['tax-code', taxCode],
  ['plan-of-form', planOfForm],
  ['plan-needs', planNeeds],
  ['wage-of-plan', wageOfPlan],
  ['wage-mode', wageMode],
  ['end-not-future', endNotFuture],
  ['decision-of-plan', decisionOfPlan],
  ['late-decrease', lateDecrease],
  ['month-order', monthOrder],
  ['date-order', dateOrder],
  ['unique-identity', uniqueIdentity],
  ['one-contract', oneContract],
  ['contract-length', contractLength],
  ['companion-form', companionForm],
  ['household-appendix', householdAppendix],
  ['no-district', noDistrict],
  ['province-on-date', provinceOnDate],
  ['file-count', fileCount],
  ['total-bytes', totalBytes],
  ['file-kind', fileKind],
  ['procedure-known', procedureKnown],
  ['forms-of-procedure', formsOfProcedure],
  ['declared-count', declaredCount],
]);
