import type { Bilingual } from '@bhxh/sdk/errors';
import type { Specifications } from '@bhxh/sdk/specifications';

/** Codes of specs/declarations/rejections.yaml that this server finds by itself. */
export type ReasonCode =
  | 'identity-not-verified'
  | 'identity-not-found'
  | 'identity-differs'
  | 'person-deceased'
  | 'book-not-closed'
  | 'personal-data-differ'
  | 'signature-invalid'
  | 'form-invalid'
  | 'unit-not-registered'
  | 'attachment-unsafe'
  | 'agency-differs'
  | 'member-unknown'
  | 'certificate-not-found'
  | 'population-unavailable';

/** Why a dossier is refused, and where in it. */
export interface Reason {
  readonly code: string;
  readonly label: Bilingual;
  readonly at?: string;
}

interface ReasonSpec {
  readonly code: string;
  readonly stage: 'technical' | 'office' | 'wait';
  readonly label: Bilingual;
}

export function reasonSpecs(specifications: Specifications): readonly ReasonSpec[] {
  return (specifications.declarations('rejections') as { readonly reasons: readonly ReasonSpec[] }).reasons;
}

/** Whether these reasons refuse nothing: what could not be found out yet is asked again. */
export function isWaiting(specifications: Specifications, reasons: readonly Reason[]): boolean {
  const waits = new Set(
    reasonSpecs(specifications).flatMap(({ code, stage }) => (stage === 'wait' ? [code] : [])),
  );
  return reasons.length > 0 && reasons.every(({ code }) => waits.has(code));
}

export function reasonOf(specifications: Specifications, code: string, at?: string): Reason {
  const spec = reasonSpecs(specifications).find((one) => one.code === code);
  if (spec === undefined) throw new RangeError(`no reason ${code}`);
  return { code, label: spec.label, ...(at === undefined ? {} : { at }) };
}
