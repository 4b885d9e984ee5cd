const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean => code >= 65 && code <= 90;

/** True when the whole text has the shape: `A` a capital letter, `9` a digit, anything else itself. */
export function hasShape(text: string, shape: string): boolean {
  if (text.length !== shape.length) return false;
  for (let index = 0; index < shape.length; index += 1) {
    const code = text.charCodeAt(index);
    const wanted = shape[index];
    if (wanted === '9' ? !isDigit(code) : wanted === 'A' ? !isLetter(code) : text[index] !== wanted)
      return false;
  }
  return true;
}

/**
 * Where the suffix of a shape begins when the text ends with it, or -1. A blank stands for any run of blanks, `9+` for
 * any run of digits; each character of the text is looked at once, from the end.
 */
export function suffixStart(text: string, shape: string): number {
  let at = text.length;
  while (at > 0 && text[at - 1] === ' ') at -= 1;
  for (let index = shape.length - 1; index >= 0; index -= 1) {
    const wanted = shape[index];
    if (wanted === '+' && shape[index - 1] === '9') {
      const before = at;
      while (at > 0 && isDigit(text.charCodeAt(at - 1))) at -= 1;
      if (at === before) return -1;
      index -= 1;
    } else if (wanted === ' ') {
      const before = at;
      while (at > 0 && text[at - 1] === ' ') at -= 1;
      if (at === before) return -1;
    } else {
      if (at === 0) return -1;
      const isGood =
        wanted === '9'
          ? isDigit(text.charCodeAt(at - 1))
          : wanted === 'A'
            ? isLetter(text.charCodeAt(at - 1))
            : text[at - 1] === wanted;
      if (!isGood) return -1;
      at -= 1;
    }
  }
  return at;
}
