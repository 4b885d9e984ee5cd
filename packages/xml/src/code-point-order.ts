/** Order of code points, which is that of UTF-8 bytes too; UTF-16 units sort pairs below U+E000 to U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    if (left < 0xd800 || right < 0xd800) return left - right;
    return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

function rankOf(unit: number): number {
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x800;
}
