import type { X509Certificate } from 'node:crypto';
import { encodeBase64 } from './base64.ts';
import type { StartTag } from './canonical-bytes.ts';
import { canonicalBelow } from './canonical-bytes.ts';
import { SigningError } from './errors.ts';
import type { ReferenceKind, SignatureProfile } from './profiles.ts';
import type { HashName } from './signature-algorithms.ts';
import { digestUris, signatureAlgorithm } from './signature-algorithms.ts';
import type { CanonicalForm } from './signature-element.ts';
import { canonicalizationUris, envelopedTransform, signatureNamespace } from './signature-element.ts';
import type { SignatureAlgorithm } from './types.ts';

export interface SignatureDraft {
  readonly profile: SignatureProfile;
  readonly algorithm: SignatureAlgorithm;
  readonly hash: HashName;
  readonly form: CanonicalForm;
  readonly certificate: X509Certificate;
  readonly now: Date;
}

export interface SignatureText {
  /** The Signature up to its value, and from there on. */
  readonly before: string;
  readonly after: string;
  /** The canonical SignedInfo. */
  readonly toSign: Uint8Array;
}

/** Writes a Signature. Element by element it is in canonical form already, so no reader re-writes it. */
export function signatureText(
  draft: SignatureDraft,
  document: { readonly document: () => Uint8Array; readonly holderTags: readonly StartTag[] },
): SignatureText {
  const opening = `<Signature xmlns="${signatureNamespace}">`;
  const references = draft.profile.required
    .map((kind) => referenceText(draft, kind, document.document))
    .join('');
  const signedInfo =
    '<SignedInfo>' +
    empty('CanonicalizationMethod', canonicalizationUris[draft.form.mode]) +
    empty('SignatureMethod', signatureAlgorithm(draft.algorithm).uri) +
    references +
    '</SignedInfo>';
  const tags = [...document.holderTags, { name: 'Signature', bytes: Buffer.from(opening) }];
  return {
    before: `${opening}${signedInfo}<SignatureValue>`,
    after: `</SignatureValue>${keyInfoText(draft)}</Signature>`,
    toSign: canonicalBelow(tags, Buffer.from(signedInfo), draft.form),
  };
}

const empty = (name: string, algorithm: string): string => `<${name} Algorithm="${algorithm}"></${name}>`;

function referenceText(draft: SignatureDraft, kind: ReferenceKind, digest: () => Uint8Array): string {
  if (kind !== 'document') throw new SigningError('ERR_SIGNING_BUG', { reference: kind });
  const transforms =
    empty('Transform', envelopedTransform) +
    // Inclusive is what follows without saying so, and what deployed verifiers expect to see unsaid.
    (draft.form.mode === 'exclusive' ? empty('Transform', canonicalizationUris.exclusive) : '');
  return (
    '<Reference URI="">' +
    `<Transforms>${transforms}</Transforms>` +
    empty('DigestMethod', digestUris[draft.hash]) +
    `<DigestValue>${encodeBase64(digest())}</DigestValue>` +
    '</Reference>'
  );
}

const keyInfoText = (draft: SignatureDraft): string =>
  `<KeyInfo><X509Data><X509Certificate>${encodeBase64(draft.certificate.raw)}</X509Certificate></X509Data></KeyInfo>`;
