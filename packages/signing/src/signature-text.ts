import type { X509Certificate } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { StartTag } from './canonical-bytes.ts';
import { canonicalBelow, canonicalOpening } from './canonical-bytes.ts';
import { textOf } from './certificates/known-certificate.ts';
import { escapeText } from './escape-text.ts';
import type { Canonicalization, SignatureProfile } from './profiles.ts';
import type { HashName } from './signature-algorithms.ts';
import { digestLength, digestUris, signatureAlgorithm } from './signature-algorithms.ts';
import type { CanonicalForm } from './signature-element.ts';
import { canonicalizationUris, envelopedTransform, signatureNamespace } from './signature-element.ts';
import { formatDateTime } from './signing-time.ts';
import type { SignatureAlgorithm } from './types.ts';
import type { SignaturePolicy } from './xades.ts';
import { qualifyingOpening, signedPropertiesText, signedPropertiesType, xadesIds } from './xades.ts';

export interface SignatureDraft {
  readonly profile: SignatureProfile;
  readonly algorithm: SignatureAlgorithm;
  readonly hash: HashName;
  readonly form: CanonicalForm;
  readonly certificate: X509Certificate;
  readonly now: Date;
  /** Named in the properties of a XAdES signature. */
  readonly policy: SignaturePolicy | undefined;
}

/** What the text must know of the document it will stand in. */
export interface SignatureSurroundings {
  /** Start tags down to the element that will hold the Signature. */
  readonly holderTags: readonly StartTag[];
  /** Id of the element a reference by Id covers. */
  idOf(kind: 'root' | 'data'): string;
  /** Base64. */
  digestOf(kind: 'document' | 'root' | 'data'): string;
  isIdFree(id: string): boolean;
}

export interface SignatureText {
  /** The Signature up to its value, and from there on. */
  readonly before: Uint8Array;
  readonly after: string;
  /** The canonical SignedInfo. */
  readonly toSign: Uint8Array;
  /** Where in `after` a time stamp goes, and the canonical start tag of the value it is about. */
  readonly timeStamp: { readonly at: number; readonly opening: string } | undefined;
}

/** Writes a Signature. Element by element it is in canonical form already, so no reader re-writes it. */
export function signatureText(draft: SignatureDraft, around: SignatureSurroundings): SignatureText {
  const { signs } = draft.profile;
  if (signs.length !== 1 || signs[0] !== 'document') return newText(draft, around);
  const { before, toSign } = knownText(draft, around.holderTags);
  const digest = around.digestOf('document');
  return {
    before: filled(before, digest),
    after: usualEnd(draft),
    toSign: filled(toSign, digest),
    timeStamp: undefined,
  };
}

/** Bytes with a place for a digest. */
interface HollowText {
  readonly bytes: Buffer;
  readonly place: number;
}

function filled({ bytes, place }: HollowText, digest: string): Buffer {
  const whole = Buffer.from(bytes);
  whole.write(digest, place, 'latin1');
  return whole;
}

interface KnownText {
  readonly profile: SignatureProfile;
  readonly algorithm: SignatureAlgorithm;
  /** The start tag of the canonical SignedInfo, which is all that the document has a say in. */
  readonly opening: string;
  readonly before: HollowText;
  readonly toSign: HollowText;
}

let lastText: KnownText | undefined;

/** Signatures over a whole document differ in the digest and in nothing else, so one that was written serves for the next. */
function knownText(draft: SignatureDraft, holderTags: readonly StartTag[]): KnownText {
  const { profile, algorithm, hash, form } = draft;
  const opening = canonicalOpening([...holderTags, bareTag], 'SignedInfo', form);
  const last = lastText;
  if (last?.opening === opening && last.profile === profile && last.algorithm === algorithm) return last;
  const digest = 'A'.repeat(4 * Math.ceil(digestLength[hash] / 3));
  const around = { holderTags, digestOf: () => digest, idOf: () => '', isIdFree: () => true };
  const { before, toSign } = newText(draft, around);
  lastText = { profile, algorithm, opening, before: hollow(before), toSign: hollow(toSign) };
  return lastText;

  function hollow(text: Uint8Array): HollowText {
    const bytes = Buffer.from(text);
    return { bytes, place: bytes.indexOf(digest) };
  }
}

function newText(draft: SignatureDraft, around: SignatureSurroundings): SignatureText {
  const { signs } = draft.profile;
  const isXades = signs.includes('signed-properties');
  const id = isXades || signs.includes('signing-time') ? chooseId(draft, around) : undefined;
  const ids = id === undefined ? undefined : xadesIds(id);
  const opening = id === undefined ? bareOpening : `<Signature xmlns="${signatureNamespace}" Id="${id}">`;
  const tags = [
    ...around.holderTags,
    id === undefined ? bareTag : { name: 'Signature', bytes: Buffer.from(opening) },
  ];
  const properties =
    ids === undefined || !isXades
      ? ''
      : signedPropertiesText(ids, draft.certificate, draft.now, draft.policy);
  const object =
    id === undefined
      ? ''
      : isXades
        ? `<Object>${qualifyingOpening(ids!)}${properties}</xades:QualifyingProperties></Object>`
        : signingTimeObject(id, draft.now);
  const references = draft.profile.signs.map((kind) => {
    switch (kind) {
      case 'document':
        return referenceText(
          draft,
          '',
          true,
          around.digestOf(kind),
          isXades ? ` Id="${ids!.reference}"` : '',
        );
      case 'root':
        return referenceText(draft, `#${around.idOf(kind)}`, true, around.digestOf(kind));
      case 'data':
        return referenceText(draft, `#${around.idOf(kind)}`, false, around.digestOf(kind));
      case 'signing-time': {
        const bytes = canonicalBelow(tags, Buffer.from(object), draft.form);
        return referenceText(
          draft,
          `#Object-${id!}`,
          false,
          createHash(draft.hash).update(bytes).digest('base64'),
        );
      }
      case 'signed-properties': {
        const below = [
          ...tags,
          { name: 'Object', bytes: Buffer.from('<Object>') },
          { name: 'xades:QualifyingProperties', bytes: Buffer.from(qualifyingOpening(ids!)) },
        ];
        const bytes = canonicalBelow(below, Buffer.from(properties), draft.form);
        const digest = createHash(draft.hash).update(bytes).digest('base64');
        return referenceText(draft, `#${ids!.properties}`, false, digest, ` Type="${signedPropertiesType}"`);
      }
    }
  });
  // Already canonical, and in the one namespace that the Signature declares.
  const content =
    canonicalizationMethods[draft.form.mode] +
    empty('SignatureMethod', signatureAlgorithm(draft.algorithm).uri) +
    references.join('');
  const after =
    object === '' ? usualEnd(draft) : `</SignatureValue>${keyInfoText(draft)}${object}</Signature>`;
  const timeStamp =
    draft.profile.timeStamp === undefined
      ? undefined
      : {
          at: after.lastIndexOf('</xades:QualifyingProperties>'),
          opening: canonicalOpening(tags, 'SignatureValue', { mode: 'inclusive', inclusiveNamespaces: [] }),
        };
  return {
    timeStamp,
    after,
    before: Buffer.from(`${opening}<SignedInfo>${content}</SignedInfo><SignatureValue>`),
    toSign: Buffer.from(`${canonicalOpening(tags, 'SignedInfo', draft.form)}${content}</SignedInfo>`),
  };
}

/** Named after the data where that has an Id, as the adjustment list prints it. */
function chooseId(draft: SignatureDraft, around: SignatureSurroundings): string {
  const holder = around.holderTags.at(-1)!.name;
  const base = draft.profile.signs.includes('data') ? `${holder}-${around.idOf('data')}` : `${holder}-1`;
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`;
    const used = [id, `Object-${id}`, ...Object.values(xadesIds(id))];
    if (used.every((one) => around.isIdFree(one))) return id;
  }
}

const signingTimeObject = (id: string, now: Date): string =>
  `<Object Id="Object-${id}"><SignatureProperties><SignatureProperty Target="#${id}">` +
  `<SigningTime>${formatDateTime(now)}</SigningTime>` +
  '</SignatureProperty></SignatureProperties></Object>';

const bareOpening = `<Signature xmlns="${signatureNamespace}">`;
const bareTag: StartTag = { name: 'Signature', bytes: Buffer.from(bareOpening) };

const empty = (name: string, algorithm: string): string => `<${name} Algorithm="${algorithm}"></${name}>`;

const canonicalizationMethods: Readonly<Record<Canonicalization, string>> = {
  inclusive: empty('CanonicalizationMethod', canonicalizationUris.inclusive),
  exclusive: empty('CanonicalizationMethod', canonicalizationUris.exclusive),
};

const enveloped = empty('Transform', envelopedTransform);
const exclusive = empty('Transform', canonicalizationUris.exclusive);
/** Inclusive is what follows without saying so, and what deployed verifiers expect to see unsaid. */
const transforms: Readonly<Record<Canonicalization, Readonly<Record<'enveloped' | 'bare', string>>>> = {
  inclusive: { enveloped: `<Transforms>${enveloped}</Transforms>`, bare: '' },
  exclusive: {
    enveloped: `<Transforms>${enveloped}${exclusive}</Transforms>`,
    bare: `<Transforms>${exclusive}</Transforms>`,
  },
};

const digestMethods: Readonly<Record<HashName, string>> = {
  sha256: empty('DigestMethod', digestUris.sha256),
  sha384: empty('DigestMethod', digestUris.sha384),
  sha512: empty('DigestMethod', digestUris.sha512),
};

function referenceText(
  draft: SignatureDraft,
  uri: string,
  isEnveloped: boolean,
  digest: string,
  attributes = '',
): string {
  return (
    // In canonical order: attributes without namespace stand by name, Id before Type before URI.
    `<Reference${attributes} URI="${uri}">` +
    transforms[draft.form.mode][isEnveloped ? 'enveloped' : 'bare'] +
    digestMethods[draft.hash] +
    `<DigestValue>${digest}</DigestValue>` +
    '</Reference>'
  );
}

/** The subject as RFC 4514 text, most specific first. */
const subjectName = (certificate: X509Certificate): string =>
  `<X509SubjectName>${escapeText(certificate.subject.split('\n').reverse().join(', '))}</X509SubjectName>`;

const usualEnds = {
  withSubject: new WeakMap<X509Certificate, string>(),
  withoutSubject: new WeakMap<X509Certificate, string>(),
};

/** What follows the value where nothing but the certificate does: the same for every document it signs. */
function usualEnd(draft: SignatureDraft): string {
  const known = usualEnds[draft.profile.subjectName ? 'withSubject' : 'withoutSubject'];
  let text = known.get(draft.certificate);
  if (text === undefined)
    known.set(draft.certificate, (text = `</SignatureValue>${keyInfoText(draft)}</Signature>`));
  return text;
}

const keyInfoText = ({ profile, certificate }: SignatureDraft): string =>
  '<KeyInfo><X509Data>' +
  (profile.subjectName ? subjectName(certificate) : '') +
  `<X509Certificate>${textOf(certificate)}</X509Certificate>` +
  '</X509Data></KeyInfo>';
