import { createHash } from 'node:crypto';
import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { Item, ItemProblem, NewItem } from './item.ts';
import type { AddedItem, ItemToAdd, Journal } from './journal.ts';
import { createSourceReader, type SourceReader } from './source-reader.ts';
import type { PlanningTarget } from './target.ts';

/** One document to be sent. */
export interface SubmissionSource {
  /** Read again when the document is sent. */
  readonly path: string;
  /** What the document is called in the events, when that is not its path. */
  readonly shown?: string;
  /** Default: the file at `path`. */
  readonly read?: () => Promise<Uint8Array>;
  /** ISO date and time of a legal deadline, when it is not the one that follows from the document itself. */
  readonly deadline?: string;
}

/** Why a document is not planned now. */
export type SkipReason =
  /** The server has these bytes already. */
  | 'accepted'
  /** It is in the queue from an earlier run. */
  | 'queued'
  /** Its outcome is unknown: it is asked for, not sent again. */
  | 'unknown'
  /** These bytes were rejected before. */
  | 'rejected'
  /** Another path of this plan has the same bytes. */
  | 'duplicate';

export type PlanEvent =
  | { readonly kind: 'planned'; readonly path: string; readonly item: Item }
  | { readonly kind: 'skipped'; readonly path: string; readonly item: Item; readonly reason: SkipReason }
  | {
      readonly kind: 'refused';
      readonly path: string;
      readonly sha256: string | null;
      readonly problem: ItemProblem;
    };

export interface PlanOptions {
  readonly journal: Journal;
  readonly target: PlanningTarget;
  readonly sources: AsyncIterable<SubmissionSource> | Iterable<SubmissionSource>;
  /** Documents that the server rejected before are sent once more. */
  readonly again?: boolean;
  /** Gives the bytes to the journal too, for workers on other machines, which cannot read the files. */
  readonly keepBytes?: boolean;
  readonly signal?: AbortSignal;
}

const batchSize = 50;
/** A batch whose bytes are kept is added as soon as it holds so many. */
const batchBytes = 8 * 1024 * 1024;
/** A source that is slow, because it signs, does not keep what is ready waiting longer than this (milliseconds). */
const batchWait = 200;
const filesAhead = 8;
/** `never` does not depend on the moment. */
const epoch = new Date(0);

/**
 * Puts documents into the journal, each once, and tells what became of each in the order given. Only names and hashes
 * are kept in memory. A document that cannot be read or has no route is reported as `refused` and the rest goes on.
 */
export async function* planSubmission(options: PlanOptions): AsyncGenerator<PlanEvent, void, undefined> {
  let batch: ReadSource[] = [];
  let kept = 0;
  let addedAt = performance.now();
  for await (const read of readAhead(options)) {
    batch.push(read);
    if (options.keepBytes === true && 'item' in read) kept += read.item.size;
    const full = batch.length >= batchSize || kept >= batchBytes;
    if (!full && performance.now() - addedAt < batchWait) continue;
    yield* addBatch(batch, options);
    batch = [];
    kept = 0;
    // What is read and stored at once never lets the loop turn: a signal, a timer and a write of others wait for it.
    await new Promise((resolve) => setImmediate(resolve));
    addedAt = performance.now();
  }
  yield* addBatch(batch, options);
}

/** What was read of a source; `shown` is what the events call it. */
type ReadSource = { readonly shown: string } & (
  { readonly item: ItemToAdd } | { readonly sha256: string | null; readonly problem: ItemProblem }
);

/** Reads a few files while others are looked at; a source that reads itself is read before the next one is asked for. */
async function* readAhead({ sources, target, signal, keepBytes }: PlanOptions): AsyncGenerator<ReadSource> {
  const reading: Promise<ReadSource>[] = [];
  const read = createSourceReader(keepBytes === true);
  for await (const source of sources) {
    if (signal?.aborted) break;
    reading.push(readSource(source, target, keepBytes === true, read));
    while (reading.length > (source.read ? 0 : filesAhead)) yield reading.shift()!;
  }
  for (const read of reading) yield read;
}

async function* addBatch(batch: readonly ReadSource[], options: PlanOptions): AsyncGenerator<PlanEvent> {
  const added = (
    await options.journal.add(batch.flatMap((read) => ('item' in read ? [read.item] : [])))
  ).values();
  const fresh = new Set<number>();
  for (const read of batch) {
    if ('problem' in read) {
      yield { kind: 'refused', path: read.shown, sha256: read.sha256, problem: read.problem };
    } else yield await addedEvent(read.shown, read.item, added.next().value!, fresh, options);
  }
}

async function addedEvent(
  path: string,
  planned: NewItem,
  { item, fresh }: AddedItem,
  freshInBatch: Set<number>,
  { journal, again }: PlanOptions,
): Promise<PlanEvent> {
  const { attempts } = item;
  if (fresh) {
    freshInBatch.add(item.id);
    return item.state === 'unknown'
      ? { kind: 'skipped', path, item, reason: 'unknown' }
      : { kind: 'planned', path, item };
  }
  if (freshInBatch.has(item.id)) return { kind: 'skipped', path, item, reason: 'duplicate' };
  // Nothing of a document that was refused here ever left, and its file may be readable again.
  if (item.state === 'rejected' && (again || item.problem?.where === 'local')) {
    const reason = 'submitted again';
    const after = await journal.record(item, { state: 'planned', attempts, reason, path: planned.path });
    return { kind: 'planned', path, item: after };
  }
  if (item.state === 'planned' && item.path !== planned.path) {
    await journal.record(item, { state: 'planned', attempts, reason: 'moved', path: planned.path });
  }
  return { kind: 'skipped', path, item, reason: skipReasons[item.state] };
}

const skipReasons: Readonly<Record<Item['state'], SkipReason>> = {
  planned: 'queued',
  sending: 'queued',
  accepted: 'accepted',
  confirmed: 'accepted',
  unknown: 'unknown',
  rejected: 'rejected',
};

async function readSource(
  source: SubmissionSource,
  target: PlanningTarget,
  keepBytes: boolean,
  read: SourceReader,
): Promise<ReadSource> {
  const { path, shown = path } = source;
  let sha256: string | null = null;
  try {
    const reading = source.read ? source.read() : read(path);
    // Nothing may come between reading into the shared buffer and the last look at it.
    const bytes = reading instanceof Uint8Array ? reading : await reading;
    sha256 = hashBytes(bytes);
    const { kind, route, key, deadline, sender = target.sender } = target.identify(bytes);
    if (target.sizeWindow?.(bytes.length, epoch) === 'never') throw tooLarge();
    const due = source.deadline ?? deadline;
    const named = { kind, route, key, sender, sha256, size: bytes.length, path };
    const item = keepBytes ? { ...named, bytes } : named;
    return { shown, item: due === undefined ? item : { ...item, deadline: due } };
  } catch (error) {
    return { shown, sha256, problem: localProblem(error) };
  }
}

function tooLarge(): BhxhError {
  return gatewayError('ERR_FILE_TOO_LARGE', { category: 'input', retry: 'never' });
}

export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Says why a document cannot be sent, without anything of its content. */
export function localProblem(error: unknown): ItemProblem {
  if (error instanceof BhxhError) return problemOf(error, 'local');
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && code.startsWith('XML_')) {
    return { code, where: 'local', ...gatewaySentence('NOT_WELL_FORMED') };
  }
  const values = { code: typeof code === 'string' ? code : 'UNKNOWN' };
  return { code: 'ERR_FILE_UNREADABLE', where: 'local', ...gatewaySentence('ERR_FILE_UNREADABLE', values) };
}

export function problemOf(error: BhxhError, where: ItemProblem['where']): ItemProblem {
  return {
    code: error.code,
    where,
    vi: error.sentences.vi,
    en: error.sentences.en,
    ...(error.official ? { official: error.official } : {}),
  };
}
