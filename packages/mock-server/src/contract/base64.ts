import { details } from '../messages/gateway.ts';

/**
 * The bytes of strictly canonical base64 (no white space, padding present, no spare bits), or undefined. One line end
 * behind it is passed by: tools that write base64 to a file put it there.
 */
export function decodeBase64(field: string): Buffer | undefined {
  const text = field.endsWith('\n') ? field.replace(/\r?\n$/, '') : field;
  if (text.length === 0 || text.length % 4 !== 0) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** Why it is not, in words for `thongDiep`. */
export function base64Fault(text: string): string {
  if (text.includes(' ')) return details.base64.blank;
  if (/[\r\n\t]/.test(text)) return details.base64.lineBreak;
  if (/[-_]/.test(text)) return details.base64.urlAlphabet;
  if (text.length % 4 !== 0) return details.base64.padding;
  return details.base64.other;
}
