// Well-formed ways to show a value that the signature does not protect.
import { indexElements, scan } from '@bhxh/xml';
import { Refusal } from './reasons.ts';
import { pathOf } from './signature-element.ts';
import type { Survey } from './survey.ts';

/** Attribute names that begin with xmlns are namespace declarations to some readers and data to others. */
export function refuseReservedAttributes({ hasReservedNames }: Survey): void {
  if (hasReservedNames) throw new Refusal('ATTRIBUTE_NAME_RESERVED');
}

/**
 * A comment is outside the signature. Between elements it is harmless; beside the characters of a value it changes what
 * some readers take that value to be.
 */
export function refuseHiddenText(bytes: Uint8Array): void {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: { comment: boolean; text: boolean; index: number }[] = [];
  let next = 0;
  const check = () => {
    const last = open.at(-1);
    if (!last?.comment || !last.text) return;
    const index = indexElements(bytes);
    throw new Refusal('SIGNED_TEXT_COMMENT', pathOf(index, index.element(last.index)));
  };
  scan(bytes, {
    startElement: () => {
      open.push({ comment: false, text: false, index: next++ });
    },
    endElement: () => {
      open.pop();
    },
    text: (_scanner, start, end, kind) => {
      const last = open.at(-1);
      if (last !== undefined && (kind !== 0 || /[^\t\n\r ]/.test(source.toString('latin1', start, end))))
        last.text = true;
      check();
    },
    comment: () => {
      const last = open.at(-1);
      if (last !== undefined) last.comment = true;
      check();
    },
  });
}
