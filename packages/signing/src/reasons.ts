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

/**
 * Every reason for which a signature is not valid: the step that failed and what it makes of the verdict. A document
 * that is not well-formed is reported with the codes of `XmlError`, which all belong to step `document`.
 */
export const verifyReasons = {
  DOCUMENT_ROOT: { step: 'place', verdict: 'invalid' },
  SIGNATURE_MISSING: { step: 'place', verdict: 'invalid' },
  SIGNATURE_COUNT: { step: 'place', verdict: 'invalid' },
  SIGNATURE_PLACE: { step: 'place', verdict: 'invalid' },
  SIGNATURE_PLACE_COUNT: { step: 'place', verdict: 'invalid' },
  SIGNATURE_PLACE_CONTENT: { step: 'place', verdict: 'invalid' },
  ATTRIBUTE_NAME_RESERVED: { step: 'document', verdict: 'invalid' },
  SIGNED_TEXT_COMMENT: { step: 'document', verdict: 'invalid' },
  SIGNATURE_COMMENT: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_CDATA: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_TEXT: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_ATTRIBUTE: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_CHILD: { step: 'structure', verdict: 'invalid' },
  SIGNED_INFO_COUNT: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_VALUE_COUNT: { step: 'structure', verdict: 'invalid' },
  CANONICALIZATION_METHOD_COUNT: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_METHOD_COUNT: { step: 'structure', verdict: 'invalid' },
  DIGEST_METHOD_COUNT: { step: 'structure', verdict: 'invalid' },
  DIGEST_VALUE_COUNT: { step: 'structure', verdict: 'invalid' },
  DIGEST_VALUE_NOT_TEXT: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_VALUE_NOT_TEXT: { step: 'structure', verdict: 'invalid' },
  DIGEST_VALUE_BASE64: { step: 'structure', verdict: 'invalid' },
  DIGEST_VALUE_LENGTH: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_VALUE_BASE64: { step: 'structure', verdict: 'invalid' },
  SIGNATURE_VALUE_LENGTH: { step: 'structure', verdict: 'invalid' },
  KEY_INFO_FORBIDDEN: { step: 'structure', verdict: 'invalid' },
  REFERENCE_COUNT: { step: 'structure', verdict: 'invalid' },
  TRANSFORM_COUNT: { step: 'structure', verdict: 'invalid' },
  CANONICALIZATION_FORBIDDEN: { step: 'algorithms', verdict: 'invalid' },
  SIGNATURE_ALGORITHM_FORBIDDEN: { step: 'algorithms', verdict: 'invalid' },
  SIGNATURE_ALGORITHM_WEAK: { step: 'algorithms', verdict: 'invalid' },
  SIGNATURE_ALGORITHM_MAC: { step: 'algorithms', verdict: 'invalid' },
  SIGNATURE_ALGORITHM_KEY: { step: 'key', verdict: 'invalid' },
  DIGEST_ALGORITHM_FORBIDDEN: { step: 'algorithms', verdict: 'invalid' },
  DIGEST_ALGORITHM_WEAK: { step: 'algorithms', verdict: 'invalid' },
  TRANSFORM_FORBIDDEN: { step: 'algorithms', verdict: 'invalid' },
  KEY_TYPE_FORBIDDEN: { step: 'key', verdict: 'invalid' },
  KEY_TOO_SMALL: { step: 'key', verdict: 'invalid' },
  KEY_CURVE_FORBIDDEN: { step: 'key', verdict: 'invalid' },
  REFERENCE_URI_MISSING: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_URI_EXTERNAL: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_URI_FORBIDDEN: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_ID_UNKNOWN: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_TARGET: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_TRANSFORMS: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_MISSING: { step: 'coverage', verdict: 'invalid' },
  REFERENCE_REPEATED: { step: 'coverage', verdict: 'invalid' },
  OBJECT_NOT_SIGNED: { step: 'coverage', verdict: 'invalid' },
  OBJECT_CONTENT: { step: 'coverage', verdict: 'invalid' },
  DIGEST_MISMATCH: { step: 'digest', verdict: 'invalid' },
  SIGNATURE_MISMATCH: { step: 'signature', verdict: 'invalid' },
  CERTIFICATE_MISSING: { step: 'key', verdict: 'invalid' },
  CERTIFICATE_UNREADABLE: { step: 'structure', verdict: 'invalid' },
  KEY_VALUE_MISMATCH: { step: 'key', verdict: 'invalid' },
  CERTIFICATE_COUNT: { step: 'key', verdict: 'invalid' },
  SIGNER_MISMATCH: { step: 'signer', verdict: 'invalid' },
  SIGNER_ID_UNTYPED: { step: 'signer', verdict: 'undetermined' },
  TRUST_NOT_CHECKED: { step: 'chain', verdict: 'undetermined' },
  CERTIFICATE_ISSUER_UNKNOWN: { step: 'chain', verdict: 'undetermined' },
  CERTIFICATE_EXPIRED: { step: 'chain', verdict: 'invalid' },
  CERTIFICATE_NOT_YET_VALID: { step: 'chain', verdict: 'invalid' },
  CERTIFICATE_KEY_USAGE: { step: 'chain', verdict: 'invalid' },
  ISSUER_NOT_AUTHORITY: { step: 'chain', verdict: 'invalid' },
  CHAIN_LENGTH: { step: 'chain', verdict: 'invalid' },
  CHAIN_SIGNATURE: { step: 'chain', verdict: 'invalid' },
  CHAIN_ALGORITHM_WEAK: { step: 'chain', verdict: 'invalid' },
  CHAIN_EXTENSION_UNKNOWN: { step: 'chain', verdict: 'invalid' },
  AUTHORITY_LICENCE_ENDED: { step: 'chain', verdict: 'invalid' },
  AUTHORITY_LICENCE_UNPROVEN: { step: 'chain', verdict: 'undetermined' },
  NAME_CONSTRAINT: { step: 'chain', verdict: 'invalid' },
  REVOCATION_UNKNOWN: { step: 'revocation', verdict: 'undetermined' },
  CERTIFICATE_REVOKED: { step: 'revocation', verdict: 'invalid' },
  SIGNING_CERTIFICATE_MISMATCH: { step: 'key', verdict: 'invalid' },
  TIME_STAMP_MISSING: { step: 'coverage', verdict: 'invalid' },
  TIME_STAMP_UNREADABLE: { step: 'time-stamp', verdict: 'invalid' },
  TIME_STAMP_IMPRINT: { step: 'time-stamp', verdict: 'invalid' },
  TIME_STAMP_SIGNATURE: { step: 'time-stamp', verdict: 'invalid' },
  TIME_STAMP_UNTRUSTED: { step: 'time-stamp', verdict: 'undetermined' },
  TIME_STAMP_EXPIRED: { step: 'time-stamp', verdict: 'undetermined' },
  LEGACY_ALGORITHM: { step: 'algorithms', verdict: 'undetermined' },
  ENGINE_DOCUMENT_SIZE: { step: 'signature', verdict: 'undetermined' },
  ENGINE_ALGORITHM: { step: 'signature', verdict: 'undetermined' },
  VERIFIER_FAULT: { step: 'document', verdict: 'undetermined' },
} as const;

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
