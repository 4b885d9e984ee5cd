import type { ElementIndex, IndexedElement } from '@bhxh/xml';
import { signatureNamespace } from './signature-element.ts';

/**
 * The claimed time of an Object's content: `SigningTime` itself, or `SignatureProperties/SignatureProperty/SigningTime`
 * as the tax and insurance forms write it. Undefined when the content is anything else.
 */
export function readSigningTime(index: ElementIndex, content: IndexedElement): Date | undefined {
  const wrappers = ['SignatureProperties', 'SignatureProperty'];
  let element = content;
  for (const name of wrappers) {
    if (element.localName !== name || element.namespace !== signatureNamespace) break;
    const children = index.childrenOf(element);
    if (children.length !== 1 || /[^\t\n\r ]/.test(element.text)) return undefined;
    element = children[0]!;
  }
  if (element.localName !== 'SigningTime' || !element.hasOnlyText) return undefined;
  return parseDateTime(element.text.trim());
}

const hour = 60 * 60 * 1000;
const vietnam = 7 * hour;

/** xsd:dateTime; without zone it is Vietnamese time. */
export function parseDateTime(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const [, local, fraction = '', zone] = match;
  const time = new Date(`${local}${fraction.slice(0, 4)}${zone ?? 'Z'}`);
  if (Number.isNaN(time.getTime())) return undefined;
  return zone === undefined ? new Date(time.getTime() - vietnam) : time;
}

/** xsd:dateTime in Vietnamese time, to the second. */
export const formatDateTime = (time: Date): string =>
  `${new Date(time.getTime() + vietnam).toISOString().slice(0, 19)}+07:00`;
