/** A sentence on a failed signing operation, and what to do next. */
export interface SigningSentence {
  readonly message: string;
  readonly hint: string;
}
