import { X509Certificate } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { fingerprintOf } from '../certificates/known-certificate.ts';
import { SigningError } from '../errors.ts';

/** A certificate somebody decided to believe, in the domain it speaks for. Days are `yyyy-MM-dd`, in Vietnam. */
export interface TrustAnchor {
  readonly domain: string;
  readonly name: string;
  /** SHA-256, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Base64 of the DER. */
  readonly certificate: string;
  /** The first and the last day on which what it vouches for counts; the domain's own days hold besides. */
  readonly from?: string;
  readonly until?: string;
  readonly addedBy: 'user' | 'update' | 'specs';
}

/** Whom one user or organisation believes, as plain JSON to be stored. */
export interface TrustList {
  readonly schema: 'bhxh-trust/1';
  readonly anchors: readonly TrustAnchor[];
  /** What signed updates must be signed with: base64 of an Ed25519 public key (SubjectPublicKeyInfo). */
  readonly updateKey?: string;
  /** Of the last update taken; an older one is refused. */
  readonly updated?: { readonly sequence: number; readonly issuedAt: string };
}

export const emptyTrustList: TrustList = { schema: 'bhxh-trust/1', anchors: [] };

/** Reads a stored list; each fingerprint is compared with its certificate. Throws `ERR_TRUST_LIST_DAMAGED`. */
export function readTrustList(text: string): TrustList {
  const value = parse(text);
  const anchors = value?.['anchors'];
  const updateKey = value?.['updateKey'];
  const updated = value?.['updated'];
  const isWhole =
    value?.['schema'] === 'bhxh-trust/1' &&
    Array.isArray(anchors) &&
    (updateKey === undefined || typeof updateKey === 'string') &&
    (updated === undefined || isUpdateMark(updated));
  if (!isWhole) throw damaged('schema');
  return {
    schema: 'bhxh-trust/1',
    anchors: anchors.map((one: unknown) => readAnchor(one, undefined)),
    ...(updateKey === undefined ? {} : { updateKey }),
    ...(updated === undefined ? {} : { updated }),
  };
}

function isUpdateMark(value: unknown): value is NonNullable<TrustList['updated']> {
  return isRecord(value) && Number.isSafeInteger(value['sequence']) && isMoment(value['issuedAt']);
}

/** One anchor of a list or of an update; `addedBy` overrides what it says of itself. */
export function readAnchor(value: unknown, addedBy: TrustAnchor['addedBy'] | undefined): TrustAnchor {
  if (!isRecord(value)) throw damaged('anchor');
  const { domain, name, fingerprint, certificate, from, until } = value;
  const origin = addedBy ?? value['addedBy'];
  const isWhole =
    isText(domain) &&
    isText(name) &&
    isText(fingerprint) &&
    isText(certificate) &&
    (from === undefined || isDay(from)) &&
    (until === undefined || isDay(until)) &&
    (origin === 'user' || origin === 'update' || origin === 'specs');
  if (!isWhole) throw damaged('anchor');
  const anchor: TrustAnchor = {
    domain,
    name,
    fingerprint,
    certificate,
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    addedBy: origin,
  };
  if (fingerprintOf(certificateOf(anchor)) !== fingerprint) throw damaged('fingerprint');
  return anchor;
}

const certificates = new WeakMap<TrustAnchor, X509Certificate>();

/** The anchor's certificate. Throws `ERR_TRUST_LIST_DAMAGED`. */
export function certificateOf(anchor: TrustAnchor): X509Certificate {
  let certificate = certificates.get(anchor);
  if (certificate === undefined) {
    const raw = decodeBase64(anchor.certificate);
    try {
      certificate = new X509Certificate(raw ?? Buffer.alloc(0));
    } catch {
      throw damaged('certificate');
    }
    certificates.set(anchor, certificate);
  }
  return certificate;
}

export interface AnchorToAdd {
  readonly certificate: X509Certificate;
  readonly domain: string;
  /** Default: the subject's common name. */
  readonly name?: string;
  /** What the authority publishes; when given, the certificate must have it. Colons and case do not matter. */
  readonly fingerprint?: string;
  readonly from?: string;
  readonly until?: string;
}

/** The list with one more anchor. Throws `ERR_TRUST_ANCHOR_FINGERPRINT` and `ERR_TRUST_ANCHOR_KNOWN`. */
export function addAnchor(list: TrustList, wanted: AnchorToAdd): TrustList {
  const { certificate, domain, from, until } = wanted;
  const fingerprint = fingerprintOf(certificate);
  if (wanted.fingerprint !== undefined && plainFingerprint(wanted.fingerprint) !== fingerprint) {
    throw new SigningError('ERR_TRUST_ANCHOR_FINGERPRINT', { fingerprint });
  }
  const known = list.anchors.find((anchor) => anchor.fingerprint === fingerprint);
  if (known !== undefined) throw new SigningError('ERR_TRUST_ANCHOR_KNOWN', { name: known.name });
  const common = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  const anchor: TrustAnchor = {
    domain,
    name: wanted.name ?? common ?? fingerprint.slice(0, 16),
    fingerprint,
    certificate: encodeBase64(certificate.raw),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    addedBy: 'user',
  };
  return { ...list, anchors: [...list.anchors, anchor] };
}

/**
 * The list without the anchor of that name, or of a fingerprint that begins so (eight digits or more).
 * Throws `ERR_TRUST_ANCHOR_UNKNOWN` and `ERR_TRUST_ANCHOR_AMBIGUOUS`.
 */
export function removeAnchor(
  list: TrustList,
  named: string,
): { readonly list: TrustList; readonly removed: TrustAnchor } {
  const digits = plainFingerprint(named);
  const isMeant = ({ name, fingerprint }: TrustAnchor): boolean =>
    name === named || (digits.length >= 8 && fingerprint.startsWith(digits));
  const [removed, ...others] = list.anchors.filter(isMeant);
  if (removed === undefined) throw new SigningError('ERR_TRUST_ANCHOR_UNKNOWN', { name: named });
  if (others.length > 0) throw new SigningError('ERR_TRUST_ANCHOR_AMBIGUOUS', { name: named });
  return { list: { ...list, anchors: list.anchors.filter((anchor) => anchor !== removed) }, removed };
}

const plainFingerprint = (text: string): string => text.replaceAll(/[:\s]/g, '').toLowerCase();

const damaged = (part: string): SigningError => new SigningError('ERR_TRUST_LIST_DAMAGED', { part });

export function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isDay = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

export const isMoment = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
