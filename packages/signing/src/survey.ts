import type { ByteRange, ScanHandler, XmlScanner } from '@bhxh/xml';
import { isWhiteSpace, scan } from '@bhxh/xml';
import { canonicalDigestText } from './canonical-bytes.ts';
import type { Canonicalization, SignaturePlace, SignatureProfile } from './profiles.ts';
import type { HashName } from './signature-algorithms.ts';
import { signatureNamespace } from './signature-element.ts';

/** An element the survey cares about. */
export interface SurveyedElement {
  readonly name: string;
  readonly namespace: string;
  readonly id: string | undefined;
  /** The start tags of the ancestors and of the element itself, outermost first. */
  readonly tags: readonly { readonly name: string; readonly range: ByteRange }[];
  readonly outer: ByteRange;
  readonly inner: ByteRange;
  /** Elements directly inside; counted in holders only. */
  readonly childCount: number;
  /** Whether characters other than white space, CDATA or comments stand directly inside; looked for in holders only. */
  readonly hasText: boolean;
}

/** What signing and verifying need to know of a document, found in one pass that remembers nothing else. */
export interface Survey {
  readonly root: SurveyedElement;
  readonly place: SignaturePlace | undefined;
  /** Elements at the profile's place, at most two. */
  readonly holders: readonly SurveyedElement[];
  /** Elements at the place of the data, at most two. */
  readonly data: readonly SurveyedElement[];
  /** Every Signature, at most two more than other parties may have made. */
  readonly signatures: readonly SurveyedElement[];
  readonly hasComments: boolean;
  /** Whether an attribute's name begins with xmlns and yet declares no namespace. */
  readonly hasReservedNames: boolean;
}

/** The most elements of one sort that are kept: the second is there to be refused. */
const enough = 2;

const OUTSIDE = -2;
const xmlns = Buffer.from('xmlns');

/** The signatures that do not stand, one each, where other parties sign. */
export function ownSignatures({
  place,
  signatures,
}: Pick<Survey, 'place' | 'signatures'>): readonly SurveyedElement[] {
  if (place?.otherPlaces === undefined) return signatures;
  const free = new Set(place.otherPlaces.map((path) => path.join('/')));
  return signatures.filter(({ tags }) => {
    const holder = tags
      .slice(1, -1)
      .map(({ name }) => name)
      .join('/');
    return !free.delete(holder);
  });
}

const none: readonly SurveyedElement[] = [];
const noPath: readonly string[] = [];
const noTags: SurveyedElement['tags'] = [];

const prefixOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf(':')));

interface OpenElement {
  readonly sort: 'root' | 'holder' | 'data' | 'signature';
  readonly depth: number;
  readonly name: string;
  readonly namespace: string;
  readonly id: string | undefined;
  readonly tags: SurveyedElement['tags'];
  readonly around: OpenElement | undefined;
  childCount: number;
  hasText: boolean;
}

/** A survey with the digest that the same pass took, of the document without `omit`. */
export interface DigestedSurvey {
  readonly found: Survey;
  readonly digest: DocumentDigest | undefined;
}

export interface DocumentDigest {
  readonly mode: Canonicalization;
  readonly hash: HashName;
  readonly omit: ByteRange | undefined;
  /** Base64. */
  readonly value: string;
}

/** Scans the document, and digests it on the way where `wanted` says how; throws `XmlError`, also for two equal Ids. */
export function survey(
  bytes: Uint8Array,
  profile: SignatureProfile,
  wanted?: Omit<DocumentDigest, 'value'>,
): DigestedSurvey {
  const surveyor = new Surveyor(bytes, profile);
  if (wanted === undefined) {
    scan(bytes, surveyor, { idAttributes: true, byteOrderMark: 'accept' });
    return { found: surveyor.survey(), digest: undefined };
  }
  const { mode, hash, omit } = wanted;
  const selection = { form: { mode, inclusiveNamespaces: noPath }, omit };
  const value = canonicalDigestText(bytes, selection, hash, surveyor);
  return { found: surveyor.survey(), digest: { mode, hash, omit, value } };
}

/**
 * Where the only Signature probably stands, looked for as bytes from the end: a guess that saves a pass when the survey
 * confirms it, and is forgotten when it does not.
 */
export function guessSignature(bytes: Uint8Array): ByteRange | undefined {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const close = source.lastIndexOf('Signature>');
  const open = source.lastIndexOf('<', close);
  if (close === -1 || source[open + 1] !== 0x2f) return undefined;
  const name = source.toString('latin1', open + 2, close + 9);
  for (let at = open; ;) {
    at = at === 0 ? -1 : source.lastIndexOf(`<${name}`, at - 1);
    if (at === -1) return undefined;
    const next = source[at + 1 + name.length];
    if (next === 0x20 || next === 0x3e || next === 0x0a || next === 0x0d || next === 0x09) {
      return { start: at, end: close + 10 };
    }
  }
}

class Surveyor implements ScanHandler {
  readonly #bytes: Buffer;
  readonly #profile: SignatureProfile;
  #place: SignaturePlace | undefined;
  #placeDepth = 0;
  readonly #tagStarts: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  readonly #tagEnds: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  /** Depth to which the open elements follow the path of the place, and of the data. */
  #holderDepth = 0;
  #dataDepth = 0;
  /** The innermost open element that is looked for, and its depth. */
  #open: OpenElement | undefined;
  #openDepth = 0;
  readonly #found: Record<OpenElement['sort'], readonly SurveyedElement[]> = {
    root: none,
    holder: none,
    data: none,
    signature: none,
  };
  readonly #counts: Record<OpenElement['sort'], number> = { root: 0, holder: 0, data: 0, signature: 0 };
  #holder: OpenElement | undefined;
  /** Depth of the holder, -2 outside it. */
  #insideHolder = OUTSIDE;
  #hasComments = false;
  #hasReservedNames = false;

  constructor(bytes: Uint8Array, profile: SignatureProfile) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#profile = profile;
  }

  startElement(
    scanner: XmlScanner,
    nameStart: number,
    nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    const { depth } = scanner;
    this.#tagStarts[depth] = tagStart;
    this.#tagEnds[depth] = tagEnd;
    if (this.#insideHolder === depth - 1) this.#holder!.childCount++;
    if (scanner.attributeCount > 0) this.#compareAttributes(scanner);
    if (depth <= this.#placeDepth + 1) this.#compare(scanner, depth, scanner.elementName(nameStart, nameEnd));
    if (nameEnd - nameStart >= 9 && this.#bytes[nameEnd - 1] === 0x65 && this.#bytes[nameEnd - 9] === 0x53) {
      this.#compareSignature(scanner, depth, scanner.elementName(nameStart, nameEnd));
    }
  }

  endElement(
    scanner: XmlScanner,
    _nameStart: number,
    _nameEnd: number,
    tagStart: number,
    tagEnd: number,
  ): void {
    const { depth } = scanner;
    if (depth > this.#placeDepth + 1 && depth !== this.#openDepth) return;
    if (depth <= this.#holderDepth) this.#holderDepth = depth - 1;
    if (depth <= this.#dataDepth) this.#dataDepth = depth - 1;
    if (this.#openDepth !== depth) return;
    for (let last = this.#open; last?.depth === depth; last = this.#open) {
      this.#open = last.around;
      this.#openDepth = this.#open?.depth ?? 0;
      if (last === this.#holder) this.#insideHolder = OUTSIDE;
      const start = this.#tagStarts[depth]!;
      const innerStart = this.#tagEnds[depth]!;
      const element = {
        name: last.name,
        namespace: last.namespace,
        id: last.id,
        tags: last.tags,
        outer: { start, end: tagEnd },
        inner: { start: innerStart, end: tagStart === start ? innerStart : tagStart },
        childCount: last.childCount,
        hasText: last.hasText,
      };
      const found = this.#found[last.sort];
      this.#found[last.sort] = found.length === 0 ? [element] : [...found, element];
    }
  }

  text(scanner: XmlScanner, start: number, end: number, kind: number): void {
    if (this.#insideHolder !== scanner.depth) return;
    if (kind !== 0 || !isWhiteSpace(this.#bytes, start, end)) this.#holder!.hasText = true;
  }

  comment(scanner: XmlScanner): void {
    this.#hasComments = true;
    if (this.#insideHolder === scanner.depth) this.#holder!.hasText = true;
  }

  survey(): Survey {
    const { root, holder, data, signature } = this.#found;
    // The root of an empty path is its own holder.
    const holders = this.#place?.path.length === 0 ? root : holder;
    return {
      root: root[0]!,
      place: this.#place,
      holders,
      data,
      signatures: signature,
      hasComments: this.#hasComments,
      hasReservedNames: this.#hasReservedNames,
    };
  }

  #compare(scanner: XmlScanner, depth: number, name: string): void {
    if (depth === 1) {
      const { places } = this.#profile;
      this.#place = places.find((place) => place.root === name) ?? places.find((place) => place.root === '*');
      this.#placeDepth = Math.max(this.#place?.path.length ?? 0, this.#place?.data?.length ?? 0);
      this.#holderDepth = 1;
      this.#dataDepth = 1;
      this.#push('root', scanner, depth, name);
      return;
    }
    const path = this.#place?.path ?? noPath;
    const data = this.#place?.data ?? noPath;
    const step = depth - 2;
    if (this.#holderDepth === depth - 1 && path[step] === name) {
      this.#holderDepth = depth;
      if (step === path.length - 1) this.#push('holder', scanner, depth, name);
      return;
    }
    // A star stands for any element that is not on the way to the signature.
    if (
      this.#dataDepth === depth - 1 &&
      (data[step] === name || (data[step] === '*' && path[step] !== name))
    ) {
      this.#dataDepth = depth;
      if (step === data.length - 1) this.#push('data', scanner, depth, name);
    }
  }

  #compareAttributes({ attributes }: XmlScanner): void {
    for (let place = 0; place < attributes.count; place++) {
      const start = attributes.nameStarts[place]!;
      const length = attributes.nameEnds[place]! - start;
      if (length > xmlns.length && this.#bytes[start + xmlns.length] !== 0x3a && this.#isXmlns(start))
        this.#hasReservedNames = true;
    }
  }

  #isXmlns(start: number): boolean {
    for (let step = 0; step < xmlns.length; step++)
      if (this.#bytes[start + step] !== xmlns[step]) return false;
    return true;
  }

  #compareSignature(scanner: XmlScanner, depth: number, name: string): void {
    if (name.slice(name.indexOf(':') + 1) !== 'Signature') return;
    if (scanner.namespaceOf(prefixOf(name)) !== signatureNamespace) return;
    this.#push('signature', scanner, depth, name);
  }

  /** The name in a start tag that was scanned before. */
  #nameOf({ start, end }: ByteRange): string {
    return /^[^\t\n\r />]+/.exec(this.#bytes.toString('utf8', start + 1, end))![0];
  }

  #push(sort: OpenElement['sort'], scanner: XmlScanner, depth: number, name: string): void {
    const most = sort === 'signature' ? enough + (this.#place?.otherPlaces?.length ?? 0) : enough;
    if (this.#counts[sort]++ >= most) return;
    let around = this.#open;
    while (around?.depth === depth) around = around.around;
    let tags = around?.tags ?? noTags;
    for (let level = tags.length + 1; level <= depth; level++) {
      const range = { start: this.#tagStarts[level]!, end: this.#tagEnds[level]! };
      tags = [...tags, { name: level === depth ? name : this.#nameOf(range), range }];
    }
    let id: string | undefined;
    const { attributes } = scanner;
    for (let place = 0; place < attributes.count; place++) {
      if (attributes.prefixLengths[place] === 0 && attributes.isId(place)) id = attributes.value(place);
    }
    const element: OpenElement = {
      sort,
      depth,
      name,
      namespace: scanner.namespaceOf(prefixOf(name)) ?? '',
      id,
      tags,
      around: this.#open,
      childCount: 0,
      hasText: false,
    };
    this.#open = element;
    this.#openDepth = depth;
    if (sort !== 'holder') return;
    this.#holder = element;
    this.#insideHolder = depth;
  }
}
