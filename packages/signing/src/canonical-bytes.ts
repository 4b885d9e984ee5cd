import { createHash } from 'node:crypto';
import type { ByteRange, ElementIndex, IndexedElement } from '@bhxh/xml';
import { canonicalize } from '@bhxh/xml';
import type { HashName } from './signature-algorithms.ts';
import type { CanonicalForm } from './signature-element.ts';

/** What a digest is taken of: one element or the whole document, perhaps without the signature inside it. */
export interface CanonicalSelection {
  readonly form: CanonicalForm;
  readonly range?: ByteRange;
  readonly omit?: ByteRange;
}

function feed(bytes: Uint8Array, selection: CanonicalSelection, sink: (chunk: Uint8Array) => void): void {
  canonicalize(bytes, {
    mode: selection.form.mode,
    inclusiveNamespaces: selection.form.inclusiveNamespaces,
    ...(selection.range === undefined ? {} : { range: selection.range }),
    ...(selection.omit === undefined ? {} : { omit: [selection.omit] }),
    sink,
  });
}

/** Hashes the canonical form without holding it. */
export function canonicalDigest(bytes: Uint8Array, selection: CanonicalSelection, hash: HashName): Buffer {
  const digest = createHash(hash);
  feed(bytes, selection, (chunk) => digest.update(chunk));
  return digest.digest();
}

export function canonicalBytes(bytes: Uint8Array, selection: CanonicalSelection): Buffer {
  const chunks: Buffer[] = [];
  feed(bytes, selection, (chunk) => chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

/** The start tags of `element` and its ancestors, outermost first: all that decides the namespaces inside it. */
export function startTags(bytes: Uint8Array, index: ElementIndex, element: IndexedElement): StartTag[] {
  const tags: StartTag[] = [];
  for (let at: IndexedElement | undefined = element; at !== undefined; at = index.parentOf(at)) {
    tags.unshift({ name: at.name, bytes: bytes.subarray(at.outer.start, at.inner.start) });
  }
  return tags;
}

export interface StartTag {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The canonical form of an element below the given start tags. Only the tags above it are read, not the document, so the
 * cost does not grow with what is signed.
 */
export function canonicalBelow(tags: readonly StartTag[], element: Uint8Array, form: CanonicalForm): Buffer {
  const before = Buffer.concat(tags.map((tag) => tag.bytes));
  const after = Buffer.from(
    [...tags]
      .reverse()
      .map((tag) => `</${tag.name}>`)
      .join(''),
  );
  return canonicalBytes(Buffer.concat([before, element, after]), {
    form,
    range: { start: before.length, end: before.length + element.length },
  });
}
