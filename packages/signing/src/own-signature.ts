import type { ElementIndex } from '@bhxh/xml';
import { indexElements } from '@bhxh/xml';
import { canonicalBytes, extract } from './canonical-bytes.ts';
import type { Extract } from './canonical-bytes.ts';
import { recallSignature } from './known-signature.ts';
import type { SignatureProfile } from './profiles.ts';
import type { ParsedSignature } from './signature-element.ts';
import { parseSignature, signatureNamespace } from './signature-element.ts';
import type { SurveyedElement } from './survey.ts';

/** The Signature, read out of its document; `shift` turns its offsets into those of the document. */
export interface OwnSignature {
  readonly extract: Extract;
  readonly index: ElementIndex;
  readonly signature: ParsedSignature;
  readonly path: string;
  readonly shift: number;
  /** The canonical SignedInfo, where an earlier signature gave it. */
  readonly signedInfo?: Uint8Array;
}

export const surveyedPath = (element: SurveyedElement): string =>
  `/${element.tags.map((tag) => tag.name).join('/')}`;

/** Reads the Signature; throws `Refusal` where it departs from the schema or the profile. */
export function readSignature(
  bytes: Uint8Array,
  element: SurveyedElement,
  profile: SignatureProfile,
): OwnSignature {
  const known = recallSignature(bytes, element, profile);
  if (known !== undefined) {
    return {
      ...known,
      get extract() {
        return extractSignature(bytes, element);
      },
    };
  }
  const taken = extractSignature(bytes, element);
  const index = indexElements(taken.bytes, { byteOrderMark: 'refuse' });
  const [signature] = index.elementsNamed('Signature', signatureNamespace);
  return {
    extract: taken,
    index,
    signature: parseSignature(taken.bytes, index, signature!, profile),
    path: surveyedPath(element),
    shift: element.outer.start - taken.range.start,
  };
}

function extractSignature(bytes: Uint8Array, element: SurveyedElement): Extract {
  const tags = element.tags.slice(0, -1).map(({ name, range }) => ({
    name,
    bytes: bytes.subarray(range.start, range.end),
  }));
  return extract(tags, bytes.subarray(element.outer.start, element.outer.end));
}

/** What a time stamp of the signature is about. */
export const timeStampedBytes = ({ extract: taken, signature }: OwnSignature): Uint8Array =>
  canonicalBytes(taken.bytes, {
    form: { mode: 'inclusive', inclusiveNamespaces: [] },
    range: signature.valueElement.outer,
  });

/** What the key signed. */
export const signedInfoBytes = (own: OwnSignature): Uint8Array =>
  own.signedInfo ??
  canonicalBytes(own.extract.bytes, {
    form: own.signature.form,
    range: own.signature.signedInfo.outer,
  });
