import { XmlWriter } from '@bhxh/xml';
import { checkAmount } from './amount.ts';
import { messageNamespace, type MessageElement, type MessageProfile } from './message-profile.ts';
import { paymentError } from './payment-error.ts';

/** A value to write: whole đồng are numbers, everything else is text; repeated elements are lists. */
export type OutgoingValue = string | number | boolean | OutgoingObject | readonly OutgoingValue[];

export interface OutgoingObject {
  readonly [name: string]: OutgoingValue | undefined;
}

/**
 * The bytes of a message in the version of its profile. Elements are put into their official order; what the profile
 * does not know, lacks or cannot carry is refused.
 *
 * @throws BhxhError ERR_MESSAGE_FIELD with the path, ERR_AMOUNT_NOT_WHOLE.
 */
export function writeMessage(profile: MessageProfile, content: OutgoingObject): Uint8Array {
  const writer = new XmlWriter();
  writer.start('Document', { xmlns: `${messageNamespace}${profile.id}.${profile.version}` });
  writer.start(profile.root);
  writeParts(writer, profile.elements, content, profile.root);
  return writer.end().end().finish();
}

/** Repeated elements that come one at a time, such as the entries of a long statement. */
export interface StreamedObject {
  readonly [name: string]: OutgoingValue | StreamedObject | StreamedList | undefined;
}

export type StreamedList = AsyncIterable<StreamedObject> | Iterable<StreamedObject>;

/**
 * The message of `writeMessage` in pieces, for messages that do not fit into memory. A repeated element may be given as
 * anything that can be gone through once; it is taken when its turn comes, so figures that stand before it, such as counts
 * and sums, have to be known before.
 *
 * @throws BhxhError ERR_MESSAGE_FIELD with the path, ERR_AMOUNT_NOT_WHOLE; what was handed on before is then no message.
 */
export async function* streamMessage(
  profile: MessageProfile,
  content: StreamedObject,
): AsyncGenerator<Uint8Array> {
  const writer = new XmlWriter();
  writer.start('Document', { xmlns: `${messageNamespace}${profile.id}.${profile.version}` });
  writer.start(profile.root);
  yield* streamParts(writer, profile.elements, content, profile.root);
  yield writer.end().end().finish();
}

/** How many streamed elements are written before their bytes are handed on. */
const streamStep = 256;

async function* streamParts(
  writer: XmlWriter,
  elements: readonly MessageElement[],
  content: StreamedObject,
  path: string,
): AsyncGenerator<Uint8Array> {
  if (!holdsStream(content)) {
    writeParts(writer, elements, content as OutgoingObject, path);
    return;
  }
  const known = new Set(elements.map(({ name }) => name));
  for (const name of Object.keys(content)) if (!known.has(name)) throw refused(`${path}/${name}`);
  for (const element of elements) {
    const value = content[element.name];
    const place = `${path}/${element.name}`;
    if (!isStream(value) && !holdsStream(value)) {
      writeParts(writer, [element], { [element.name]: value as OutgoingValue | undefined }, path);
      continue;
    }
    const { of } = element;
    if (of === undefined || element.readOnly === true || isList(value) !== (element.many === true))
      throw refused(place);
    let count = 0;
    for await (const one of isList(value) ? (value as StreamedList) : [value as StreamedObject]) {
      writer.start(element.name);
      yield* streamParts(writer, of, one, place);
      writer.end();
      count += 1;
      if (count % streamStep === 0) yield writer.take();
    }
    if (count === 0 && element.required === true) throw refused(place);
  }
}

function isStream(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || isStream(value);
}

/** Whether something below is streamed; lists of plain values are looked into, streams are not touched. */
function holdsStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isStream(value)) return true;
  return Object.values(value).some(holdsStream);
}

function writeParts(
  writer: XmlWriter,
  elements: readonly MessageElement[],
  content: OutgoingObject,
  path: string,
): void {
  const known = new Set(elements.map(({ name }) => name));
  for (const name of Object.keys(content)) if (!known.has(name)) throw refused(`${path}/${name}`);
  for (const element of elements) {
    const value = content[element.name];
    const place = `${path}/${element.name}`;
    if (value === undefined || (Array.isArray(value) && value.length === 0)) {
      if (element.required === true) throw refused(place);
      continue;
    }
    if (element.readOnly === true || Array.isArray(value) !== (element.many === true)) throw refused(place);
    for (const one of (Array.isArray(value) ? value : [value]) as readonly OutgoingValue[])
      writeOne(writer, element, one, place);
  }
}

function writeOne(writer: XmlWriter, element: MessageElement, value: OutgoingValue, place: string): void {
  if (element.of !== undefined) {
    if (typeof value !== 'object' || Array.isArray(value)) throw refused(place);
    writer.start(element.name);
    writeParts(writer, element.of, value as OutgoingObject, place);
    writer.end();
    return;
  }
  if (element.type === 'amount') {
    if (typeof value !== 'number') throw refused(place);
    writer
      .start(element.name, { Ccy: 'VND' })
      .text(String(checkAmount(value)))
      .end();
    return;
  }
  const text = typeof value === 'number' ? String(checkAmount(value)) : String(value);
  const isNumber = element.type === 'count' || element.type === 'sum';
  if (
    typeof value === 'object' ||
    text === '' ||
    text.length > (element.max ?? Number.POSITIVE_INFINITY) ||
    (isNumber && !/^\d+$/.test(text))
  )
    throw refused(place);
  writer.start(element.name).text(text).end();
}

function refused(path: string): Error {
  return paymentError('ERR_MESSAGE_FIELD', 'usage', { path });
}

/** Control figures of a list of amounts, as headers carry them. */
export function controlFigures(amounts: readonly number[]): { readonly count: number; readonly sum: number } {
  let sum = 0n;
  for (const amount of amounts) sum += BigInt(checkAmount(amount));
  return { count: amounts.length, sum: checkAmount(Number(sum)) };
}
