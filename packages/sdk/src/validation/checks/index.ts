/** Every mechanism that rules may name, by its word; the ones the engine decides while reading are in `steps/native-checks.ts`. */
import type { Check } from './check.ts';
import { administrativeUnit } from './administrative-unit.ts';
import { allowedValues } from './allowed-values.ts';
import { atMost } from './at-most.ts';
import { balance, summaryBalance } from './balance.ts';
import { benefitLevel, fullBenefit, oneBenefitLevel } from './benefit-level.ts';
import { birthDate } from './birth-date.ts';
import { cardNumbers } from './card-numbers.ts';
import { cardValidity } from './card-validity.ts';
import { catalogueItem } from './catalogue-item.ts';
import { citizenId } from './citizen-id.ts';
import { costShares } from './cost-shares.ts';
import { dateGap } from './date-gap.ts';
import { dateOrder } from './date-order.ts';
import { daysAtMost } from './days-at-most.ts';
import { departmentCodes } from './department-codes.ts';
import { diseaseCode } from './disease-code.ts';
import { emptyWhen } from './empty-when.ts';
import { equalColumns } from './equal-columns.ts';
import { formula } from './formula.ts';
import { fundShareTotal } from './fund-share-total.ts';
import { listCount } from './list-count.ts';
import { listLimits } from './list-limits.ts';
import { listMembership } from './list-membership.ts';
import { listOfRows } from './list-of-rows.ts';
import { matchingRow } from './matching-row.ts';
import { monthlySummary } from './monthly-summary.ts';
import { numberRange } from './number-range.ts';
import { accessRight, checkInSent, firstEligibleClass } from './outside-facts.ts';
import { pattern } from './pattern.ts';
import { quantityLimit } from './quantity-limit.ts';
import { registeredFacility } from './registered-facility.ts';
import { requiredWhen } from './required-when.ts';
import { revisitDays } from './revisit-days.ts';
import { rowCount } from './row-count.ts';
import { sameAsSummary } from './same-as-summary.ts';
import { sameDay } from './same-day.ts';
import { sameYear } from './same-year.ts';
import { sequence } from './sequence.ts';
import { serviceRatio } from './service-ratio.ts';
import { serviceTimes } from './service-times.ts';
import { settlementMonth } from './settlement-month.ts';
import { someOf } from './some-of.ts';
import { stayLength } from './stay-length.ts';
import { supportedCopayment } from './supported-copayment.ts';
import { tablePresence } from './table-presence.ts';
import { textContains } from './text-contains.ts';
import { totalOfRows } from './total-of-rows.ts';
import { treatmentDays } from './treatment-days.ts';
import { uniqueClaims } from './unique-claims.ts';
import { withinStay } from './within-stay.ts';
import { zeroWhen } from './zero-when.ts';

export const checks: ReadonlyMap<string, Check> = new Map(
  [
    accessRight,
    administrativeUnit,
    allowedValues,
    atMost,
    balance,
    benefitLevel,
    birthDate,
    cardNumbers,
    cardValidity,
    catalogueItem,
    checkInSent,
    citizenId,
    costShares,
    dateGap,
    dateOrder,
    daysAtMost,
    departmentCodes,
    diseaseCode,
    emptyWhen,
    equalColumns,
    firstEligibleClass,
    formula,
    fullBenefit,
    fundShareTotal,
    listCount,
    listLimits,
    listMembership,
    listOfRows,
    matchingRow,
    monthlySummary,
    numberRange,
    oneBenefitLevel,
    pattern,
    quantityLimit,
    registeredFacility,
    requiredWhen,
    revisitDays,
    rowCount,
    sameAsSummary,
    sameDay,
    sameYear,
    sequence,
    serviceRatio,
    serviceTimes,
    settlementMonth,
    someOf,
    stayLength,
    summaryBalance,
    supportedCopayment,
    tablePresence,
    textContains,
    totalOfRows,
    treatmentDays,
    uniqueClaims,
    withinStay,
    zeroWhen,
  ].map((check) => [check.name, check]),
);
