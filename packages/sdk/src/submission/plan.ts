import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { Item, ItemProblem, NewItem } from './item.ts';
import type { Journal } from './journal.ts';
import type { SubmissionTarget } from './target.ts';

/** One document to be sent. */
export interface SubmissionSource {
  /** Shown in reports and read again when the document is sent. */
  readonly path: string;
  /** Default: the file at `path`. */
  readonly read?: () => Promise<Uint8Array>;
  /** ISO date and time of a legal deadline. */
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
  readonly target: SubmissionTarget;
  readonly sources: AsyncIterable<SubmissionSource> | Iterable<SubmissionSource>;
  /** Documents that the server rejected before are sent once more. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
}

const batchSize = 200;
const filesAhead = 8;
/** `never` does not depend on the moment. */
const epoch = new Date(0);

/**
 * Puts documents into the journal, each once, in the order given. Only names and hashes are kept in memory. A document
 * that cannot be read or has no route is reported as `refused` and the rest goes on.
 */
export async function* planSubmission(options: PlanOptions): AsyncGenerator<PlanEvent, void, undefined> {
  let batch: NewItem[] = [];
  for await (const read of readAhead(options)) {
    if ('problem' in read) {
      yield { kind: 'refused', ...read };
      continue;
    }
    batch.push(read);
    if (batch.length < batchSize) continue;
    yield* addBatch(batch, options);
    batch = [];
  }
  yield* addBatch(batch, options);
}

type ReadSource =
  NewItem | { readonly path: string; readonly sha256: string | null; readonly problem: ItemProblem };

/** Reads a few files while others are looked at; a source that reads itself is read before the next one is asked for. */
async function* readAhead({ sources, target, signal }: PlanOptions): AsyncGenerator<ReadSource> {
  const reading: Promise<ReadSource>[] = [];
  for await (const source of sources) {
    if (signal?.aborted) break;
    reading.push(readSource(source, target));
    while (reading.length > (source.read ? 0 : filesAhead)) yield reading.shift()!;
  }
  for (const read of reading) yield read;
}

async function* addBatch(
  batch: readonly NewItem[],
  { journal, again }: PlanOptions,
): AsyncGenerator<PlanEvent> {
  const added = await journal.add(batch);
  const first = new Set<number>();
  for (const [at, { item, fresh }] of added.entries()) {
    const { path } = batch[at]!;
    if (fresh) {
      first.add(item.id);
      yield item.state === 'unknown'
        ? { kind: 'skipped', path, item, reason: 'unknown' }
        : { kind: 'planned', path, item };
      continue;
    }
    if (first.has(item.id)) {
      yield { kind: 'skipped', path, item, reason: 'duplicate' };
    } else if (item.state === 'rejected' && again) {
      await journal.record(item, {
        state: 'planned',
        attempts: item.attempts,
        reason: 'submitted again',
        path,
      });
      yield { kind: 'planned', path, item: (await journal.item(item.id))! };
    } else {
      if (item.state === 'planned' && item.path !== path) {
        await journal.record(item, { state: 'planned', attempts: item.attempts, reason: 'moved', path });
      }
      yield { kind: 'skipped', path, item, reason: skipReasons[item.state] };
    }
  }
}

const skipReasons: Readonly<Record<Item['state'], SkipReason>> = {
  planned: 'queued',
  sending: 'queued',
  accepted: 'accepted',
  confirmed: 'accepted',
  unknown: 'unknown',
  rejected: 'rejected',
};

async function readSource(source: SubmissionSource, target: SubmissionTarget): Promise<ReadSource> {
  const { path, deadline } = source;
  let sha256: string | null = null;
  try {
    const bytes = await (source.read ? source.read() : readFile(path));
    sha256 = hashBytes(bytes);
    const name = target.identify(bytes);
    if (target.sizeWindow?.(bytes.length, epoch) === 'never') throw tooLarge();
    const item = { ...name, sender: target.sender, sha256, size: bytes.length, path };
    return deadline === undefined ? item : { ...item, deadline };
  } catch (error) {
    return { path, sha256, problem: localProblem(error) };
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
