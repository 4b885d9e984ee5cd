/** What a native mechanism may be told by a rule's data. */
export interface NativeCheck {
  readonly name: NativeCheckName;
  /** Codes of the findings it makes. */
  readonly codes: readonly string[];
  /** Arguments it reads; everything else in `with` is a mistake of the data. */
  readonly arguments: readonly string[];
}

export type NativeCheckName =
  | 'single-table'
  | 'element-order'
  | 'unknown-element'
  | 'encoding'
  | 'field-types'
  | 'decimal-places'
  | 'max-length'
  | 'code-format'
  | 'code-list'
  | 'required-fields'
  | 'record-count'
  | 'facility-match';

/**
 * Mechanisms the engine decides while it reads, because they speak of bytes and elements rather than of values.
 * A rule names them like any other check and gives them its id, severity and legal places:
 *
 * - `single-table` {table}: exactly one table of this kind in each claim.
 * - `element-order` {}: the elements of every row stand in official order.
 * - `unknown-element` {}: no element the standard does not have, none missing (an empty one counts as present).
 * - `encoding` {}: NOIDUNGFILE is canonical base64 of UTF-8 without byte order mark.
 * - `field-types` {}: numbers, dates and date lists have their form; no full-width forms in codes.
 * - `decimal-places` {}: decimals have no more places than their field allows (`field-types` decides it where no rule does).
 * - `max-length` {}: not longer than `maxLength` (the rule's severity); longer than `warnLength` is a warning.
 * - `code-list` {table, field, list, separator?}: every value is in the dated code list on the deciding date.
 * - `code-format` {}: for the fields that `code-list` names, a code that lost its leading zero (1 for 01).
 * - `required-fields` {unless?: [{fields, from}]}: required fields have a value; from a date on the named fields are free.
 * - `record-count` {}: SOLUONGHOSO equals the number of HOSO.
 * - `facility-match` {}: MACSKCB of the envelope equals MA_CSKCB of each claim, and the sending account when known.
 *
 * The severity of a field's finding is the rule's, lowered to a warning where the field's own confidence is medium or lower.
 */
export const nativeChecks: ReadonlyMap<string, NativeCheck> = new Map(
  (
    [
      { name: 'single-table', codes: ['TABLE_COUNT'], arguments: ['table'] },
      { name: 'element-order', codes: ['ELEMENT_ORDER'], arguments: [] },
      { name: 'unknown-element', codes: ['ELEMENT_UNKNOWN', 'ELEMENT_MISSING'], arguments: [] },
      {
        name: 'encoding',
        codes: ['BASE64_INVALID', 'BOM_PRESENT', 'ENCODING_NOT_UTF8', 'XML_CHAR'],
        arguments: [],
      },
      { name: 'field-types', codes: ['DATE_INVALID', 'NUMBER_FORMAT', 'CHARSET'], arguments: [] },
      { name: 'decimal-places', codes: ['NUMBER_FORMAT'], arguments: [] },
      { name: 'max-length', codes: ['LENGTH_EXCEEDED'], arguments: [] },
      {
        name: 'code-list',
        codes: ['CODE_UNKNOWN', 'CODE_CLOSED'],
        arguments: ['table', 'field', 'list', 'separator'],
      },
      { name: 'code-format', codes: ['CODE_FORMAT'], arguments: [] },
      { name: 'required-fields', codes: ['REQUIRED_MISSING'], arguments: ['unless'] },
      { name: 'record-count', codes: ['RECORD_COUNT'], arguments: [] },
      { name: 'facility-match', codes: ['FACILITY_MISMATCH'], arguments: [] },
    ] as const
  ).map((check) => [check.name, check]),
);
