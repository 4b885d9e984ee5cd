const KEPT_FIRST = 2;
const KEPT_LAST = 3;

/** A personal value as reports show it: its first two and last three characters, fewer when it is short. */
export function maskValue(value: string): string {
  const letters = [...value];
  if (letters.length === 0) return '';
  if (letters.length <= KEPT_FIRST + KEPT_LAST) return '***';
  return `${letters.slice(0, KEPT_FIRST).join('')}***${letters.slice(-KEPT_LAST).join('')}`;
}
