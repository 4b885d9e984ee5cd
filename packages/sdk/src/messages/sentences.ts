/** What is wrong with the value, and what to do next. */
export interface Sentence {
  readonly message: string;
  readonly hint?: string;
}

/** Values of a finding by name: masked, and fields with their labels. Absent values read as ''. */
export type SentenceValues = Readonly<Record<string, string>>;

/** One language's sentences by finding code. */
export type Sentences = Readonly<Record<string, (values: SentenceValues) => Sentence>>;
