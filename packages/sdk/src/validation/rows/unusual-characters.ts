/** Characters that are allowed, yet rarely meant. */
export interface UnusualCharacters {
  /** Full-width forms of ASCII (U+FF01 to U+FF5E). */
  readonly fullWidth: boolean;
  /** Combining marks: the text is not composed (NFC). */
  readonly decomposed: boolean;
  /** Zero-width characters and direction overrides. */
  readonly invisible: boolean;
}

const none: UnusualCharacters = { fullWidth: false, decomposed: false, invisible: false };

/** Looks for unusual characters in valid UTF-8. */
export function unusualCharacters(bytes: Uint8Array, start: number, end: number): UnusualCharacters {
  let fullWidth = false;
  let decomposed = false;
  let invisible = false;
  for (let at = start; at < end; at += 1) {
    const lead = bytes[at]!;
    if (lead < 0xcc) continue;
    if (lead === 0xcc || (lead === 0xcd && bytes[at + 1]! < 0xb0)) decomposed = true;
    else if (lead === 0xe2) {
      const second = bytes[at + 1]!;
      const third = bytes[at + 2]!;
      if (second === 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae)))
        invisible = true;
      else if (second === 0x81 && third >= 0xa0 && third <= 0xaf) invisible = true;
    } else if (lead === 0xef) {
      const second = bytes[at + 1]!;
      const third = bytes[at + 2]!;
      if ((second === 0xbc && third >= 0x81) || (second === 0xbd && third <= 0x9e)) fullWidth = true;
      else if (second === 0xbb && third === 0xbf) invisible = true;
    }
  }
  return fullWidth || decomposed || invisible ? { fullWidth, decomposed, invisible } : none;
}

/** Full-width forms replaced by the ASCII characters they look like. */
export function toAscii(text: string): string {
  return text.replace(/[！-～]/gu, (letter) => String.fromCodePoint(letter.codePointAt(0)! - 0xfee0));
}
