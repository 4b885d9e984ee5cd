/** Sentences of the bank side: errors with their hints, and problems of messages. */
export const en = {
  ERR_RAIL_UNKNOWN: 'There is no rail {rail}.',
  ERR_RAIL_UNKNOWN_HINT: 'Known: {known}',
  ERR_REMITTANCE_FIELD: 'The field {field} cannot stand in a remittance text.',
  ERR_REMITTANCE_FIELD_HINT:
    'The unit code takes capital letters and digits, the office code five digits, the description no plus sign.',
  ERR_REMITTANCE_TOO_LONG: 'The remittance text has {length} characters; {rail} carries {limit}.',
  ERR_REMITTANCE_TOO_LONG_HINT: 'Shorten the description, or carry the text on another rail.',
  ERR_QR_FIELD: 'The field {field} cannot stand in a payment code.',
  ERR_QR_FIELD_HINT:
    'The bank takes six digits, the account 6 to 19 capital letters and digits, the amount whole đồng.',
  ERR_QR_PURPOSE_TOO_LONG:
    'The purpose has {length} characters; a payment code carries {limit}, so the official text does not fit.',
  ERR_QR_PURPOSE_TOO_LONG_HINT:
    'Leave the text out and show it beside the code, or ask for the short form with --form short (its acceptance is not known).',
  ERR_CSV_ENCODING: 'The CSV is not UTF-8.',
  ERR_CSV_ENCODING_HINT: 'In Excel choose "CSV UTF-8 (Comma delimited)" when saving.',
  ERR_CSV_QUOTE: 'A quotation mark in the CSV opens and never closes.',
  ERR_CSV_QUOTE_HINT: 'Look for a quotation mark without its partner near the end of the file.',
  ERR_CSV_COLUMN: 'The CSV has no column {column}.',
  ERR_CSV_COLUMN_HINT: 'Columns found: {known}',
  ERR_AMOUNT_NOT_WHOLE: 'An amount must be whole đồng, not negative.',
  ERR_AMOUNT_NOT_WHOLE_HINT: 'Đồng have no fraction; the direction says credit or debit.',
  ERR_AMOUNT_OVERFLOW: 'A sum is too large to be exact.',
  ERR_AMOUNT_OVERFLOW_HINT: 'Split the batch; sums are exact up to 9,007,199,254,740,991 đồng.',
  ERR_MESSAGE_FIELD: 'The message cannot carry {path}: it is missing, unknown, too long or of another kind.',
  ERR_MESSAGE_FIELD_HINT: 'See the profile in specs/payments/messages.',
  ERR_MT940: 'The MT940 statement cannot be read at tag {tag}.',
  ERR_MT940_HINT: 'Ask the bank for the statement again, or for camt.053.',
  ERR_LEDGER_UNBALANCED: 'The journal entry {entry} does not balance.',
  ERR_LEDGER_UNBALANCED_HINT: 'Each posting has one side, and debits equal credits.',
  ERR_LEDGER_CONFLICT: 'The journal holds {entry} already, with other content.',
  ERR_LEDGER_CONFLICT_HINT: 'Entries are never changed; post the mirror and a new entry.',
  ERR_LEDGER_REVERSAL:
    'The journal entry {entry} cannot be reversed: it is not there, or is reversed already.',
  ERR_LEDGER_REVERSAL_HINT: 'Look the entry up with the explanation of its account.',
  MESSAGE_UNKNOWN: 'This bank message has no profile here.',
  MESSAGE_VERSION: 'This version of the bank message is not read.',
  MESSAGE_ROOT: 'The message holds nothing at {path}.',
  ELEMENT_MISSING: '{path} is missing.',
  ELEMENT_REPEATED: '{path} may stand only once.',
  TEXT_EMPTY: '{path} is empty.',
  TEXT_LENGTH: '{path} is too long.',
  DATE_FORMAT: '{path} is not a date of the calendar.',
  FLAG_FORMAT: '{path} must be true or false.',
  COUNT_FORMAT: '{path} must be a whole number.',
  AMOUNT_FORMAT: '{path} is not an amount; signs are said by the indicator.',
  AMOUNT_FRACTION: '{path} has a fraction; đồng have none.',
  AMOUNT_RANGE: '{path} is too large to be exact.',
  CURRENCY_NOT_VND: '{path} is not in đồng (VND).',
} as const;

export type PaymentSentenceCode = keyof typeof en;
