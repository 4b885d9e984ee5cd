import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewaySentence } from '../messages/gateway/index.ts';
import type { Item, ItemProblem, ItemState } from './item.ts';
import type { Journal } from './journal.ts';
import { hashBytes, localProblem, problemOf } from './plan.ts';
import type { SubmissionTarget, TargetOffers } from './target.ts';

/**
 * The one order in which an item is sent, whoever sends it: claim it by a durable `sending`, send, make the outcome
 * durable, resolve an unknown outcome by asking.
 */
export interface StepOptions {
  readonly journal: Pick<Journal, 'record' | 'sentBytes'>;
  readonly target: SubmissionTarget;
  readonly offers: TargetOffers;
  /** Cuts the connection; what was on its way is `unknown`. */
  readonly signal?: AbortSignal;
  readonly readFile?: (path: string) => Promise<Uint8Array>;
  /** Gaps between asking for an unknown outcome; after the last one the server is believed that it has nothing. */
  readonly askAfter?: readonly number[];
  /** `sending` is durable; the first byte leaves when this resolves. */
  readonly onSending?: () => void | Promise<void>;
  /** The server or the line refused a send that is repeated. */
  readonly onPushBack?: () => void;
}

/** Longer together than a stored document needs to become visible. */
export const defaultAskAfter: readonly number[] = [0, 1_000, 3_000, 6_000, 10_000, 20_000];

export interface SendStep {
  readonly outcome:
    | 'accepted'
    /** By the server. */
    | 'rejected'
    /** By a check before sending. */
    | 'refused'
    | 'unknown'
    /** Nothing was stored at the server; the item is planned. */
    | 'not-sent'
    /** Another process holds the item; nothing left. */
    | 'taken';
  /** The durable state before the outcome. */
  readonly from: ItemState;
  readonly error?: BhxhError;
  /** Resolves when the outcome is durable. */
  readonly recorded: Promise<Item>;
}

export type AskStep =
  | { readonly outcome: 'confirmed' | 'to-send'; readonly recorded: Promise<Item> }
  | { readonly outcome: 'ask-again'; readonly round: number; readonly after: number }
  | { readonly outcome: 'failed'; readonly error: BhxhError };

/** The bytes that were planned, or why they cannot be sent: a file that changed since then is not sent. */
export async function readItem(
  item: Item,
  options: Pick<StepOptions, 'readFile'>,
): Promise<Uint8Array | ItemProblem> {
  try {
    const bytes = await (options.readFile ?? readFile)(item.path);
    return hashBytes(bytes) === item.sha256 ? bytes : fileChanged();
  } catch (error) {
    return localProblem(error);
  }
}

/**
 * Sends one item. `content` is what {@link readItem} gave.
 *
 * @throws what the journal throws when it cannot be written, so that nothing goes on without a record
 */
export async function sendItem(
  item: Item,
  content: Uint8Array | ItemProblem,
  options: StepOptions,
): Promise<SendStep> {
  const { journal, target, offers, signal } = options;
  // What was sent before is stored, so an interrupted item does not depend on its file.
  const bytes =
    content instanceof Uint8Array ? content : item.attempts > 0 ? await journal.sentBytes(item) : null;
  if (bytes === null) {
    const problem = content as ItemProblem;
    return {
      outcome: 'refused',
      from: item.state,
      recorded: journal.record(item, { state: 'rejected', attempts: item.attempts, problem }),
    };
  }
  let sends = 0;
  let unclaimed: { readonly error: unknown } | undefined;
  // What is recorded of a send is recorded of its own claim: somebody else may have claimed the item since.
  let claimed = item;
  const claim = async (): Promise<void> => {
    try {
      claimed = await journal.record(item, { state: 'sending', attempts: item.attempts, bytes });
    } catch (error) {
      unclaimed = { error };
      throw error;
    }
    await options.onSending?.();
  };
  try {
    const { id, at, text } = await target.send(item, bytes, {
      ...(signal ? { signal } : {}),
      ...(offers.idempotencyKey ? { idempotencyKey: idempotencyKeyOf(item) } : {}),
      ...(options.onPushBack ? { onPushBack: options.onPushBack } : {}),
      onSend: async () => {
        if (sends++ === 0) await claim();
      },
    });
    const attempts = item.attempts + sends;
    return {
      outcome: 'accepted',
      from: 'sending',
      recorded: journal.record(claimed, { state: 'accepted', attempts, receipt: { id, at, text } }),
    };
  } catch (error) {
    if (unclaimed !== undefined) {
      if (!isTaken(unclaimed.error)) throw unclaimed.error;
      return { outcome: 'taken', from: item.state, error: unclaimed.error, recorded: Promise.resolve(item) };
    }
    if (!(error instanceof BhxhError)) throw error;
    return failedSend(item, claimed, sends, error, options);
  }
}

function isTaken(error: unknown): error is BhxhError {
  return error instanceof BhxhError && error.code === 'ERR_ITEM_TAKEN';
}

function failedSend(
  item: Item,
  claimed: Item,
  sends: number,
  error: BhxhError,
  { journal }: StepOptions,
): SendStep {
  const attempts = item.attempts + sends;
  const from: ItemState = sends > 0 ? 'sending' : item.state;
  switch (error.category) {
    case 'unknown-outcome':
    case 'rejected':
    case 'input':
    case 'spec':
    case 'signing': {
      const state = error.category === 'unknown-outcome' ? 'unknown' : 'rejected';
      const problem = problemOf(error, 'server');
      return { outcome: state, from, error, recorded: journal.record(claimed, { state, attempts, problem }) };
    }
    default: {
      // The server or the network refused, or the account did: nothing was stored.
      const recorded =
        sends > 0
          ? journal.record(claimed, { state: 'planned', attempts, reason: error.code })
          : Promise.resolve(item);
      return { outcome: 'not-sent', from, error, recorded };
    }
  }
}

/** Asks for an item whose outcome is unknown. Only where the server offers `statusQuery`. */
export async function askItem(item: Item, round: number, options: StepOptions): Promise<AskStep> {
  const { journal, target, offers, signal, askAfter = defaultAskAfter } = options;
  const { attempts } = item;
  let receipt;
  try {
    receipt = await target.find(item, signal);
  } catch (error) {
    if (error instanceof BhxhError) return { outcome: 'failed', error };
    throw error;
  }
  if (receipt) {
    return {
      outcome: 'confirmed',
      recorded: journal.record(item, { state: 'confirmed', attempts, receipt }),
    };
  }
  // With a key the server itself makes a second arrival harmless, so there is no need to wait.
  if (!offers.idempotencyKey && round + 1 < askAfter.length) {
    return { outcome: 'ask-again', round: round + 1, after: askAfter[round + 1]! };
  }
  const reason = 'the server has nothing';
  return { outcome: 'to-send', recorded: journal.record(item, { state: 'planned', attempts, reason }) };
}

/** The same for every attempt and after every restart, because it is made of the identity. */
export function idempotencyKeyOf(item: Item): string {
  return createHash('sha256')
    .update(JSON.stringify([item.sender, item.kind, item.key, item.sha256]))
    .digest('hex');
}

function fileChanged(): ItemProblem {
  return { code: 'ERR_FILE_CHANGED', where: 'local', ...gatewaySentence('ERR_FILE_CHANGED') };
}
