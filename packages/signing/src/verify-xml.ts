import type { X509Certificate } from 'node:crypto';
import { XmlError } from '@bhxh/xml';
import { canonicalBytes, canonicalDigest } from './canonical-bytes.ts';
import { certificateFacts } from './certificates/certificate-facts.ts';
import { checkChain } from './certificates/chain.ts';
import type { ChainReport, TrustStore } from './certificates/chain.ts';
import { isSameCertificate, signerOf } from './certificates/known-certificate.ts';
import { readTimeStamp } from './certificates/time-stamp.ts';
import { SigningError } from './errors.ts';
import type { Integrity } from './integrity.ts';
import { checkIntegrity } from './integrity.ts';
import type { ProfileName, SignatureProfile } from './profiles.ts';
import type { VerifyReasonCode, VerifyStep } from './reasons.ts';
import { Refusal, verifyReasons, verifySteps } from './reasons.ts';
import { resolveProfile } from './resolve-profile.ts';
import type {
  SignatureSigner,
  SignatureVerdict,
  SigningTime,
  StepVerdict,
  VerifyEvidence,
  VerifyReason,
  VerifyResult,
} from './types.ts';
import type { SignatureEngine } from './xml-crypto-engine.ts';
import { requireXmlCrypto } from './xml-crypto-engine.ts';

export interface VerifyOptions {
  /** The format expected for this kind of document; never taken from the document itself. */
  readonly profile: ProfileName | SignatureProfile;
  /** Whose signature is meant, where the profile has several parties. */
  readonly party?: string;
  /**
   * Whom to believe. Without it the verdict is at best `undetermined`; `'not-checked'` says that only place, coverage
   * and mathematics are asked for, and skips the step.
   */
  readonly trust?: TrustStore | 'not-checked';
  /** The moment certificates must have been valid at. `signing-time` is the proven time, and now where none is proven. */
  readonly at?: 'signing-time' | 'now' | Date;
  readonly expect?: {
    /** The sender's tax code, as it must stand in the certificate's subject. */
    readonly mst?: string;
    /** The only certificate that is right; makes a chain unnecessary. */
    readonly certificate?: X509Certificate;
  };
  /** Who does the mathematics; default this package. */
  readonly engine?: SignatureEngine;
  readonly now: () => Date;
}

/**
 * Says whether the one signature of a document, or of one party to it, is valid, what it covers and who made it.
 * Never throws for anything in the bytes: what is wrong with them is in `reasons`.
 *
 * @throws SigningError `ERR_PROFILE_UNKNOWN`, `ERR_PARTY_UNKNOWN` and `ERR_ENGINE_MISSING` only.
 * @example
 * const result = await verify(bytes, { profile: 'bhxh-xml', trust, expect: { mst: '9900000019' }, now: () => new Date() });
 * if (result.verdict === 'valid') read(result.signedBytes);
 */
export async function verify(xml: Uint8Array, options: VerifyOptions): Promise<VerifyResult> {
  const profile = resolveProfile(options.profile, options.party);
  if (options.engine === 'xml-crypto') requireXmlCrypto();
  const outcome = new Outcome();
  let integrity: Integrity;
  try {
    integrity = checkIntegrity(xml, profile, options.expect?.certificate, options.engine);
  } catch (error) {
    outcome.refuse(error);
    return outcome.result(profile, xml);
  }
  outcome.passThrough('digest');
  if (integrity.isHistoric) outcome.add('LEGACY_ALGORITHM', integrity.path);
  try {
    const signer = describeSigner(integrity.certificate);
    outcome.signer = signer;
    checkSigner(outcome, signer, options.expect);
    await checkTrust(outcome, integrity, options);
  } catch (error) {
    outcome.refuse(error);
  }
  return outcome.result(profile, xml, integrity);
}

/** Collects what is found; the verdict follows from the steps. */
class Outcome {
  signer: SignatureSigner | undefined;
  proven: Date | undefined;
  checked: CheckedTrust | undefined;
  /** In the order of `verifySteps`. */
  readonly #steps: { readonly name: VerifyStep; verdict: StepVerdict }[] = verifySteps.map((name) => ({
    name,
    verdict: 'skipped',
  }));
  readonly #reasons: VerifyReason[] = [];

  /** Every step up to this one succeeded. */
  passThrough(last: VerifyStep): void {
    for (let at = verifySteps.indexOf(last); at >= 0; at--) this.#steps[at]!.verdict = 'valid';
  }

  pass(step: VerifyStep): void {
    const one = this.#step(step);
    if (one.verdict === 'skipped') one.verdict = 'valid';
  }

  add(code: VerifyReasonCode, path?: string): void {
    const { step, verdict } = verifyReasons[code];
    this.#push({ code, step, verdict, ...(path === undefined ? {} : { path }) });
  }

  refuse(error: unknown): void {
    if (error instanceof Refusal) this.add(error.code, error.path);
    else if (error instanceof XmlError)
      this.#push({ code: error.code, step: 'document', verdict: 'invalid' });
    else this.add('VERIFIER_FAULT');
    const failed = this.#reasons.at(-1)!;
    const before = verifySteps.slice(0, verifySteps.indexOf(failed.step));
    for (const step of before) this.pass(step);
  }

  #step(name: VerifyStep): { verdict: StepVerdict } {
    return this.#steps[verifySteps.indexOf(name)]!;
  }

  #push(reason: VerifyReason): void {
    this.#reasons.push(reason);
    const step = this.#step(reason.step);
    if (step.verdict !== 'invalid') step.verdict = reason.verdict;
  }

  result(profile: SignatureProfile, xml: Uint8Array, integrity?: Integrity): VerifyResult {
    const steps = this.#steps;
    const has = (verdict: StepVerdict) => steps.some((step) => step.verdict === verdict);
    const verdict: SignatureVerdict = has('invalid')
      ? 'invalid'
      : has('undetermined')
        ? 'undetermined'
        : 'valid';
    return {
      verdict,
      profile: profile.id,
      steps,
      reasons: this.#reasons,
      path: integrity?.path,
      signer: this.signer,
      signedAt: signingTimeOf(this.proven, integrity?.claimedTime),
      ...(integrity?.policy === undefined ? {} : { policy: integrity.policy }),
      checkedAt: this.checked?.at,
      evidence: this.checked && evidenceOf(this.checked, integrity?.timeStamps ?? []),
      covers: integrity?.references.flatMap((reference) => reference.covers) ?? [],
      get signedBytes() {
        return integrity === undefined ? undefined : readSignedBytes(xml, integrity);
      },
    };
  }
}

function signingTimeOf(proven: Date | undefined, claimed: Date | undefined): SigningTime | undefined {
  if (proven !== undefined) return { time: proven, source: 'time-stamp' };
  return claimed === undefined ? undefined : { time: claimed, source: 'claimed' };
}

/** The earliest proven time; without trust the tokens are read and compared, but nothing is proven by them. */
async function checkTimeStamps(
  outcome: Outcome,
  integrity: Integrity,
  trust: TrustStore | undefined,
  now: Date,
): Promise<Date | undefined> {
  let proven: Date | undefined;
  for (const token of integrity.timeStamps) {
    const stamp = readTimeStamp(token, integrity.timeStampedBytes);
    if (typeof stamp === 'string') {
      outcome.add(stamp, integrity.path);
      return undefined;
    }
    if (trust === undefined) continue;
    const { time, certificate, others } = stamp;
    const anchors = trust.timeStampAnchors ?? trust.anchors;
    const report = await checkChain({
      certificate,
      others,
      trust: { ...trust, anchors },
      at: time,
      purpose: 'time-stamping',
    });
    if (report.reasons.length > 0 || time > now) outcome.add('TIME_STAMP_UNTRUSTED', integrity.path);
    else if (now > certificateFacts(certificate).notAfter) outcome.add('TIME_STAMP_EXPIRED', integrity.path);
    else if (proven === undefined || time < proven) proven = time;
  }
  if (proven !== undefined) {
    outcome.pass('time-stamp');
    outcome.proven = proven;
  }
  return proven;
}

interface CheckedTrust {
  /** The moment that was judged, and the one it was judged on. */
  readonly at: Date;
  readonly now: Date;
  readonly report: ChainReport;
}

function evidenceOf(
  { now, report: { chain, revocations } }: CheckedTrust,
  timeStamps: readonly Uint8Array[],
): VerifyEvidence {
  const sources = (kind: 'crl' | 'ocsp') =>
    revocations.flatMap(({ source }) => (source?.kind === kind ? [source.bytes] : []));
  return {
    certificates: chain,
    crls: sources('crl'),
    ocspResponses: sources('ocsp'),
    timeStamps,
    verifiedAt: now,
  };
}

/** The canonical form of the reference to the document's data; checked again, since the caller still owns `xml`. */
function readSignedBytes(xml: Uint8Array, integrity: Integrity): Uint8Array {
  const covered =
    integrity.references.find(({ kind }) => kind === 'document' || kind === 'root' || kind === 'data') ??
    integrity.references[0]!;
  const { hash, digest } = covered.reference;
  if (!canonicalDigest(xml, covered.selection, hash).equals(digest))
    throw new SigningError('ERR_DOCUMENT_CHANGED');
  return canonicalBytes(xml, covered.selection);
}

function describeSigner(certificate: X509Certificate): SignatureSigner {
  try {
    return signerOf(certificate);
  } catch {
    throw new Refusal('CERTIFICATE_UNREADABLE');
  }
}

function checkSigner(outcome: Outcome, signer: SignatureSigner, expect: VerifyOptions['expect']): void {
  outcome.pass('signer');
  if (expect?.certificate !== undefined && !isSameCertificate(expect.certificate, signer.certificate)) {
    outcome.add('SIGNER_MISMATCH');
  }
  if (expect?.mst === undefined) return;
  const matching = signer.ids.filter((id) => id.type === 'MST' && id.value === expect.mst);
  if (matching.length === 0) outcome.add('SIGNER_MISMATCH');
  else if (!matching.some((id) => id.typed)) outcome.add('SIGNER_ID_UNTYPED');
}

async function checkTrust(outcome: Outcome, integrity: Integrity, options: VerifyOptions): Promise<void> {
  const { trust, expect } = options;
  if (trust === 'not-checked' || (trust === undefined && expect?.certificate !== undefined)) {
    await checkTimeStamps(outcome, integrity, undefined, options.now());
    return;
  }
  if (trust === undefined) {
    outcome.add('TRUST_NOT_CHECKED');
    return;
  }
  const now = options.now();
  const stamped = await checkTimeStamps(outcome, integrity, trust, now);
  const proven = options.at === 'now' ? undefined : stamped;
  const at = options.at instanceof Date ? options.at : (proven ?? now);
  const report = await checkChain({
    certificate: integrity.certificate,
    others: integrity.signature.certificates,
    trust,
    at,
    claimedAt: options.at instanceof Date || proven !== undefined ? undefined : integrity.claimedTime,
  });
  for (const { code } of report.reasons) outcome.add(code);
  if (!report.reasons.some(({ code }) => verifyReasons[code].step === 'chain')) outcome.pass('chain');
  if (report.revocations.some(({ status }) => status === 'good')) outcome.pass('revocation');
  outcome.checked = { at, now, report };
}
