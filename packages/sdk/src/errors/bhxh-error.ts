/** What kind of failure an error is; decides the exit code and the advice. */
export type ErrorCategory =
  | 'usage'
  | 'input'
  | 'spec'
  | 'auth'
  | 'network'
  | 'unavailable'
  | 'rejected'
  | 'unknown-outcome'
  | 'signing'
  | 'internal';

/** Whether the same call may be repeated: `safe`, only `after-check` of the status, or `never` unchanged. */
export type RetryClass = 'safe' | 'after-check' | 'never';

/** Two sentences with one meaning. */
export interface Bilingual {
  readonly vi: string;
  readonly en: string;
}

export interface BhxhErrorOptions {
  /** Stable, upper case, begins with `ERR_`. */
  readonly code: `ERR_${string}`;
  readonly category: ErrorCategory;
  readonly retry: RetryClass;
  /** What is wrong and the value, masked where it is personal. */
  readonly message: Bilingual;
  /** What to do next, best a command to type. */
  readonly hint?: Bilingual;
  readonly cause?: unknown;
  readonly requestId?: string;
  /** The gateway's own code and text, verbatim. */
  readonly official?: { readonly code: string; readonly text: string };
}

/** An operation that could not be done. A problem inside a document is a `Finding`, not an error. */
export class BhxhError extends Error {
  override readonly name = 'BhxhError';
  readonly code: `ERR_${string}`;
  readonly category: ErrorCategory;
  readonly retry: RetryClass;
  readonly sentences: Bilingual;
  readonly hint: Bilingual | undefined;
  readonly requestId: string | undefined;
  readonly official: { readonly code: string; readonly text: string } | undefined;

  constructor(options: BhxhErrorOptions) {
    super(options.message.en, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.category = options.category;
    this.retry = options.retry;
    this.sentences = options.message;
    this.hint = options.hint;
    this.requestId = options.requestId;
    this.official = options.official;
  }
}
