/** Document kinds of the validator by what was sent; the others are stored as they come, since no layout is known. */
const EXPECTED: ReadonlyMap<string, string> = new Map([
  ['claim', 'GIAMDINHHS'],
  ['check-in', 'XML0'],
  ['medical-assessment', 'XML12'],
  ['certificates', 'HSCHUNGTU'],
  ['death-or-birth-paper', 'HSCHUNGTU'],
  ['catalogue', 'HSDANHMUC'],
]);

/** What a document sent as `kind` has to be; nothing where nobody reads it, neither its signature nor its content. */
export const expectedDocument = (kind: string): string | undefined => EXPECTED.get(kind);
