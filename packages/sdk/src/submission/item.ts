/**
 * Where an item stands. `accepted` is final where the server cannot be asked; `confirmed` was seen at the server
 * afterwards; `unknown` may or may not have arrived and is never sent again unasked.
 */
export type ItemState = 'planned' | 'sending' | 'accepted' | 'rejected' | 'unknown' | 'confirmed';

export const itemStates: readonly ItemState[] = [
  'planned',
  'sending',
  'accepted',
  'rejected',
  'unknown',
  'confirmed',
];

/** The server's acknowledgement, kept for ever. */
export interface ItemReceipt {
  /** maGiaoDich, MaGD or the message id. */
  readonly id: string;
  /** As the server wrote it. */
  readonly at: string;
  /** Its words, with the people in them masked. */
  readonly text: string;
}

/** Why an item is not accepted; texts are masked already. */
export interface ItemProblem {
  readonly code: string;
  /** Who said so: a check before sending, or the server. */
  readonly where: 'local' | 'server';
  readonly vi: string;
  readonly en: string;
  readonly official?: { readonly code: string; readonly text: string };
}

/** A document to be sent. Sender, key and hash of the exact bytes are its identity. */
export interface NewItem {
  /** Environment and facility, unit or bank: `production/99001`. */
  readonly sender: string;
  readonly kind: string;
  /** Which route of the gateway, understood by the target. */
  readonly route: string;
  readonly key: string;
  /** SHA-256 of the exact bytes, lower-case hex. */
  readonly sha256: string;
  readonly size: number;
  /** Where the bytes are read from when it is sent. */
  readonly path: string;
  /** ISO date and time of a legal deadline; earlier ones go first. */
  readonly deadline?: string;
}

export interface Item extends NewItem {
  readonly id: number;
  readonly state: ItemState;
  /** Sends so far, over all runs. */
  readonly attempts: number;
  readonly receipt?: ItemReceipt;
  readonly problem?: ItemProblem;
  /** ISO date and time of the last change. */
  readonly changedAt: string;
  /** Counts the changes where several processes share the journal; the fence of the next one. */
  readonly version?: number;
}

export type ItemCounts = Readonly<Record<ItemState, number>>;

/** Where the queue is read on: items are sent by deadline, then by id. */
export interface QueuePosition {
  readonly due: string;
  readonly id: number;
}

/** Sorts behind every ISO date. */
export const noDeadline: string = '9';

export function positionOf({ deadline, id }: Item): QueuePosition {
  return { due: deadline ?? noDeadline, id };
}
