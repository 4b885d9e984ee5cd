import type { X509Certificate } from 'node:crypto';
import {
  checkDossier,
  declarationSpecs,
  readDossier,
  type Dossier,
  type DossierFinding,
  type ReadDossier,
} from '@bhxh/sdk/declarations/read';
import { BhxhError } from '@bhxh/sdk/errors';
import { verify } from '@bhxh/signing';
import { XmlError } from '@bhxh/xml';
import { isoDay } from '../clock/vietnam-time.ts';
import type { ServerContext } from '../context.ts';
import { trustedAuthorities } from '../register/certificates.ts';
import { statusOn, unitCertificates } from '../register/units.ts';
import type { StoredDossier, UnitTable } from '../store/declaration-tables.ts';
import { isUnsafeAttachment } from './attachment-content.ts';
import { reasonOf, type Reason, type ReasonCode } from './reason.ts';
import { asksToRegister } from './registration.ts';

/** What the gateway finds before the office sees a dossier. */
export interface TechnicalCheck {
  readonly reasons: readonly Reason[];
  readonly findings: readonly DossierFinding[];
  /** Read from the bytes that the signature covers; undefined where it cannot be read. */
  readonly dossier: Dossier | undefined;
}

/** Registration, signatures of the envelope and of every form, the rules of dossiers, and the attachments. */
export async function checkTechnically(
  server: ServerContext,
  unit: UnitTable,
  bytes: Uint8Array,
  authentication: StoredDossier['authentication'],
): Promise<TechnicalCheck> {
  const { specifications } = server;
  const reasons: Reason[] = [];
  const refuse = (code: ReasonCode, at?: string): void => {
    reasons.push(reasonOf(specifications, code, at));
  };
  const judge = authentication === 'signature' ? await signatureJudge(server, unit) : unsigned;
  // Paper needs no registration, and neither does the dossier that asks for it, unless the unit was suspended.
  const status = statusOn(unit, isoDay(server.clock.now()));
  const mayFile = (dossier: Dossier | undefined): boolean =>
    status === 'registered' ||
    (status === 'unregistered' &&
      (authentication === 'paper' || (dossier !== undefined && asksToRegister(dossier))));
  const envelope = await judge(bytes);
  if (envelope.fault !== undefined) refuse('signature-invalid', `CKy_Dvi: ${envelope.fault}`);
  let read: ReadDossier;
  try {
    read = readDossier(specifications, envelope.content);
  } catch (error) {
    if (!(error instanceof BhxhError) && !(error instanceof XmlError)) throw error;
    if (!mayFile(undefined)) refuse('unit-not-registered', 'unit.MaSoBHXH');
    refuse('form-invalid', error.code);
    return { reasons, findings: [], dossier: undefined };
  }
  if (!mayFile(read.dossier)) refuse('unit-not-registered', 'unit.MaSoBHXH');
  const specs = declarationSpecs(specifications);
  for (const file of read.files) {
    if (!specs.isForm(file)) continue;
    const { fault } = await judge(file.bytes);
    if (fault !== undefined) refuse('signature-invalid', `${file.code}: ${fault}`);
  }
  const { findings } = checkDossier(specifications, read.dossier, { now: () => server.clock.now() });
  for (const path of new Set(
    findings.filter(({ severity }) => severity === 'error').map((finding) => finding.path),
  ))
    refuse('form-invalid', path);
  for (const [index, attachment] of read.dossier.attachments.entries())
    if (isUnsafeAttachment(attachment)) refuse('attachment-unsafe', `attachments[${index + 1}]`);
  return { reasons, findings, dossier: read.dossier };
}

interface JudgedSignature {
  /** The first reason why the signature is not accepted. */
  readonly fault: string | undefined;
  /** The bytes that were signed, as far as they are known. */
  readonly content: Uint8Array;
}

/** A code, or a hand on paper, stood for the signature when the dossier came in. */
const unsigned = (document: Uint8Array): Promise<JudgedSignature> =>
  Promise.resolve({ fault: undefined, content: document });

/** Signatures count from certificates registered for the unit; where none is, those of trusted authorities for its tax code. */
async function signatureJudge(
  server: ServerContext,
  unit: UnitTable,
): Promise<(document: Uint8Array) => Promise<JudgedSignature>> {
  const registered = await unitCertificates(server.store, unit.code);
  const authorities = await trustedAuthorities(server.store);
  const anchors = [...registered, ...authorities];
  const trust = anchors.length > 0 ? { anchors } : ('not-checked' as const);
  const isRegistered = (certificate: X509Certificate | undefined): boolean =>
    registered.some((one) => certificate !== undefined && one.raw.equals(certificate.raw));
  return async (document) => {
    const result = await verify(document, {
      profile: 'declaration-xml',
      trust,
      now: () => server.clock.now(),
      ...(registered.length === 0 ? { expect: { mst: unit.tax_code } } : {}),
    });
    if (result.verdict !== 'valid')
      return { fault: result.reasons[0]?.code ?? result.verdict, content: document };
    const isForeign = registered.length > 0 && !isRegistered(result.signer?.certificate);
    return {
      fault: isForeign ? 'CERTIFICATE_NOT_REGISTERED' : undefined,
      content: result.signedBytes ?? document,
    };
  };
}
