import { closeSync, createReadStream, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
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
  has(item: number): boolean;
  add(document: ListedDocument): void;
  read(): AsyncGenerator<ListedDocument>;
  /** The submission is complete; the next one begins a new list. */
  discard(): void;
  close(): void;
}

/** `resume` continues the list of an interrupted submission, if there is one. */
export async function openRunList(journalPath: string, resume: boolean): Promise<RunList> {
  const path = `${journalPath}.run`;
  const known = createNumberSet();
  let count = 0;
  const kept = resume && existsSync(path);
  if (kept) {
    for await (const document of documentsIn(path)) {
      if ('item' in document) known.add(document.item);
      count += 1;
    }
  }
  const descriptor = openSync(path, kept ? 'a' : 'w', 0o600);
  // A process that was killed may have left half a line.
  let waiting = kept ? '\n' : '';
  let flushing = false;
  let closed = false;
  const flush = (): void => {
    flushing = false;
    if (closed) return;
    const bytes = Buffer.from(waiting);
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    waiting = '';
  };
  return {
    get count() {
      return count;
    },
    has: (item) => known.has(item),
    add(document) {
      if ('item' in document) known.add(document.item);
      count += 1;
      // What a batch of the plan adds is written together, before the first of it can be sent.
      if (!flushing) setImmediate(flush);
      flushing = true;
      waiting += `${JSON.stringify(document)}\n`;
    },
    async *read() {
      flush();
      yield* documentsIn(path);
    },
    discard: () => rmSync(path, { force: true }),
    close() {
      flush();
      closed = true;
      closeSync(descriptor);
    },
  };
}

async function* documentsIn(path: string): AsyncGenerator<ListedDocument> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    try {
      if (line !== '') yield JSON.parse(line) as ListedDocument;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}
