/** One thing to read, named as the user typed it (`a.zip!x.xml` inside an archive, `-` for standard input). */
export interface InputFile {
  readonly kind: 'file';
  readonly path: string;
  /** Bytes, when known before reading. */
  readonly size?: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Why something in the input was not read; each has a sentence in the message catalogue. */
export type SkipReason =
  | 'not-found'
  | 'not-a-file'
  | 'unreadable'
  | 'no-match'
  | 'journal'
  | 'archive-damaged'
  | 'archive-unsafe-name'
  | 'archive-symlink'
  | 'archive-duplicate-name'
  | 'archive-encrypted'
  | 'archive-overlap'
  | 'archive-too-large'
  | 'archive-nested';

/** Something that cannot be used as input. `usable: false` counts as a failure only when nothing else was usable. */
export interface SkippedInput {
  readonly kind: 'skipped';
  readonly path: string;
  readonly reason: SkipReason;
  readonly detail: string;
}

export type Input = InputFile | SkippedInput;
