/** Fields that join several values with `;`. */

/** The parts, trimmed; none for an empty text. A trailing separator makes an empty part, as the official count does. */
export function partsOf(text: string): readonly string[] {
  if (text === '') return [];
  if (!text.includes(';')) return [text];
  return text.split(';').map((part) => part.trim());
}

/** True when one of the parts is `value`; allocates nothing. */
export function hasPart(text: string, value: string): boolean {
  if (text === value) return true;
  let from = text.indexOf(value);
  while (from >= 0) {
    const end = from + value.length;
    const before = from === 0 || /[;\s]/u.test(text[from - 1] as string);
    const after = end === text.length || /[;\s]/u.test(text[end] as string);
    if (before && after) return true;
    from = text.indexOf(value, from + 1);
  }
  return false;
}
