import type { Sentences } from '../sentences.ts';

const dong = (text: string | undefined): string => `${text ?? ''} đồng`;
const askSource = 'Correct the value in the source system and export again';

/** Sentences of the rule mechanisms. */
export const checkSentences: Sentences = {
  DATE_ORDER: ({ earlierField, earlier, laterField, later }) => ({
    message: `${laterField} (${later}) is before ${earlierField} (${earlier})`,
    hint: 'Correct whichever of the two dates was recorded wrongly',
  }),
  DATE_GAP: ({ startField, start, endField, end, days, most }) => ({
    message: `From ${startField} (${start}) to ${endField} (${end}) are ${days} days; the limit is ${most}`,
    hint: 'Check both dates; results that come later are entered on the portal within 60 days',
  }),
  DAY_COUNT: ({ field, value, expected, start, end }) => ({
    message: `${field} is ${value}; from ${start} to ${end} are ${expected} days`,
    hint: 'Count the days again from the two dates',
  }),
  DAYS_ABOVE_SPAN: ({ field, value, most, start, end }) => ({
    message: `${field} is ${value}, more than the ${most} days from ${start} to ${end}`,
    hint: 'Correct the number of days or the dates of the batch',
  }),
  OTHER_YEAR: ({ field, value, otherField, other }) => ({
    message: `${field} (${value}) lies in another year than ${otherField} (${other})`,
    hint: 'Exemption from co-payment counts within one calendar year',
  }),
  OTHER_DAY: ({ field, value, otherField, other }) => ({
    message: `${field} (${value}) is not the day of ${otherField} (${other})`,
    hint: askSource,
  }),
  OUTSIDE_STAY: ({ field, value, from, to }) => ({
    message: `${field} (${value}) lies outside the stay from ${from} to ${to}`,
    hint: 'Correct the time, or NGAY_VAO and NGAY_RA of XML1',
  }),
  REVISIT_DAY: ({ value, end }) => ({
    message: `NGAY_TAI_KHAM holds ${value}, which is no day (yyyyMMdd) after the end of the visit (${end})`,
    hint: 'List re-visit days as yyyyMMdd, joined with ";"',
  }),
  REVISIT_NOT_LISTED: ({ value, appointed }) => ({
    message: `NGAY_TAI_KHAM (${value}) does not list the day of the appointment paper XML14 (${appointed})`,
    hint: 'Make NGAY_TAI_KHAM and XML14.NGAY_HEN_KL agree',
  }),
  TREATMENT_DAYS: ({ value, expected, visit, from, to }) => ({
    message: `SO_NGAY_DTRI is ${value}; for MA_LOAI_KCB ${visit} from ${from} to ${to} it is ${expected}`,
    hint: 'Visits 01, 07, 09 count 0; 02, 03, 04, 06 count calendar days with both ends',
  }),
  STAY_LENGTH: ({ visit, minutes, bound }) => ({
    message: `The stay lasted ${minutes} minutes, which does not fit MA_LOAI_KCB ${visit} (limit ${bound} minutes)`,
    hint: 'An inpatient stay under 4 hours is MA_LOAI_KCB 09, a longer one 03',
  }),
  SETTLEMENT_MONTH: ({ value, least }) => ({
    message: `The settlement period ${value} is not a month from ${least} on`,
    hint: 'NAM_QT and THANG_QT name the month of NGAY_RA or a later one',
  }),
  SERVICE_DURATION: ({ minutes, least, most }) => ({
    message: `The service took ${minutes} minutes; between ${least} and ${most} are plausible`,
    hint: 'Check NGAY_TH_YL and NGAY_KQ',
  }),
  SERVICE_OVERLAP: ({ field, value, otherRow }) => ({
    message: `The service overlaps that of row ${otherRow}, with the same ${field} (${value})`,
    hint: 'One performer or device serves one service at a time: check times and names',
  }),
  SERVICE_RATIO: ({ value, expected }) => ({
    message: `TYLE_TT_DV is ${value}; expected ${expected}`,
    hint: 'Exams of a day count 100, 30, 30, 30, 10, 0; shared beds 50 or 33; further operations 50 or 80',
  }),
  AMOUNT_MISMATCH: ({ field, value, expected, formula }) => ({
    message: `${field} is ${dong(value)}; ${formula} gives ${dong(expected)}`,
    hint: 'Compute the amount again with decimals, rounded half up to two places',
  }),
  COST_SHARES: ({ field, value, expected }) => ({
    message: `${field} is ${dong(value)}; expected ${dong(expected)}`,
    hint: 'T_BHTT = THANH_TIEN_BH × MUC_HUONG/100, T_BNCCT is the rest of THANH_TIEN_BH, T_BNTT = THANH_TIEN_BV − THANH_TIEN_BH',
  }),
  COST_SHARES_PATIENT: ({ field, value, expected }) => ({
    message: `${field} is ${dong(value)}; with the support of other sources expected ${dong(expected)}`,
    hint: 'Take T_NGUONKHAC from T_BNTT first, then from T_BNCCT, then from T_BHTT',
  }),
  COST_SHARES_FACILITY: ({ field, value, expected }) => ({
    message: `${field} is ${dong(value)}; after the support of the facility expected ${dong(expected)}`,
    hint: 'Take T_NGUONKHAC from the cost first and divide the rest as usual',
  }),
  SUPPORTED_COPAYMENT: ({ value, expected }) => ({
    message: `T_NGUONKHAC of an ARV drug is ${dong(value)}; the co-payment is ${dong(expected)}`,
    hint: 'For ARV drugs paid by the fund other sources give the co-payment',
  }),
  BALANCE_BROKEN: ({ field, value, sum, formula }) => ({
    message: `${field} is ${dong(value)}, but ${formula} is ${dong(sum)}`,
    hint: 'The four shares make up the whole cost: check which of them is wrong',
  }),
  TOTAL_MISMATCH: ({ field, value, sum, difference }) => ({
    message: `${field} is ${dong(value)}; its lines add up to ${dong(sum)} (difference ${dong(difference)})`,
    hint: 'Add the lines again with decimals',
  }),
  FUND_SHARE_BY_LINES: ({ value, expected, formula }) => ({
    message: `T_BHTT is ${dong(value)}, the sum of its lines; ${formula} gives ${dong(expected)}`,
    hint: 'Accepted where other sources pay part of the insured cost; the official wording is T_TONGCHI_BH − T_BNCCT',
  }),
  MONTHLY_SUMMARY: ({ line, column, value, sum, formula }) => ({
    message: `Line ${line} of 01/BH: column ${column} is ${dong(value)}; columns ${formula} add up to ${dong(sum)}`,
    hint: 'Correct the monthly summary before sending it',
  }),
  OUT_OF_RANGE: ({ field, value, least, most }) => ({
    message: `${field} is ${value}; allowed from ${least} to ${most}`,
    hint: askSource,
  }),
  DECIMAL_PLACES: ({ field, value, places }) => ({
    message: `${field} is ${value}; at most ${places} decimal places are allowed`,
    hint: 'Round half up before exporting',
  }),
  ABOVE_BOUND: ({ field, value, boundField, bound }) => ({
    message: `${field} (${value}) is above ${boundField} (${bound})`,
    hint: askSource,
  }),
  NOT_BELOW: ({ field, value, boundField, bound }) => ({
    message: `${field} (${value}) is not below ${boundField} (${bound})`,
    hint: askSource,
  }),
  COLUMNS_DIFFER: ({ field, value, otherField, other }) => ({
    message: `${field} (${value}) differs from ${otherField} (${other})`,
    hint: askSource,
  }),
  NOT_ZERO: ({ field, value, condition }) => ({
    message: `${field} is ${value}; it must be 0 where ${condition}`,
    hint: askSource,
  }),
  QUANTITY_LIMIT: ({ field, rows, sum, boundField, bound }) => ({
    message: `${field} of the rows with ${rows} adds up to ${sum}, more than ${boundField} (${bound})`,
    hint: 'Check the quantities, or the days of treatment',
  }),
  PATTERN: ({ field, value, shape }) => ({
    message: `${field} is "${value}", which has not the form ${shape}`,
    hint: askSource,
  }),
  VALUE_NOT_ALLOWED: ({ field, value, allowed }) => ({
    message: `${field} is "${value}"; allowed: ${allowed}`,
    hint: askSource,
  }),
  REQUIRED_WHEN: ({ field, condition }) => ({
    message: `${field} is empty; it is required where ${condition}`,
    hint: 'Fill in the field',
  }),
  REQUIRED_WITH_MATCH: ({ field, keyField, value, table }) => ({
    message: `${field} is empty; it is expected since ${keyField} "${value}" stands in ${table}`,
    hint: 'Fill in the field',
  }),
  EMPTY_WHEN: ({ field, value, condition }) => ({
    message: `${field} is "${value}"; it must be empty where ${condition}`,
    hint: 'Leave the field empty',
  }),
  ALL_OR_NONE: ({ fields }) => ({
    message: `Only some of ${fields} have a value`,
    hint: 'Fill in all of them or none',
  }),
  NONE_OF: ({ fields }) => ({
    message: `None of ${fields} has a value`,
    hint: 'Fill in one of them',
  }),
  TOO_MANY_OF: ({ fields, count }) => ({
    message: `${count} of ${fields} have a value; one is allowed`,
    hint: 'Keep one of them',
  }),
  FK_MISSING: ({ field, value, summary }) => ({
    message: `${field} "${value}" is not that of XML1 ("${summary}")`,
    hint: 'All tables of one HOSO carry the MA_LK of its XML1',
  }),
  DIFFERS_FROM_SUMMARY: ({ field, value, summaryField, summary }) => ({
    message: `${field} ("${value}") differs from ${summaryField} ("${summary}")`,
    hint: 'Repeat the value of XML1 exactly, or leave the field empty',
  }),
  DUPLICATE_KEY: ({ value }) => ({
    message: `MA_LK "${value}" was used by another claim already`,
    hint: 'Each episode has a MA_LK of its own; a correction is sent as a file of its own',
  }),
  SEQUENCE: ({ field, value, expected }) => ({
    message: `${field} is ${value}; expected ${expected}`,
    hint: 'Number the rows of each table 1, 2, 3 …',
  }),
  LIST_COUNT_MISMATCH: ({ field, count, leadField, leadCount }) => ({
    message: `${field} has ${count} parts, ${leadField} has ${leadCount}`,
    hint: 'Give one part for each card, joined with ";"',
  }),
  LIST_TOO_LONG: ({ field, count, most }) => ({
    message: `${field} has ${count} parts; at most ${most} are allowed`,
    hint: askSource,
  }),
  LIST_REPEATS: ({ field, value, otherField }) => ({
    message: `${field} repeats "${value}" of ${otherField}`,
    hint: 'Remove the repeated code',
  }),
  LIST_DIFFERS_FROM_ROWS: ({ field, value, table, column, rows }) => ({
    message: `${field} is "${value}"; ${table}.${column} says "${rows}"`,
    hint: 'Make both tables agree',
  }),
  NOT_LISTED: ({ field, value, listField, list }) => ({
    message: `${field} (${value}) is not in ${listField} (${list})`,
    hint: 'Check the patient class, or the place of registration',
  }),
  LISTED: ({ field, value, listField, list }) => ({
    message: `${field} (${value}) is in ${listField} (${list}), which does not fit the patient class`,
    hint: 'A patient registered here has class 1.1 or 1.2',
  }),
  NO_MATCHING_ROW: ({ field, value, table, otherField }) => ({
    message: `${field} "${value}" stands in no row of ${table} (${otherField})`,
    hint: 'Add the missing row or correct the code',
  }),
  TABLE_REQUIRED: ({ table, condition }) => ({
    message: `${table} is missing; it is required where ${condition}`,
    hint: `Add ${table} to the claim`,
  }),
  TABLE_UNEXPECTED: ({ table, condition }) => ({
    message: `${table} does not belong in this claim${condition === '' ? '' : ` (${condition})`}`,
    hint: `Remove ${table}, or correct the field it depends on`,
  }),
  TOO_MANY_ROWS: ({ table, rows, count, bound, condition }) => ({
    message: `${table} has ${count} rows${rows === '' ? '' : ` with ${rows}`}; at most ${bound}${condition === '' ? '' : ` where ${condition}`}`,
    hint: 'Remove the surplus rows, or correct the field they depend on',
  }),
  TOO_FEW_ROWS: ({ table, rows, count, bound }) => ({
    message: `${table} has ${count} rows${rows === '' ? '' : ` with ${rows}`}; ${bound} are expected`,
    hint: 'Add the missing rows',
  }),
  PHRASE_MISSING: ({ field, phrases }) => ({
    message: `${field} contains none of: ${phrases}`,
    hint: 'Write the phrase into the field',
  }),
  BHYT_LENGTH: ({ field, value, length }) => ({
    message: `${field} "${value}" has ${length} characters; a card has 15`,
    hint: 'Look the card up by the 10-digit number or the citizen id to get the 15 characters',
  }),
  BHYT_SHAPE: ({ field, value }) => ({
    message: `${field} "${value}" is no card number: two letters, a level from 1 to 5, two digits of the province, ten digits`,
    hint: 'Compare with the card, or look it up',
  }),
  OBJECT_UNKNOWN: ({ object }) => ({
    message: `The object code ${object} of the card is not in the list`,
    hint: 'New codes appear by decision; look the card up if in doubt',
  }),
  OBJECT_LEVEL: ({ object, value, expected }) => ({
    message: `A card of object ${object} has level ${expected}, the number says ${value}`,
    hint: 'Look the card up',
  }),
  FACILITY_CODE: ({ field, value }) => ({
    message: `${field} "${value}" is no facility code of five digits`,
    hint: askSource,
  }),
  TEMPORARY_CARD_PROVINCE: ({ value, expected }) => ({
    message: `MA_DKBD ${value} does not belong to the province of its card; expected ${expected}`,
    hint: 'A temporary card has its province and 000',
  }),
  CARD_NOT_VALID: ({ value, from, to }) => ({
    message: `On arrival (${value}) no card is valid (from ${from} to ${to})`,
    hint: 'Look the card up on the day of arrival; a new card may have been issued',
  }),
  CARD_EXPIRED_IN_STAY: ({ value, to, grace }) => ({
    message: `The stay ends (${value}) more than ${grace} days after the card (${to})`,
    hint: 'Ask for the new card, or end the insured part of the stay',
  }),
  BIRTH_DATE: ({ value }) => ({
    message: `NGAY_SINH "${value}" is no date of 12 digits`,
    hint: 'Write yyyyMMddHHmm; unknown parts are 0000',
  }),
  BIRTH_TIME: ({ value, days, most }) => ({
    message: `NGAY_SINH "${value}" has no time; the child is ${days} days old, up to ${most} days the time is needed`,
    hint: 'Write hour and minute of birth',
  }),
  CITIZEN_ID_SEX: ({ value, expected }) => ({
    message: `GIOI_TINH is ${value}; the citizen id says ${expected}`,
    hint: 'Compare with the citizen id card',
  }),
  CITIZEN_ID_YEAR: ({ value, expected }) => ({
    message: `The year of birth is ${value}; the citizen id says ${expected}`,
    hint: 'Compare with the citizen id card',
  }),
  UNIT_UNKNOWN: ({ field, value, date }) => ({
    message: `${field} "${value}" does not exist on ${date}`,
    hint: 'Choose the code from the list of administrative units',
  }),
  UNIT_CLOSED: ({ field, value, date, successor }) => ({
    message: `${field} "${value}" was in force no longer on ${date}`,
    hint: successor === undefined || successor === '' ? 'Choose the current code' : `It became ${successor}`,
  }),
  WARD_DIVIDED: ({ field, value, date, candidates }) => ({
    message: `${field} "${value}" was divided before ${date}`,
    hint: `Ask the patient; the candidates are ${candidates}`,
  }),
  WARD_OTHER_PROVINCE: ({ field, value, province, expected }) => ({
    message: `${field} "${value}" belongs to province ${expected}, not to ${province}`,
    hint: 'Correct the province or the commune',
  }),
  DISTRICT_OTHER_PROVINCE: ({ field, value, province }) => ({
    message: `${field} "${value}" does not belong to province ${province}`,
    hint: 'Correct the province or the district',
  }),
  BENEFIT_LEVEL: ({ value, expected, amount }) => ({
    message: `MUC_HUONG is ${value}; the card and its route give ${expected} (fund share ${dong(amount)})`,
    hint: 'Check the card level, the patient class and whether the visit is paid in full',
  }),
  BENEFIT_LEVEL_CHANGED: ({ value, expected, amount, object, printed, level, from }) => ({
    message: `MUC_HUONG is ${value}; cards of object ${object} count as level ${level} from ${from}, although ${printed} is printed: expected ${expected} (fund share ${dong(amount)})`,
    hint: 'Pay by the level of the date, not by the printed digit',
  }),
  BENEFIT_LEVELS_DIFFER: ({ value, other }) => ({
    message: `MUC_HUONG is ${value} here and ${other} on another line of the same card`,
    hint: 'Use one level for one card, or show why it changed within the stay',
  }),
  FULL_BELOW_THRESHOLD: ({ value, total, threshold }) => ({
    message: `MUC_HUONG is ${value}; a visit of ${dong(total)} is below ${dong(threshold)} and is paid in full`,
    hint: 'Set MUC_HUONG to 100',
  }),
  FULL_WHEN_EXEMPT: ({ value }) => ({
    message: `MUC_HUONG is ${value}; the patient is exempt from co-payment (NGAY_MIEN_CCT)`,
    hint: 'Set MUC_HUONG to 100, or correct NGAY_MIEN_CCT',
  }),
  CATALOGUE_MISSING: ({ field, value, catalogue }) => ({
    message: `${field} "${value}" is not in catalogue ${catalogue}`,
    hint: 'Send the item with the catalogue and wait until it is accepted',
  }),
  PRICE_ABOVE_CATALOGUE: ({ field, value, approved, catalogue }) => ({
    message: `${field} is ${dong(value)}, above the ${dong(approved)} of catalogue ${catalogue}`,
    hint: 'Use the price in force on the day of the order',
  }),
  DISEASE_FLAG: ({ value, column, meaning }) => ({
    message: `The code ${value} is marked in column ${column} of the list: ${meaning}`,
    hint: 'Choose another main disease',
  }),
  CHECK_IN_MISSING: ({ value }) => ({
    message: `No check-in was sent for this visit (class ${value})`,
    hint: 'Send the check-in right after the first cost of a visit',
  }),
  CLASS_NOT_FIRST: ({ value, expected }) => ({
    message: `MA_DOITUONG_KCB is ${value}; the first class that fits is ${expected}`,
    hint: 'Decide the class at the end of the episode, from the top of the list',
  }),
  ACCESS_RIGHT: ({ table, right }) => ({
    message: `${table} is protected data; the account has not the right "${right}"`,
    hint: 'Let an account with this right send the claim',
  }),
  ERR_FACTS: ({ path }) => ({
    message: `The outside facts have another shape at ${path}`,
    hint: 'Give a JSON object with accountFacility, catalogues, checkedIn, eligibleClasses, monthlySummary, rights',
  }),
};
