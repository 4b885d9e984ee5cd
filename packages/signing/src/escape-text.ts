/** Text as it stands in the canonical form of an element. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>\r]/g, (character) => replacements.get(character)!);

const replacements: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['\r', '&#xD;'],
]);
