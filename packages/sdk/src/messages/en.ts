import type { Sentence, Sentences, SentenceValues } from './sentences.ts';

const suspected: Readonly<Record<string, string>> = {
  TCVN3: 'A legacy font encoding (TCVN3/ABC)? Convert the text to Unicode UTF-8 and export again',
  VNI: 'A legacy font encoding (VNI)? Convert the text to Unicode UTF-8 and export again',
  'UTF-16': 'The file is UTF-16; save it as UTF-8',
};

function encodingHint({ suspected: guess = '' }: SentenceValues): string {
  return suspected[guess] ?? 'Save the file as UTF-8 without byte order mark';
}

const at = ({ offset = '' }: SentenceValues): string => (offset === '' ? '' : ` (byte offset ${offset})`);

const limit =
  (what: string, hint: string) =>
  (values: SentenceValues): Sentence => ({
    message: `${what} exceeds the limit of ${values['detail'] ?? ''}`.trimEnd(),
    hint,
  });

const splitHint = 'Check the exporting software; real documents do not look like this';

/** English sentences of the steps' own findings. */
export const en: Sentences = {
  FILE_EMPTY: () => ({
    message: 'The file is empty (0 bytes)',
    hint: 'Export it again from the source system',
  }),
  ENCODING_NOT_UTF8: (values) => ({
    message: `The file is not UTF-8${at(values)}`,
    hint: encodingHint(values),
  }),
  XML_CHAR: (values) => ({
    message: `A character or byte is not allowed in UTF-8 XML${at(values)}`,
    hint: encodingHint(values),
  }),
  BOM_PRESENT: () => ({
    message: 'The content begins with a byte order mark (BOM)',
    hint: 'Save it as UTF-8 without byte order mark',
  }),
  BASE64_INVALID: ({ table, problem }) => ({
    message: `\`NOIDUNGFILE\` of ${table} is no canonical base64 (${
      {
        alphabet: 'a character outside the alphabet',
        padding: 'wrong "=" padding',
        'trailing-bits': 'bits beyond the last byte',
      }[problem ?? ''] ?? 'content in several pieces'
    })`,
    hint: 'Encode the content again as standard base64 (RFC 4648) with full padding',
  }),
  XML_DTD_FORBIDDEN: () => ({
    message: 'The file has a DOCTYPE, which is forbidden',
    hint: 'Remove the <!DOCTYPE …>; these documents use neither DTD nor entities',
  }),
  XML_ENTITY_FORBIDDEN: () => ({
    message: 'An entity reference is not allowed',
    hint: 'Use only &amp; &lt; &gt; &quot; &apos; and character references &#…;',
  }),
  XML_PI_FORBIDDEN: () => ({
    message: 'A processing instruction (<?…?>) is not allowed',
    hint: 'Keep only the <?xml …?> declaration at the beginning',
  }),
  XML_NOT_WELL_FORMED: ({ detail = '' }) => ({
    message: `The XML is not well-formed${detail === '' ? '' : ` (${detail})`}`,
    hint: 'Look at the start and end tags around this place, or export the file again',
  }),
  XML_ROOT_COUNT: () => ({
    message: 'A document has exactly one root element',
    hint: 'Export the file again from the source system',
  }),
  XML_DEPTH: limit('The nesting depth of elements', splitHint),
  XML_ATTRIBUTE_COUNT: limit('The number of attributes of an element', splitHint),
  XML_ATTRIBUTE_DUPLICATE: () => ({ message: 'An element has two attributes of one name', hint: splitHint }),
  XML_NAMESPACE: () => ({ message: 'An XML namespace is wrong', hint: 'Declare a prefix before using it' }),
  XML_NAME_LENGTH: limit('The length of a name', splitHint),
  XML_TEXT_LENGTH: limit('The length of a text', 'Divide the records over several smaller files'),
  XML_ELEMENT_COUNT: limit('The number of elements', 'Divide the records over several smaller files'),
  XML_SIZE: limit('The size', 'Divide the records over several smaller files'),
  XML_ID_DUPLICATE: () => ({
    message: 'Two elements have the same Id',
    hint: 'Sign the unsigned original again',
  }),
  RECORD_SIZE: ({ table, limit: most }) => ({
    message: `With ${table}, a record exceeds ${most} decoded bytes`,
    hint: 'Check this table; no episode is that large',
  }),
  ROOT_UNEXPECTED: ({ element }) => ({
    message: `The root element \`${element}\` belongs to no supported document kind`,
    hint:
      element === 'html'
        ? 'This is a web page (perhaps a login page) saved by mistake; download the XML again'
        : 'Supported: GIAMDINHHS, CHI_TIEU_TRANG_THAI_KCB, CHI_TIEU_GIAM_DINH_YKHOA, HSCHUNGTU, HSDANHMUC',
  }),
  ROOT_NAMESPACE: ({ expected = '' }) => ({
    message: 'The root element has another namespace than the layout',
    hint: expected === '' ? 'Remove the default xmlns attribute' : `Use ${expected}`,
  }),
  NO_RULESET_FOR_DATE: ({ date }) => ({
    message: `No data standard is in force on ${date}`,
    hint: 'See "bhxh specs list", or name a standard with --ruleset',
  }),
  DOSSIER_UNREADABLE: () => ({
    message: 'The dossier cannot be read',
    hint: 'A dossier is BHXHDienTu.xml: Hoso with NoiDung and forms of the reference profile in Base64',
  }),
  TABLE_UNKNOWN: ({ table, ruleset }) => ({
    message: `Table ${table} is not part of ${ruleset}`,
    hint: 'Check `LOAIHOSO` and the end of the episode; each decision has its own tables',
  }),
  TABLE_MISPLACED: ({ table }) => ({
    message: `Table ${table} has no place in this file`,
    hint: `${table} is sent as a document of its own`,
  }),
  TABLE_COUNT: ({ table, count }) => ({
    message: `A claim has exactly one table ${table}, this one has ${count}`,
    hint: 'Each HOSO is one episode',
  }),
  TABLE_REPEATED: ({ table, count }) => ({
    message: `Table ${table} occurs ${count} times in one claim`,
    hint: 'Put all rows into one table',
  }),
  CONTENT_EMPTY: ({ table }) => ({
    message: `\`NOIDUNGFILE\` of ${table} is empty`,
    hint: 'Leave out the FILEHOSO of a table without data',
  }),
  CONTENT_PLAIN: ({ table }) => ({
    message: `\`NOIDUNGFILE\` of ${table} is XML that was not base64-encoded`,
    hint: 'Encode the content before sending; the gateway takes base64 only',
  }),
  ENVELOPE_INCOMPLETE: ({ element }) => ({
    message: `The element \`${element}\` is missing`,
    hint: 'Add it as the gateway lays the document out',
  }),
  ELEMENT_UNEXPECTED: ({ element, expected }) => ({
    message: `The element \`${element}\` has no place here${expected === undefined ? '' : `, the layout has \`${expected}\``}`,
    hint: 'Correct the name of the element',
  }),
  ELEMENT_ORDER: ({ element, before }) => ({
    message: `The element \`${element}\` stands out of order${before === undefined || before === '' ? '' : `, it comes before \`${before}\``}`,
    hint: 'Write the elements in the official order of the table',
  }),
  ELEMENT_REPEATED: ({ element }) => ({
    message: `The element \`${element}\` is repeated in one row`,
    hint: 'Keep one; several values are joined with ";"',
  }),
  ELEMENT_UNKNOWN: ({ element, table }) => ({
    message: `Table ${table} has no element \`${element}\``,
    hint: 'Remove it or correct its name',
  }),
  ELEMENT_MISSING: ({ field, rows }) => ({
    message: `The element ${field} is missing (${rows} rows)`,
    hint: 'Write the element all the same, empty when there is no value',
  }),
  TEXT_STRAY: ({ table }) => ({
    message: `Table ${table} has text outside its elements`,
    hint: 'Remove that text',
  }),
  REQUIRED_MISSING: ({ field }) => ({ message: `${field} must have a value`, hint: 'Fill it in' }),
  LENGTH_EXCEEDED: ({ field, length, limit: most }) => ({
    message: `${field} has ${length} characters, at most ${most} are allowed`,
    hint: 'Shorten the value',
  }),
  NUMBER_FORMAT: ({ field, value, decimals }) => ({
    message: `${field} is "${value}", which is no valid number`,
    hint:
      decimals === undefined
        ? 'Write digits only, a point before at most 3 decimals, no thousands separators, no exponent'
        : `Write digits only, a point before at most ${decimals} decimals, no thousands separators`,
  }),
  DATE_INVALID: ({ field, value, expected }) => ({
    message: `${field} is "${value}", which is no real date or time`,
    hint: `Write it as ${expected}`,
  }),
  DATE_FUTURE: ({ field, value, now }) => ({
    message: `${field} (${value}) lies after the present (${now})`,
    hint: 'Check the recorded time, and the clock of this machine',
  }),
  CHARSET: ({ field, value, suggested }) => ({
    message: `${field} has full-width characters: "${value}"`,
    hint: `Write ASCII digits and letters: "${suggested}"`,
  }),
  TEXT_NOT_COMPOSED: ({ field }) => ({
    message: `${field} uses combining marks (NFD); it is accepted and compared composed (NFC)`,
    hint: 'Better export composed Unicode (NFC)',
  }),
  TEXT_INVISIBLE: ({ field }) => ({
    message: `${field} has invisible characters or direction overrides`,
    hint: 'Type the value again to drop hidden characters',
  }),
  CODE_UNKNOWN: ({ field, value, list }) => ({
    message: `${field} has code "${value}", which list ${list} does not have`,
    hint: `See "bhxh codes list ${list}"; codes are compared as text`,
  }),
  CODE_CLOSED: ({ field, value, date, closed = '', successor = '', opens }) => ({
    message:
      closed === ''
        ? `${field} has code "${value}", which is not yet in force on ${date}${opens === undefined ? '' : ` (from ${opens})`}`
        : `${field} has code "${value}", which was closed after ${closed}, before ${date}`,
    hint:
      successor === '' ? 'Use a code in force at the end of the episode' : `Use its successor "${successor}"`,
  }),
  CODE_FORMAT: ({ field, value, expected }) => ({
    message: `${field} has code "${value}", which lost its leading zero`,
    hint: `A code is text: write "${expected}"`,
  }),
  RECORD_COUNT: ({ value, count }) => ({
    message: `\`SOLUONGHOSO\` says ${value}, the file has ${count} HOSO`,
    hint: 'Correct `SOLUONGHOSO`',
  }),
  FACILITY_MISMATCH: ({ envelope, value, account }) => ({
    message:
      account === undefined
        ? `\`MACSKCB\` is ${envelope}, but \`MA_CSKCB\` of the claim is ${value}`
        : `\`MACSKCB\` is ${envelope}, but the sending account belongs to facility ${account}`,
    hint: 'Each facility sends its own claims with its own account',
  }),
  IDENTIFIER_RESERVED: ({ field, value }) => ({
    message: `${field} is "${value}", from the range reserved for sample data (province 99)`,
    hint: 'Use sample data with the sample environment only (--env mock)',
  }),
  SIGNATURE_MISSING: () => ({
    message: 'The file is not signed',
    hint: 'Sign it with "bhxh sign FILE --key …" and check it again',
  }),
  SIGNATURE_PLACE: ({ expected }) => ({
    message: 'The signature stands in the wrong place',
    hint: `It must stand in ${expected}; sign the unsigned original again`,
  }),
  SIGNATURE_COUNT: ({ count }) => ({
    message: `The file has ${count} signatures, only one is allowed`,
    hint: 'Sign the unsigned original again',
  }),
  SIGNATURE_REFUSED: ({ reason }) => ({
    message: `The signature is not accepted (${reason})`,
    hint: 'See "bhxh explain --signature FILE"; if the file was changed after signing, sign it again',
  }),
  SIGNATURE_UNREAD: ({ limit: most }) => ({
    message: 'The signature of this file could not be checked',
    hint: `Only files that can be read again and have at most ${most} bytes are checked`,
  }),
  STEP_CRASHED: ({ error }) => ({
    message: `A mistake of this software while checking (${error}); there is no conclusion`,
    hint: 'Please report it with the version, without patient data',
  }),
  RULESET_BY_DATE: ({ ruleset, date, from, to }) => ({
    message: `${ruleset} applies because the deciding date is ${date}, in force from ${from}${to === '' || to === undefined ? '' : ` to ${to}`}`,
  }),
  RULESET_BY_FALLBACK_DATE: ({ ruleset, date }) => ({
    message: `${ruleset} applies by ${date}, the envelope's date or today, because the record has no valid deciding date`,
  }),
  RULESET_ALTERNATIVE: ({ ruleset, date, regular }) => ({
    message: `${ruleset} applies instead of ${regular} because the tables are its own, accepted on ${date}`,
  }),
  RULESET_OVERRIDDEN: ({ ruleset }) => ({ message: `${ruleset} applies as requested` }),
  RULESET_OF_KIND: ({ kind }) => ({ message: `Documents of kind ${kind} have one layout` }),
};
