/** What kind of failure a `SigningError` is; callers map it to their own categories and exit codes. */
export type SigningErrorCategory =
  'usage' | 'input' | 'auth' | 'network' | 'unavailable' | 'signing' | 'internal';

/**
 * Every reason for which a signing operation cannot be done, with the kind of failure it is.
 * Problems of a signed document are reasons of a `VerifyResult`, not errors.
 */
export const signingErrors = {
  ERR_KEY_REFERENCE: 'usage',
  ERR_KEY_REFERENCE_SECRET: 'usage',
  ERR_PROFILE_UNKNOWN: 'usage',
  ERR_PARTY_UNKNOWN: 'usage',
  ERR_ALGORITHM_NOT_AVAILABLE: 'usage',
  ERR_ENGINE_MISSING: 'usage',
  ERR_ENGINE_UNFIT: 'usage',
  ERR_REMOTE_UNKNOWN: 'usage',
  ERR_JOB_DAMAGED: 'usage',
  ERR_JOB_DOCUMENT_MISSING: 'usage',
  ERR_PIN_REQUIRED: 'usage',
  ERR_KEY_UNREADABLE: 'input',
  ERR_KEY_FORMAT: 'input',
  ERR_DOCUMENT_UNREADABLE: 'input',
  ERR_DOCUMENT_ROOT: 'input',
  ERR_DOCUMENT_CHANGED: 'input',
  ERR_SIGNATURE_PLACE_MISSING: 'input',
  ERR_SIGNATURE_PLACE_COUNT: 'input',
  ERR_SIGNATURE_PLACE_NOT_EMPTY: 'input',
  ERR_ALREADY_SIGNED: 'input',
  ERR_SIGNED_ELEMENT_MISSING: 'input',
  ERR_SIGNED_ELEMENT_ID: 'input',
  ERR_KEY_PASSWORD: 'auth',
  ERR_PIN_INCORRECT: 'auth',
  ERR_PIN_INVALID: 'auth',
  ERR_PIN_EXPIRED: 'auth',
  ERR_PIN_LOCKED: 'auth',
  ERR_PIN_FINAL_TRY: 'auth',
  ERR_PIN_NOT_SET: 'auth',
  ERR_CERTIFICATE_MISSING: 'signing',
  ERR_CERTIFICATE_KEY_MISMATCH: 'signing',
  ERR_CERTIFICATE_EXPIRED: 'signing',
  ERR_CERTIFICATE_NOT_YET_VALID: 'signing',
  ERR_CERTIFICATE_NOT_FOR_SIGNING: 'signing',
  ERR_CERTIFICATE_REVOKED: 'signing',
  ERR_CERTIFICATE_REFUSED: 'signing',
  ERR_CERTIFICATE_STATUS_UNKNOWN: 'unavailable',
  ERR_KEY_MISSING: 'signing',
  ERR_KEY_AMBIGUOUS: 'signing',
  ERR_KEY_NOT_FOR_SIGNING: 'signing',
  ERR_KEY_TOO_SMALL: 'signing',
  ERR_KEY_TYPE: 'signing',
  ERR_MODULE_AMBIGUOUS: 'signing',
  ERR_MODULE_MISSING: 'signing',
  ERR_MODULE_TIMEOUT: 'signing',
  ERR_MODULE_UNUSABLE: 'signing',
  ERR_MODULE_LOADER_MISSING: 'signing',
  ERR_MECHANISM_MISSING: 'signing',
  ERR_TOKEN_MISSING: 'signing',
  ERR_TOKEN_AMBIGUOUS: 'signing',
  ERR_TOKEN_GONE: 'signing',
  ERR_TOKEN_BUSY: 'signing',
  ERR_TOKEN_MEMORY: 'signing',
  ERR_TOKEN: 'signing',
  ERR_SIGNING_CANCELLED: 'signing',
  ERR_SIGNATURE_WRONG: 'signing',
  ERR_TIME_STAMP: 'signing',
  ERR_TIME_STAMP_SOURCE: 'usage',
  ERR_EVIDENCE_DAMAGED: 'input',
  ERR_TRUST_LIST_DAMAGED: 'input',
  ERR_TRUST_ANCHOR_FINGERPRINT: 'signing',
  ERR_TRUST_ANCHOR_KNOWN: 'usage',
  ERR_TRUST_ANCHOR_UNKNOWN: 'usage',
  ERR_TRUST_ANCHOR_AMBIGUOUS: 'usage',
  ERR_TRUST_UPDATE_KEY: 'signing',
  ERR_TRUST_UPDATE_DAMAGED: 'input',
  ERR_TRUST_UPDATE_SIGNATURE: 'signing',
  ERR_TRUST_UPDATE_OLD: 'signing',
  ERR_BATCH_SIZE: 'usage',
  ERR_REMOTE_REFUSED: 'signing',
  ERR_REMOTE_EXPIRED: 'signing',
  ERR_REMOTE_ANSWER: 'signing',
  ERR_REMOTE_CREDENTIALS: 'auth',
  ERR_REMOTE_CODE: 'auth',
  ERR_REMOTE_LOCKED: 'auth',
  ERR_REMOTE_CERTIFICATE: 'signing',
  ERR_REMOTE_TIMEOUT: 'unavailable',
  ERR_REMOTE_UNAVAILABLE: 'unavailable',
  ERR_REMOTE_UNREACHABLE: 'network',
  ERR_SIGNING_BUG: 'internal',
} as const;

export type SigningErrorCode = keyof typeof signingErrors;

/** Small technical facts about a failure: a mechanism, a slot label, a count. Never a PIN, a password or document content. */
export type SigningErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The only error this package throws. Sentences for people live with the caller, looked up by `code`. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  readonly code: SigningErrorCode;
  readonly category: SigningErrorCategory;
  readonly details: SigningErrorDetails;

  constructor(code: SigningErrorCode, details: SigningErrorDetails = {}, cause?: unknown) {
    const words = Object.entries(details).map(([name, value]) => `${name}=${value}`);
    super(
      words.length === 0 ? code : `${code} (${words.join(', ')})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.category = signingErrors[code];
    this.details = details;
  }
}
