/** Sentences of the bank side: errors with their hints. */
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
} as const;

export type PaymentSentenceCode = keyof typeof en;
