import { XmlError } from '@bhxh/xml';
import { fieldLabels } from '@bhxh/sdk/messages';
import type { Specifications } from '@bhxh/sdk/specifications';
import { createValidator, type FileReport, type Validator } from '@bhxh/sdk/validation';
import { adjudicate, reachOf } from '../adjudication/adjudicate.ts';
import {
  readClaimFile,
  type ClaimRow,
  type ReadClaim,
  type ReadClaimFile,
} from '../adjudication/read-claim-file.ts';
import { parseThousandths } from '../adjudication/thousandths.ts';
import { isoDay } from '../clock/vietnam-time.ts';
import type { VisitTable } from '../store/tables.ts';
import { contentFindings } from './content-findings.ts';
import { asJudged } from './check-signature.ts';
import { expectedDocument } from './document-kinds.ts';
import type { Outcome, ShownFinding, ShownSignature } from './outcome.ts';
import { ownFinding } from './own-findings.ts';
import { showFinding } from './show-finding.ts';

export interface DocumentToCheck {
  readonly id: string;
  readonly kind: string;
  /** loaiHoSo or loaiHs it was sent under. */
  readonly form: string;
  readonly facility: string;
  readonly bytes: Uint8Array;
  /** As judged when it was received; undefined for a kind whose signature nobody reads. */
  readonly signature: ShownSignature | undefined;
  /** Name of the scenario that wants this document refused. */
  readonly mustFail: string | undefined;
}

export type Visit = Omit<VisitTable, 'submission_id' | 'facility' | 'business_key' | 'decided_at'>;

export interface Checked {
  readonly outcome: Outcome;
  /** What an adjudicated claim adds to the patient's history and co-payments. */
  readonly visit?: Visit;
  /** XML1 of an adjudicated claim. */
  readonly summary?: ClaimRow;
}

/** By the server's clock as it stands at `now`. */
export type DocumentCheck = (document: DocumentToCheck, now: Date) => Promise<Checked>;

/** What a check goes by; plain enough to be handed to another thread. */
export interface CheckPolicy {
  /** Unsigned claims whose episode ends on or after this day (`yyyy-MM-dd`) are rejected; null never. */
  readonly signaturesFrom: string | null;
}

/** Steps whose failure leaves nothing to adjudicate: the facility has to correct and send again. */
const STRUCTURAL: ReadonlySet<string> = new Set(['bytes', 'xml', 'kind', 'ruleset', 'structure', 'fields']);
const KEPT_FINDINGS = 1_000;

/** Checks documents with the same rulesets as everybody else, on the bytes the signature covers. */
export function createDocumentCheck(specifications: Specifications, policy: CheckPolicy): DocumentCheck {
  const labelOf = fieldLabels(specifications);
  let validator: Validator | undefined;
  let moment = new Date(0);
  return async (document, now) => {
    moment = now;
    if (document.mustFail !== undefined) return rejected([ownFinding('SCENARIO', document.mustFail)]);
    const expected = expectedDocument(document.kind);
    if (expected === undefined || document.signature === undefined) {
      return { outcome: { state: 'accepted', ruleset: null, findings: [] } };
    }
    const signature = await asJudged(document.bytes, document.signature, now);
    if (signature.isSigned && signature.shown.verdict !== 'valid') {
      const findings = signature.shown.reasons.map((reason) =>
        ownFinding('SIGNATURE_REFUSED', reason, reason),
      );
      return rejected(findings, null, signature.shown);
    }
    validator ??= createValidator({
      specifications,
      now: () => moment,
      environmentOverlay: 'synthetic',
    });
    const report = await validator.validateFile({
      path: document.id,
      source: signature.content,
      size: signature.content.length,
    });
    const ruleset = report.rulesets[0]?.id ?? null;
    const findings = report.findings.slice(0, KEPT_FINDINGS).map((finding) => showFinding(finding, labelOf));
    if (report.kind !== expected) {
      return rejected([ownFinding('KIND_UNEXPECTED', expected), ...findings], ruleset, signature.shown);
    }
    const isBroken = report.steps.some(({ name, verdict }) => STRUCTURAL.has(name) && verdict === 'invalid');
    const hasCrashed = report.findings.some(({ code }) => code === 'STEP_CRASHED');
    if (hasCrashed && !isBroken) throw new CheckUndetermined();
    if (document.kind !== 'claim') {
      const own = isBroken ? [] : contentFindings(specifications, document, signature.content);
      return report.verdict !== 'valid' || own.length > 0
        ? rejected([...own, ...findings], ruleset, signature.shown)
        : { outcome: { state: 'accepted', ruleset, findings, signature: signature.shown } };
    }
    const file = readUnlessBroken(signature.content);
    const own = file === undefined ? [] : ownChecks(policy, now, document, file, report, signature.isSigned);
    const isWhollyWrong =
      isBroken ||
      report.verdict === 'undetermined' ||
      own.length > 0 ||
      report.omitted.error > 0 ||
      report.findings.some((finding) => finding.severity === 'error' && reachOf(finding).kind === 'claim');
    const claim = file?.claims[0];
    if (isWhollyWrong || claim === undefined || ruleset === null) {
      return rejected([...own, ...findings], ruleset, signature.shown);
    }
    const adjudication = adjudicate(claim, report.findings, ruleset, now);
    return {
      outcome: { state: 'adjudicated', ruleset, findings, signature: signature.shown, adjudication },
      ...(claim.summary === undefined ? {} : { summary: claim.summary }),
      visit: visitOf(claim, adjudication.totals.columns['T_BNCCT']?.accepted ?? '0'),
    };
  };
}

/** A step of the check crashed: nobody knows whether the document is right, so it is neither paid nor refused. */
class CheckUndetermined extends Error {
  override readonly name = 'CheckUndetermined';
}

function rejected(
  findings: readonly ShownFinding[],
  ruleset: string | null = null,
  signature?: Outcome['signature'],
): Checked {
  return {
    outcome: { state: 'rejected', ruleset, findings, ...(signature === undefined ? {} : { signature }) },
  };
}

/** Nothing where the file or a table in it is not XML, which the validator has said already. */
function readUnlessBroken(content: Uint8Array): ReadClaimFile | undefined {
  try {
    return readClaimFile(content);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

/** What only the receiver can judge. */
function ownChecks(
  policy: CheckPolicy,
  now: Date,
  document: DocumentToCheck,
  file: ReadClaimFile,
  report: FileReport,
  isSigned: boolean,
): ShownFinding[] {
  const findings: ShownFinding[] = [];
  if (file.claims.length !== 1) findings.push(ownFinding('CLAIM_COUNT', String(file.claims.length)));
  if (file.facility !== document.facility) {
    findings.push(
      ownFinding('FACILITY_MATCH', document.facility, 'R013', 'GIAMDINHHS/THONGTINDONVI/MACSKCB'),
    );
  }
  const from = policy.signaturesFrom;
  const endsOn = report.rulesets[0]?.date ?? isoDay(now);
  if (!isSigned && from !== null && endsOn >= from) {
    findings.push(ownFinding('SIGNATURE_REQUIRED', from, 'SIGNATURE_REQUIRED', 'GIAMDINHHS/CHUKYDONVI'));
  }
  return findings;
}

function visitOf(claim: ReadClaim, coPayment: string): Visit {
  const field = (name: string): string => claim.summary?.get(name) ?? '';
  return {
    card: field('MA_THE_BHYT').split(';')[0] ?? '',
    admitted: field('NGAY_VAO'),
    discharged: field('NGAY_RA'),
    diagnosis: field('CHAN_DOAN_RV') === '' ? field('MA_BENH_CHINH') : field('CHAN_DOAN_RV'),
    outcome: field('MA_LOAI_RV'),
    treatment_result: field('KET_QUA_DTRI'),
    patient_class: field('MA_DOITUONG_KCB'),
    co_payment: Number(parseThousandths(coPayment) ?? 0n),
  };
}
