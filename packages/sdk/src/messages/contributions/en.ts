/** Sentences about contributions: errors with their hints, and problems of a roster. */
export const en = {
  ERR_MONTH_INVALID: '{month} is not a month.',
  ERR_MONTH_INVALID_HINT: 'Write yyyy-MM, such as 2026-07.',
  ERR_NO_LAW_FOR_MONTH: 'There is no value of {parameter} for {month}.',
  ERR_NO_LAW_FOR_MONTH_HINT:
    'The parameters begin in 2018-01; bhxh specs explain {parameter} shows the dates.',
  ERR_AMOUNT_INVALID: '{value} is not an amount in whole đồng.',
  ERR_AMOUNT_INVALID_HINT: 'Give a whole number from 0 to 1,000,000,000,000 without separators.',
  ERR_INCOME_OUT_OF_RANGE: 'The income {value} is outside {least} to {most} đồng a month.',
  ERR_INCOME_OUT_OF_RANGE_HINT:
    'Choose an income from the rural poverty line to twenty times the reference level.',
  ERR_INTEREST_RATE_UNKNOWN:
    'The interest rate of {month} was not published in a source known to this toolkit.',
  ERR_INTEREST_RATE_UNKNOWN_HINT:
    'Before July 2025 interest follows the yearly notice of Vietnam Social Security; take it from line B.5.2 of the C12.',
  ERR_INTEREST_RULE_MONTHLY: 'From {from} on interest counts by day.',
  ERR_INTEREST_RULE_MONTHLY_HINT: 'Give the first and the last day that are late.',
  ERR_DAY_INVALID: '{day} is not a day, or the last day is before the first.',
  ERR_DAY_INVALID_HINT: 'Write yyyy-MM-dd.',
  ERR_ROSTER_COLUMN: 'The roster {path} has no column {column}.',
  ERR_ROSTER_COLUMN_HINT:
    'Columns: key, name, salary, region, scheme, absence, reduced; key and salary are needed.',
  ERR_ROSTER_UNREADABLE: '{path} cannot be read as a roster.',
  ERR_ROSTER_UNREADABLE_HINT: 'Give a CSV, XLSX or JSON file with one row a person, in UTF-8.',
  ROSTER_SALARY: 'The salary is not an amount in whole đồng.',
  ROSTER_REGION: 'The region is not 1, 2, 3 or 4.',
  ROSTER_SCHEME: 'The scheme is not enterprise, state or foreign.',
  ROSTER_ABSENCE: 'The absence is not unpaid, sickness or maternity.',
  ROSTER_KEY: 'The row has no key.',
  ROSTER_KEY_TWICE: 'The key stands in an earlier row already.',
  ROSTER_FLAG: 'The column reduced takes yes or no.',
} as const;

export type ContributionSentenceCode = keyof typeof en;
