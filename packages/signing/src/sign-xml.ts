import { createHash, X509Certificate } from 'node:crypto';
import { indexElements, XmlError } from '@bhxh/xml';
import type { ElementIndex } from '@bhxh/xml';
import { decodeBase64, encodeBase64 } from './base64.ts';
import type { StartTag } from './canonical-bytes.ts';
import { canonicalDigestText } from './canonical-bytes.ts';
import { isSameCertificate, keyDescription, publicKeyOf } from './certificates/known-certificate.ts';
import { checkSigningCertificate, refuseUnfitCertificate } from './certificates/signing-certificate.ts';
import type { StatusCheck } from './certificates/signing-certificate.ts';
import { refuseHiddenText, refuseReservedAttributes } from './document-hazards.ts';
import type { TimeStampSource } from './certificates/time-stamp.ts';
import { readTimeStamp, timeStampRequest, timeStampToken } from './certificates/time-stamp.ts';
import { SigningError } from './errors.ts';
import type { SigningErrorCode } from './errors.ts';
import { checkIntegrity } from './integrity.ts';
import type { ProfileName, SignatureProfile } from './profiles.ts';
import { Refusal } from './reasons.ts';
import { resolveProfile } from './resolve-profile.ts';
import { signatureAlgorithm, verifyWithKey } from './signature-algorithms.ts';
import { isReferable } from './signature-element.ts';
import type { SignatureDraft, SignatureSurroundings } from './signature-text.ts';
import { signatureText } from './signature-text.ts';
import { ownSignatures, survey } from './survey.ts';
import type { DigestedSurvey, Survey, SurveyedElement } from './survey.ts';
import type { SignatureAlgorithm, Signer } from './types.ts';
import type { SignaturePolicy } from './xades.ts';
import { timeStampText } from './xades.ts';
import type { SignatureEngine } from './xml-crypto-engine.ts';
import { signatureByXmlCrypto, signatureEngines } from './xml-crypto-engine.ts';

export interface SignOptions {
  readonly profile: ProfileName | SignatureProfile;
  /** Who signs, where the profile has several parties. */
  readonly party?: string;
  /** Default: the profile's first algorithm that the key can do. */
  readonly algorithm?: SignatureAlgorithm;
  /** The policy that a XAdES signature names; other profiles have no place for it. */
  readonly policy?: SignaturePolicy;
  /** Asked for a time stamp of the signature value, where the profile has one. */
  readonly timeStamp?: TimeStampSource;
  /** Who does the mathematics; default this package. */
  readonly engine?: SignatureEngine;
  /** Has the certificate's chain and revocation looked into before the key is used; its dates and usage always are. */
  readonly status?: StatusCheck;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
}

/**
 * Signs a document inside the empty element its profile names. Nothing of the document is rewritten: the signature's
 * bytes are inserted, and the value is verified with the certificate's key before it is returned.
 *
 * @throws SigningError when the document or the certificate is not fit to be signed, or what the key's holder threw.
 * @example
 * const signer = await openKey('file:facility.p12', { pin: async () => Buffer.from(password) });
 * const signed = await sign(bytes, signer, { profile: 'bhxh-xml', now: () => new Date() });
 */
export async function sign(xml: Uint8Array, signer: Signer, options: SignOptions): Promise<Uint8Array> {
  return (await signValue(xml, signer, options))();
}

/** `sign` up to the signature value. What it gives verifies the value and puts it in, and may be called later. */
export async function signValue(
  xml: Uint8Array,
  signer: Signer,
  options: SignOptions,
): Promise<() => Uint8Array> {
  const plan = planSignature(xml, signer, options);
  if (options.status !== undefined) await checkSigningCertificate(signer, options.status, options.now());
  if (options.engine === 'xml-crypto') {
    const signed = await signWithXmlCrypto(xml, plan, signer, options);
    return () => signed;
  }
  const value = await signer.sign(plan.toSign, plan.algorithm, options.signal);
  const whole = plan.timeStamp === undefined ? plan : await stamped(plan, value, options.timeStamp);
  return () => finish(xml, whole, value);
}

/** The Signature is xml-crypto's; where it goes is ours, and both engines must find the result right. */
async function signWithXmlCrypto(
  xml: Uint8Array,
  plan: PlannedSignature,
  signer: Signer,
  { signal }: SignOptions,
): Promise<Uint8Array> {
  const { profile, algorithm, holder } = plan;
  const place = holder.tags.map(({ name }) => name);
  const text = await signatureByXmlCrypto(xml, { profile, algorithm, place, signer, signal });
  const opening = plan.before[0] === GREATER ? '>' : '';
  const closing = plan.after.slice(plan.after.lastIndexOf('</Signature>') + '</Signature>'.length);
  const inserted = Buffer.from(`${opening}${text}${closing}`);
  const signed = withRoom(xml, plan, inserted.length);
  signed.set(inserted, plan.from);
  for (const engine of signatureEngines) refuseInvalid(signed, plan, engine);
  return signed;
}

/** A signature that lacks only its value, to be made elsewhere. Plain JSON: it may be stored, sent or carried. */
export interface SigningJob {
  readonly schema: 'bhxh-signing-job/1';
  readonly profile: string;
  readonly party?: string;
  readonly algorithm: SignatureAlgorithm;
  /** Base64 of the DER. */
  readonly certificate: string;
  readonly chain: readonly string[];
  /** Base64 of the bytes the key must sign, hashing included. */
  readonly toSign: string;
  /** Hexadecimal hash of `toSign`, for services that sign hashes. */
  readonly hash: string;
  readonly documentSha256: string;
  /** Base64 of the document, unless it was left out. */
  readonly document?: string;
  /** Bytes `from` to `to` of the document give way to `before` + the signature value + `after`. */
  readonly insertion: {
    readonly from: number;
    readonly to: number;
    readonly before: string;
    readonly after: string;
  };
  /** Where in `after` a time stamp goes, and what stands before the value it is about. */
  readonly timeStamp?: { readonly at: number; readonly opening: string };
}

export interface PrepareOptions extends SignOptions {
  /** Leave the document out of the job; `complete` then needs it. */
  readonly withoutDocument?: boolean;
}

/**
 * First half of `sign`, for keys that answer later: remote services that ask their user, air-gapped machines.
 * `complete` takes the raw signature value (ECDSA: r‖s).
 */
export async function prepare(
  xml: Uint8Array,
  certificate:
    X509Certificate | { readonly certificate: X509Certificate; readonly chain: readonly X509Certificate[] },
  options: PrepareOptions,
): Promise<SigningJob> {
  const identity = certificate instanceof X509Certificate ? { certificate, chain: [] } : certificate;
  const plan = planSignature(xml, identity, options);
  if (options.status !== undefined) await checkSigningCertificate(identity, options.status, options.now());
  return {
    schema: 'bhxh-signing-job/1',
    profile: plan.profile.id,
    ...(options.party === undefined ? {} : { party: options.party }),
    algorithm: plan.algorithm,
    certificate: encodeBase64(identity.certificate.raw),
    chain: identity.chain.map((one) => encodeBase64(one.raw)),
    toSign: encodeBase64(plan.toSign),
    hash: createHash(signatureAlgorithm(plan.algorithm).hash).update(plan.toSign).digest('hex'),
    documentSha256: createHash('sha256').update(xml).digest('hex'),
    ...(options.withoutDocument === true ? {} : { document: encodeBase64(xml) }),
    insertion: {
      from: plan.from,
      to: plan.to,
      before: Buffer.from(plan.before).toString('utf8'),
      after: plan.after,
    },
    ...(plan.timeStamp === undefined ? {} : { timeStamp: plan.timeStamp }),
  };
}

/**
 * Second half of `sign`: puts the value in, and verifies the result against the job's profile.
 *
 * @throws SigningError `ERR_JOB_DAMAGED`, `ERR_JOB_DOCUMENT_MISSING`, `ERR_DOCUMENT_CHANGED`, `ERR_SIGNATURE_WRONG`.
 */
export async function complete(
  job: SigningJob,
  value: Uint8Array,
  options: {
    readonly document?: Uint8Array;
    readonly profile?: SignatureProfile;
    readonly timeStamp?: TimeStampSource;
  } = {},
): Promise<Uint8Array> {
  if (job.schema !== 'bhxh-signing-job/1') throw new SigningError('ERR_JOB_DAMAGED', { part: 'schema' });
  const stored = job.document === undefined ? undefined : decodeBase64(job.document);
  const xml = options.document ?? stored;
  if (xml === undefined) throw new SigningError('ERR_JOB_DOCUMENT_MISSING');
  if (createHash('sha256').update(xml).digest('hex') !== job.documentSha256)
    throw new SigningError('ERR_DOCUMENT_CHANGED');
  const toSign = decodeBase64(job.toSign);
  const raw = decodeBase64(job.certificate);
  if (toSign === undefined || raw === undefined)
    throw new SigningError('ERR_JOB_DAMAGED', { part: 'base64' });
  const { from, to, before, after } = job.insertion;
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= xml.length)) {
    throw new SigningError('ERR_JOB_DAMAGED', { part: 'insertion' });
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(raw);
  } catch (cause) {
    throw new SigningError('ERR_JOB_DAMAGED', { part: 'certificate' }, cause);
  }
  const profile = resolveProfile(options.profile ?? (job.profile as ProfileName), job.party);
  const { algorithm, timeStamp } = job;
  const place = { from, to, before: Buffer.from(before), after, timeStamp };
  const plan = { profile, algorithm, certificate, toSign, ...place };
  const signed = finish(xml, await stamped(plan, value, options.timeStamp), value);
  refuseInvalid(signed, plan);
  return signed;
}

interface SignaturePlan {
  readonly profile: SignatureProfile;
  readonly algorithm: SignatureAlgorithm;
  readonly certificate: X509Certificate;
  readonly toSign: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly before: Uint8Array;
  readonly after: string;
  readonly timeStamp: { readonly at: number; readonly opening: string } | undefined;
}

const SLASH = 0x2f;
const GREATER = 0x3e;

/** A plan for a document at hand. */
interface PlannedSignature extends SignaturePlan {
  /** The element that will hold the Signature. */
  readonly holder: SurveyedElement;
}

/** The plan with its time stamp, which can only be had when the value is known. */
async function stamped(
  plan: SignaturePlan,
  value: Uint8Array,
  source: TimeStampSource | undefined,
): Promise<SignaturePlan> {
  if (plan.timeStamp === undefined) return plan;
  if (source === undefined) throw new SigningError('ERR_TIME_STAMP_SOURCE');
  const data = Buffer.from(`${plan.timeStamp.opening}${encodeBase64(value)}</SignatureValue>`);
  const request = timeStampRequest(data);
  const token = timeStampToken(await source(request.bytes));
  if (token === undefined) throw new SigningError('ERR_TIME_STAMP', { part: 'response' });
  const stamp = readTimeStamp(token, data);
  if (typeof stamp === 'string') throw new SigningError('ERR_TIME_STAMP', { part: stamp });
  if (stamp.nonce !== request.nonce) throw new SigningError('ERR_TIME_STAMP', { part: 'nonce' });
  const { at } = plan.timeStamp;
  return { ...plan, after: plan.after.slice(0, at) + timeStampText(token) + plan.after.slice(at) };
}

function planSignature(
  xml: Uint8Array,
  identity: {
    readonly certificate: X509Certificate;
    readonly chain: readonly X509Certificate[];
    readonly algorithms?: readonly SignatureAlgorithm[];
  },
  options: SignOptions,
): PlannedSignature {
  const profile = resolveProfile(options.profile, options.party);
  if (profile.isHistoric) throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', { profile: profile.id });
  const now = options.now();
  const algorithm = chooseAlgorithm(profile, identity, options.algorithm);
  refuseUnfitCertificate(identity.certificate, now);
  const { found, digest } = readDocument(xml, profile);
  const holder = findHolder(found, profile);
  const hash = profile.digests[0]!;
  const form = { mode: profile.canonicalizations[0]!, inclusiveNamespaces: [] };
  const draft: SignatureDraft = {
    profile,
    algorithm,
    hash,
    form,
    certificate: identity.certificate,
    now,
    policy: options.policy,
  };
  const text = signatureText(draft, surroundings(xml, { found, digest }, holder, draft));
  const isEmptyTag = xml[holder.inner.start - 2] === SLASH;
  return {
    profile,
    algorithm,
    certificate: identity.certificate,
    toSign: text.toSign,
    from: isEmptyTag ? holder.outer.end - 2 : holder.inner.start,
    to: isEmptyTag ? holder.outer.end : holder.inner.start,
    before: isEmptyTag ? Buffer.concat([Buffer.from('>'), text.before]) : text.before,
    timeStamp: text.timeStamp,
    after: `${text.after}${isEmptyTag ? `</${holder.name}>` : ''}`,
    holder,
  };
}

function surroundings(
  xml: Uint8Array,
  { found, digest }: DigestedSurvey,
  holder: SurveyedElement,
  { form, hash }: SignatureDraft,
): SignatureSurroundings {
  const covered = (kind: 'root' | 'data'): SurveyedElement => {
    const [element, second] = kind === 'data' ? found.data : [found.root];
    if (element === undefined || second !== undefined) throw new SigningError('ERR_SIGNED_ELEMENT_MISSING');
    return element;
  };
  let index: ElementIndex | undefined;
  return {
    holderTags: holderTags(xml, holder),
    idOf: (kind) => {
      const { id } = covered(kind);
      if (id === undefined || !isReferable(id)) throw new SigningError('ERR_SIGNED_ELEMENT_ID');
      return id;
    },
    digestOf: (kind) => {
      if (kind === 'document') return digest?.value ?? canonicalDigestText(xml, { form }, hash);
      return canonicalDigestText(xml, { form, range: covered(kind).outer }, hash);
    },
    isIdFree: (id) => (index ??= indexElements(xml)).byId(id) === undefined,
  };
}

function chooseAlgorithm(
  profile: SignatureProfile,
  identity: { readonly certificate: X509Certificate; readonly algorithms?: readonly SignatureAlgorithm[] },
  wanted: SignatureAlgorithm | undefined,
): SignatureAlgorithm {
  const key = keyDescription(publicKeyOf(identity.certificate));
  if (typeof key === 'string')
    throw new SigningError(key === 'KEY_TOO_SMALL' ? 'ERR_KEY_TOO_SMALL' : 'ERR_KEY_TYPE');
  const algorithm = profile.algorithms.find(
    (name) =>
      (wanted ?? name) === name &&
      signatureAlgorithm(name).keyKind === key.kind &&
      (identity.algorithms?.includes(name) ?? true),
  );
  if (algorithm === undefined) {
    throw new SigningError('ERR_ALGORITHM_NOT_AVAILABLE', {
      profile: profile.id,
      key: key.kind,
      ...(wanted && { algorithm: wanted }),
    });
  }
  return algorithm;
}

function readDocument(xml: Uint8Array, profile: SignatureProfile): DigestedSurvey {
  try {
    const wanted = { mode: profile.canonicalizations[0]!, hash: profile.digests[0]!, omit: undefined };
    const surveyed = survey(xml, profile, profile.signs.includes('document') ? wanted : undefined);
    refuseReservedAttributes(surveyed.found);
    if (surveyed.found.hasComments) refuseHiddenText(xml);
    return surveyed;
  } catch (error) {
    if (error instanceof Refusal) {
      const path = error.path === undefined ? {} : { path: error.path };
      throw new SigningError('ERR_DOCUMENT_UNREADABLE', { reason: error.code, ...path }, error);
    }
    if (!(error instanceof XmlError)) throw error;
    const { line, column } = error.position;
    throw new SigningError('ERR_DOCUMENT_UNREADABLE', { reason: error.code, line, column }, error);
  }
}

function findHolder(
  { root, place, holders, signatures }: Survey,
  profile: SignatureProfile,
): SurveyedElement {
  if (place === undefined || root.namespace !== '') {
    throw new SigningError('ERR_DOCUMENT_ROOT', { profile: profile.id });
  }
  const [holder, second] = holders;
  const refuse = (code: SigningErrorCode) =>
    new SigningError(code, { path: `/${[root.name, ...place.path].join('/')}` });
  if (holder === undefined) throw refuse('ERR_SIGNATURE_PLACE_MISSING');
  if (second !== undefined) throw refuse('ERR_SIGNATURE_PLACE_COUNT');
  if (ownSignatures({ place, signatures }).length > 0) throw new SigningError('ERR_ALREADY_SIGNED');
  if (place.path.length > 0 && (holder.childCount > 0 || holder.hasText)) {
    throw refuse('ERR_SIGNATURE_PLACE_NOT_EMPTY');
  }
  return holder;
}

/** The start tags down to the holder, an empty tag written as an open one. */
function holderTags(xml: Uint8Array, holder: SurveyedElement): readonly StartTag[] {
  return holder.tags.map(({ name, range }) => {
    const bytes = xml.subarray(range.start, range.end);
    const isEmptyTag = bytes.at(-2) === SLASH;
    return { name, bytes: isEmptyTag ? Buffer.concat([bytes.subarray(0, -2), Buffer.from('>')]) : bytes };
  });
}

/**
 * Puts the value in. It is verified first: a token with the wrong key or mechanism must not produce a document. The rest
 * of the result was written and digested by this process a moment ago.
 */
function finish(xml: Uint8Array, plan: SignaturePlan, value: Uint8Array): Uint8Array {
  const entry = signatureAlgorithm(plan.algorithm);
  let isRight = false;
  try {
    isRight = verifyWithKey(entry, publicKeyOf(plan.certificate), plan.toSign, value);
  } catch {
    isRight = false;
  }
  if (!isRight) throw new SigningError('ERR_SIGNATURE_WRONG', { part: 'value' });
  const { from, before } = plan;
  const text = encodeBase64(value);
  const end = bytesOfEnd(plan.after);
  const signed = withRoom(xml, plan, before.length + text.length + end.length);
  signed.set(before, from);
  signed.write(text, from + before.length, 'latin1');
  signed.set(end, from + before.length + text.length);
  return signed;
}

/** The document with room for so many bytes in the place of those the plan names; whoever asks must fill all of it. */
function withRoom(xml: Uint8Array, { from, to }: Pick<SignaturePlan, 'from' | 'to'>, length: number): Buffer {
  const whole = Buffer.allocUnsafe(xml.length - (to - from) + length);
  whole.set(xml.subarray(0, from));
  whole.set(xml.subarray(to), from + length);
  return whole;
}

let lastEnd = { text: '', bytes: Buffer.alloc(0) };

/** What follows the value holds the certificate and is mostly the same as last time. */
function bytesOfEnd(text: string): Uint8Array {
  if (text !== lastEnd.text) lastEnd = { text, bytes: Buffer.from(text) };
  return lastEnd.bytes;
}

/** A job comes from outside, so nothing about its result is believed before it is verified as a whole. */
function refuseInvalid(
  signed: Uint8Array,
  plan: Pick<SignaturePlan, 'profile' | 'certificate'>,
  engine?: SignatureEngine,
): void {
  try {
    const { certificate } = checkIntegrity(signed, plan.profile, plan.certificate, engine);
    if (!isSameCertificate(certificate, plan.certificate))
      throw new SigningError('ERR_SIGNATURE_WRONG', { part: 'certificate' });
  } catch (error) {
    if (error instanceof SigningError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SigningError('ERR_SIGNATURE_WRONG', { part: 'document', reason: code }, error);
  }
}
