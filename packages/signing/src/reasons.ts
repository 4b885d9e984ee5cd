/** The parts of a verification, in the order they are decided. */
export type VerifyStep =
  | 'document'
  | 'place'
  | 'structure'
  | 'algorithms'
  | 'coverage'
  | 'key'
  | 'signature'
  | 'digest'
  | 'signer'
  | 'chain'
  | 'revocation'
  | 'time-stamp';

export const verifySteps: readonly VerifyStep[] = [
  'document',
  'place',
  'structure',
  'algorithms',
  'coverage',
  'key',
  'signature',
  'digest',
  'signer',
  'chain',
  'revocation',
  'time-stamp',
];

type Effect = 'invalid' | 'undetermined';

const of = <Step extends VerifyStep, Kind extends Effect>(step: Step, verdict: Kind) =>
  ({ step, verdict }) as const;

/**
 * Every reason for which a signature is not valid: the step that failed and what it makes of the verdict. A document
 * that is not well-formed is reported with the codes of `XmlError`, which all belong to step `document`.
 */
export const verifyReasons = {
  DOCUMENT_ROOT: of('place', 'invalid'),
  SIGNATURE_MISSING: of('place', 'invalid'),
  SIGNATURE_COUNT: of('place', 'invalid'),
  SIGNATURE_PLACE: of('place', 'invalid'),
  SIGNATURE_PLACE_COUNT: of('place', 'invalid'),
  SIGNATURE_PLACE_CONTENT: of('place', 'invalid'),
  ATTRIBUTE_NAME_RESERVED: of('document', 'invalid'),
  SIGNED_TEXT_COMMENT: of('document', 'invalid'),
  SIGNATURE_COMMENT: of('structure', 'invalid'),
  SIGNATURE_CDATA: of('structure', 'invalid'),
  SIGNATURE_TEXT: of('structure', 'invalid'),
  SIGNATURE_ATTRIBUTE: of('structure', 'invalid'),
  SIGNATURE_CHILD: of('structure', 'invalid'),
  SIGNED_INFO_COUNT: of('structure', 'invalid'),
  SIGNATURE_VALUE_COUNT: of('structure', 'invalid'),
  CANONICALIZATION_METHOD_COUNT: of('structure', 'invalid'),
  SIGNATURE_METHOD_COUNT: of('structure', 'invalid'),
  DIGEST_METHOD_COUNT: of('structure', 'invalid'),
  DIGEST_VALUE_COUNT: of('structure', 'invalid'),
  DIGEST_VALUE_NOT_TEXT: of('structure', 'invalid'),
  SIGNATURE_VALUE_NOT_TEXT: of('structure', 'invalid'),
  DIGEST_VALUE_BASE64: of('structure', 'invalid'),
  DIGEST_VALUE_LENGTH: of('structure', 'invalid'),
  SIGNATURE_VALUE_BASE64: of('structure', 'invalid'),
  SIGNATURE_VALUE_LENGTH: of('structure', 'invalid'),
  KEY_INFO_FORBIDDEN: of('structure', 'invalid'),
  REFERENCE_COUNT: of('structure', 'invalid'),
  TRANSFORM_COUNT: of('structure', 'invalid'),
  CANONICALIZATION_FORBIDDEN: of('algorithms', 'invalid'),
  SIGNATURE_ALGORITHM_FORBIDDEN: of('algorithms', 'invalid'),
  SIGNATURE_ALGORITHM_WEAK: of('algorithms', 'invalid'),
  SIGNATURE_ALGORITHM_MAC: of('algorithms', 'invalid'),
  SIGNATURE_ALGORITHM_KEY: of('key', 'invalid'),
  DIGEST_ALGORITHM_FORBIDDEN: of('algorithms', 'invalid'),
  DIGEST_ALGORITHM_WEAK: of('algorithms', 'invalid'),
  TRANSFORM_FORBIDDEN: of('algorithms', 'invalid'),
  KEY_TYPE_FORBIDDEN: of('key', 'invalid'),
  KEY_TOO_SMALL: of('key', 'invalid'),
  KEY_CURVE_FORBIDDEN: of('key', 'invalid'),
  REFERENCE_URI_MISSING: of('coverage', 'invalid'),
  REFERENCE_URI_EXTERNAL: of('coverage', 'invalid'),
  REFERENCE_URI_FORBIDDEN: of('coverage', 'invalid'),
  REFERENCE_ID_UNKNOWN: of('coverage', 'invalid'),
  REFERENCE_TARGET: of('coverage', 'invalid'),
  REFERENCE_TRANSFORMS: of('coverage', 'invalid'),
  REFERENCE_MISSING: of('coverage', 'invalid'),
  REFERENCE_REPEATED: of('coverage', 'invalid'),
  OBJECT_NOT_SIGNED: of('coverage', 'invalid'),
  OBJECT_CONTENT: of('coverage', 'invalid'),
  DIGEST_MISMATCH: of('digest', 'invalid'),
  SIGNATURE_MISMATCH: of('signature', 'invalid'),
  CERTIFICATE_MISSING: of('key', 'invalid'),
  CERTIFICATE_UNREADABLE: of('structure', 'invalid'),
  KEY_VALUE_MISMATCH: of('key', 'invalid'),
  CERTIFICATE_COUNT: of('key', 'invalid'),
  SIGNER_MISMATCH: of('signer', 'invalid'),
  SIGNER_ID_UNTYPED: of('signer', 'undetermined'),
  TRUST_NOT_CHECKED: of('chain', 'undetermined'),
  CERTIFICATE_ISSUER_UNKNOWN: of('chain', 'undetermined'),
  CERTIFICATE_EXPIRED: of('chain', 'invalid'),
  CERTIFICATE_NOT_YET_VALID: of('chain', 'invalid'),
  CERTIFICATE_KEY_USAGE: of('chain', 'invalid'),
  ISSUER_NOT_AUTHORITY: of('chain', 'invalid'),
  CHAIN_LENGTH: of('chain', 'invalid'),
  CHAIN_SIGNATURE: of('chain', 'invalid'),
  CHAIN_ALGORITHM_WEAK: of('chain', 'invalid'),
  CHAIN_EXTENSION_UNKNOWN: of('chain', 'invalid'),
  NAME_CONSTRAINT: of('chain', 'invalid'),
  REVOCATION_UNKNOWN: of('revocation', 'undetermined'),
  CERTIFICATE_REVOKED: of('revocation', 'invalid'),
  VERIFIER_FAULT: of('document', 'undetermined'),
} as const satisfies Record<string, { readonly step: VerifyStep; readonly verdict: Effect }>;

export type VerifyReasonCode = keyof typeof verifyReasons;

/** Stops a verification; becomes a reason of its result, never an error a caller sees. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: VerifyReasonCode;
  readonly path: string | undefined;

  constructor(code: VerifyReasonCode, path?: string) {
    super(code);
    this.code = code;
    this.path = path;
  }
}
