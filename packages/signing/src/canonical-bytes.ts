import { createHash, hash as hashOnce } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { ByteRange, ScanHandler } from '@bhxh/xml';
import { canonicalize } from '@bhxh/xml';
import type { HashName, LegacyHash } from './signature-algorithms.ts';
import type { CanonicalForm } from './signature-element.ts';

/** What a digest is taken of: one element or the whole document, perhaps without the signature inside it. */
export interface CanonicalSelection {
  readonly form: CanonicalForm;
  readonly range?: ByteRange;
  readonly omit?: ByteRange | undefined;
}

function feed(
  bytes: Uint8Array,
  selection: CanonicalSelection,
  sink: (chunk: Uint8Array, isLast: boolean) => void,
  observer?: ScanHandler,
): void {
  const { form, range, omit } = selection;
  canonicalize(bytes, {
    mode: form.mode,
    inclusiveNamespaces: form.inclusiveNamespaces,
    range,
    omit: omit && [omit],
    observer,
    // Whoever watches wants the whole document checked as `survey` checks it.
    idAttributes: observer !== undefined,
    sink,
  });
}

/** Hashes the canonical form without holding it. */
export const canonicalDigest = (
  bytes: Uint8Array,
  selection: CanonicalSelection,
  hash: HashName | LegacyHash,
): Buffer => Buffer.from(canonicalDigestText(bytes, selection, hash), 'base64');

/** The same as base64, the form in which it stands in a signature. */
export function canonicalDigestText(
  bytes: Uint8Array,
  selection: CanonicalSelection,
  hash: HashName | LegacyHash,
  observer?: ScanHandler,
): string {
  let state: Hash | undefined;
  let digest: string | undefined;
  const sink = (chunk: Uint8Array, isLast: boolean) => {
    // What comes in one piece, as small documents do, needs no state.
    if (isLast && state === undefined) digest = hashOnce(hash, chunk, 'base64');
    else (state ??= createHash(hash)).update(chunk);
  };
  feed(bytes, selection, sink, observer);
  return digest ?? (state ?? createHash(hash)).digest('base64');
}

export function canonicalBytes(bytes: Uint8Array, selection: CanonicalSelection): Buffer {
  const chunks: Buffer[] = [];
  feed(bytes, selection, (chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export interface StartTag {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An element in a document of its own, below the start tags of its ancestors and nothing else. */
export interface Extract {
  readonly bytes: Buffer;
  readonly range: ByteRange;
}

/**
 * Takes an element out of its document together with all that decides the namespaces and xml: attributes inside it, so
 * that the cost of reading it does not grow with the document.
 */
export function extract(tags: readonly StartTag[], element: Uint8Array): Extract {
  const before = Buffer.concat(tags.map((tag) => tag.bytes));
  const after = Buffer.from(
    tags
      .map((tag) => `</${tag.name}>`)
      .reverse()
      .join(''),
  );
  return {
    bytes: Buffer.concat([before, element, after]),
    range: { start: before.length, end: before.length + element.length },
  };
}

/** The canonical form of an element below the given start tags. */
export function canonicalBelow(tags: readonly StartTag[], element: Uint8Array, form: CanonicalForm): Buffer {
  const { bytes, range } = extract(tags, element);
  return canonicalBytes(bytes, { form, range });
}

const openings: {
  readonly known: Map<string, string>;
  last?: { mode: string; name: string; opening: string; tags: readonly Uint8Array[] };
} = { known: new Map() };
const maxOpenings = 64;

/**
 * The canonical start tag of a bare element below the given start tags: where what is inside needs no namespace of its own,
 * all that the surroundings change. Envelopes of one sender look alike, so the last ones are remembered.
 */
export function canonicalOpening(tags: readonly StartTag[], name: string, form: CanonicalForm): string {
  const { last } = openings;
  if (last !== undefined && last.mode === form.mode && last.name === name && isSame(last.tags, tags))
    return last.opening;
  let key = `${form.mode} ${name} `;
  for (const { bytes } of tags) key += asBuffer(bytes).toString('latin1');
  let opening = openings.known.get(key);
  if (opening === undefined) {
    const whole = canonicalBelow(tags, Buffer.from(`<${name}></${name}>`), form).toString('utf8');
    opening = whole.slice(0, -`</${name}>`.length);
    if (openings.known.size >= maxOpenings) openings.known.delete(openings.known.keys().next().value!);
    openings.known.set(key, opening);
  }
  openings.last = { mode: form.mode, name, opening, tags: tags.map(({ bytes }) => Uint8Array.from(bytes)) };
  return opening;
}

function isSame(known: readonly Uint8Array[], tags: readonly StartTag[]): boolean {
  if (known.length !== tags.length) return false;
  for (let place = 0; place < known.length; place++) {
    const one = known[place]!;
    const other = tags[place]!.bytes;
    if (one.length !== other.length) return false;
    // Start tags are short: a loop is over before a native call has begun.
    for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  }
  return true;
}
