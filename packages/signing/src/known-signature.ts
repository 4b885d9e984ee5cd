// Signatures of one sender differ in their digests and their value, and in nothing else. What a Signature means is decided
// by its bytes and those of the start tags around it, so one that repeats these bytes need not be read word by word again.
import type { ByteRange, ElementIndex } from '@bhxh/xml';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { OwnSignature } from './own-signature.ts';
import type { SignatureProfile } from './profiles.ts';
import type { ParsedSignature } from './signature-element.ts';
import { isSignatureElement } from './signature-element.ts';
import type { SurveyedElement } from './survey.ts';

/** A signature that was right, with the places where another one may differ from it. */
interface KnownSignature {
  /** The start tags of the ancestors, one after the other. */
  readonly before: Buffer;
  readonly bytes: Buffer;
  /** The text of each digest, then of the value, as ranges of `bytes`; their lengths when decoded. */
  readonly holes: readonly ByteRange[];
  readonly lengths: readonly number[];
  readonly index: ElementIndex;
  readonly signature: ParsedSignature;
  readonly path: string;
  readonly signedInfo: Buffer;
  /** Where the text of each digest begins in `signedInfo`. */
  readonly places: readonly number[];
}

const known = new WeakMap<SignatureProfile, Map<string, KnownSignature>>();
/** Of each profile. */
const most = 256;
/** So many bytes at the end of a Signature tell certificates apart. */
const tail = 96;

const keyOf = (source: Buffer, { start, end }: ByteRange): string =>
  `${end - start} ${source.toString('latin1', Math.max(start, end - tail), end)}`;

/** What reading the Signature again would give, or undefined when no known one is the same but for digests and value. */
export function recallSignature(
  document: Uint8Array,
  element: SurveyedElement,
  profile: SignatureProfile,
): Omit<OwnSignature, 'extract'> | undefined {
  const source = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const { start } = element.outer;
  const one = known.get(profile)?.get(keyOf(source, element.outer));
  if (one === undefined) return undefined;
  let at = 0;
  for (const { range } of element.tags.slice(0, -1)) {
    const length = range.end - range.start;
    if (at + length > one.before.length) return undefined;
    if (source.compare(one.before, at, at + length, range.start, range.end) !== 0) return undefined;
    at += length;
  }
  if (at !== one.before.length) return undefined;
  let from = 0;
  for (const hole of [...one.holes, { start: one.bytes.length, end: one.bytes.length }]) {
    if (source.compare(one.bytes, from, hole.start, start + from, start + hole.start) !== 0) return undefined;
    from = hole.end;
  }
  const values: Buffer[] = [];
  const signedInfo = Buffer.from(one.signedInfo);
  for (const [place, hole] of one.holes.entries()) {
    const text = source.toString('latin1', start + hole.start, start + hole.end);
    const value = decodeBase64(text);
    // White space, or padding of another length, would make fewer bytes of as many characters.
    if (value === undefined || value.length !== one.lengths[place]) return undefined;
    values.push(value);
    if (place < one.places.length) signedInfo.write(text, one.places[place]!, 'latin1');
  }
  const { signature } = one;
  return {
    index: one.index,
    signature: {
      ...signature,
      references: signature.references.map((reference, place) => ({ ...reference, digest: values[place]! })),
      value: values.at(-1)!,
    },
    path: one.path,
    shift: start - one.before.length,
    signedInfo,
  };
}

/** Keeps a signature of which everything was found right. One with an Object says more than digests, and is read anew each time. */
export function rememberSignature(
  own: OwnSignature,
  profile: SignatureProfile,
  signedInfoBytes: (own: OwnSignature) => Uint8Array,
): void {
  if (own.signedInfo !== undefined || own.signature.objects.length > 0) return;
  const { extract, index, signature, path } = own;
  const { start, end } = extract.range;
  const signedInfo = Buffer.from(signedInfoBytes(own));
  const holes: ByteRange[] = [];
  const places: number[] = [];
  const values = [...signature.references.map(({ digest }) => digest), signature.value];
  const elements = [
    ...signature.references.map(({ element }) =>
      index.childrenOf(element).find((child) => isSignatureElement(child, 'DigestValue')),
    ),
    signature.valueElement,
  ];
  for (const [place, element] of elements.entries()) {
    const text = encodeBase64(values[place]!);
    const inner = element?.inner;
    if (inner === undefined || extract.bytes.toString('latin1', inner.start, inner.end) !== text) return;
    holes.push({ start: inner.start - start, end: inner.end - start });
    if (element === signature.valueElement) continue;
    const at = signedInfo.indexOf(text);
    if (at === -1 || signedInfo.lastIndexOf(text) !== at) return;
    places.push(at);
  }
  const bytes = Buffer.from(extract.bytes.subarray(start, end));
  const before = Buffer.from(extract.bytes.subarray(0, start));
  const lengths = values.map((value) => value.length);
  let ofProfile = known.get(profile);
  if (ofProfile === undefined) known.set(profile, (ofProfile = new Map()));
  if (ofProfile.size >= most) ofProfile.delete(ofProfile.keys().next().value!);
  const one = { before, bytes, holes, lengths, index, signature, path, signedInfo, places };
  ofProfile.set(keyOf(extract.bytes, extract.range), one);
}
