import { closeSync, existsSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { cliError } from '../cli-error.ts';
import { createNumberSet } from './number-set.ts';
import type { SentItem } from './sent-item.ts';

/** One document of a submission: an item of the journal, or what became of it before it reached the journal. */
export type ListedDocument =
  { readonly item: number; readonly path: string } | { readonly outcome: SentItem };

/**
 * The documents that one submission concerns, in their order, in a file beside the journal: a report of a hundred
 * thousand documents needs no memory, and `--resume` continues the report of the run that was interrupted.
 */
export interface RunList {
  readonly count: number;
  /**
   * What a run was told to send and has not read to its end, because it was interrupted: the rest is in no journal.
   * Undefined when everything was read.
   */
  readonly unread: string | undefined;
  /** The same of the list that this one takes the place of. */
  readonly unreadBefore: string | undefined;
  /** What is named is about to be read; on the disk before the first of it is planned. */
  begin(named: string): void;
  /** All of it has been read. */
  end(): void;
  has(item: number): boolean;
  add(document: ListedDocument): void;
  read(): Generator<ListedDocument>;
  /** The submission is complete; the next one begins a new list. */
  discard(): void;
  close(): void;
}

/** Says what is being read, and with an empty text that it has been read to its end. */
interface Reading {
  readonly reading: string;
}

/**
 * `resume` continues the list of an interrupted submission, if there is one. Throws ERR_OUTPUT_UNWRITABLE here and, once
 * the disk refused a line, at everything that is asked of the list afterwards.
 */
export async function openRunList(journalPath: string, resume: boolean): Promise<RunList> {
  const path = `${journalPath}.run`;
  const known = createNumberSet();
  let count = 0;
  let left = '';
  const kept = resume && existsSync(path);
  if (existsSync(path)) {
    for (const line of linesOf(path)) {
      if ('reading' in line) left = line.reading;
      else if (kept) {
        if ('item' in line) known.add(line.item);
        count += 1;
      }
    }
  }
  const descriptor = attempt(path, () => openSync(path, kept ? 'a' : 'w', 0o600));
  // A process that was killed may have left half a line.
  let waiting = kept ? '\n' : '';
  let flushing = false;
  let closed = false;
  let failure: unknown;
  // Called by the loop too, where nobody could catch what it throws.
  const flush = (): void => {
    flushing = false;
    if (closed || failure !== undefined) return;
    const bytes = Buffer.from(waiting);
    waiting = '';
    try {
      attempt(path, () => {
        for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
      });
    } catch (error) {
      failure = error;
    }
  };
  let unread = kept ? left : '';
  const note = (reading: string): void => {
    unread = reading;
    waiting += `${JSON.stringify({ reading } satisfies Reading)}\n`;
    flush();
    if (failure !== undefined) throw failure;
  };
  return {
    get count() {
      return count;
    },
    get unread() {
      return unread === '' ? undefined : unread;
    },
    unreadBefore: kept || left === '' ? undefined : left,
    begin(named) {
      note(named);
      attempt(path, () => fsyncSync(descriptor));
    },
    end: () => note(''),
    has: (item) => known.has(item),
    add(document) {
      if (failure !== undefined) throw failure;
      if ('item' in document) known.add(document.item);
      count += 1;
      // What a batch of the plan adds is written together, before the first of it can be sent.
      if (!flushing) setImmediate(flush);
      flushing = true;
      waiting += `${JSON.stringify(document)}\n`;
    },
    *read() {
      flush();
      if (failure !== undefined) throw failure;
      for (const line of linesOf(path)) if (!('reading' in line)) yield line;
    },
    discard: () => rmSync(path, { force: true }),
    close() {
      flush();
      closed = true;
      closeSync(descriptor);
    },
  };
}

function attempt<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    throw cliError(
      'ERR_OUTPUT_UNWRITABLE',
      { path, why: (cause as NodeJS.ErrnoException).code ?? '' },
      cause,
    );
  }
}

function* linesOf(path: string): Generator<ListedDocument | Reading> {
  for (const line of linesOfFile(path)) {
    try {
      if (line !== '') yield JSON.parse(line) as ListedDocument | Reading;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}

/** Into one buffer, as nothing else happens meanwhile. */
function* linesOfFile(path: string): Generator<string> {
  const descriptor = attempt(path, () => openSync(path, 'r'));
  try {
    const buffer = new Uint8Array(1 << 16);
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const length = attempt(path, () => readSync(descriptor, buffer));
      if (length === 0) break;
      const lines = (rest + decoder.decode(buffer.subarray(0, length), { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest + decoder.decode();
  } finally {
    closeSync(descriptor);
  }
}
