import type { Attachment } from '@bhxh/sdk/declarations/read';

/** How files of the kinds that a dossier may carry begin. */
const BEGINNINGS: ReadonlyMap<string, readonly (readonly number[])[]> = new Map([
  ['.pdf', [[0x25, 0x50, 0x44, 0x46, 0x2d]]],
  ['.jpg', [[0xff, 0xd8, 0xff]]],
  ['.xlsx', [[0x50, 0x4b, 0x03, 0x04]]],
  ['.xml', [[0x3c], [0xef, 0xbb, 0xbf, 0x3c]]],
]);

/** The industry's harmless test file for virus scanners, cut in two so that this source is not taken for it. */
const TEST_VIRUS = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** Whether an attachment is another kind of file than its name says, or what the stand-in for a virus scanner knows. */
export function isUnsafeAttachment({ name, bytes }: Attachment): boolean {
  const kind = /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? '';
  const beginnings = BEGINNINGS.get(kind) ?? [];
  const fits = beginnings.some((beginning) => beginning.every((byte, at) => bytes[at] === byte));
  return !fits || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(TEST_VIRUS);
}
