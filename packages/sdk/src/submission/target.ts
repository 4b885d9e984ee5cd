import type { Item, ItemReceipt } from './item.ts';

/** What a server offers for an unknown outcome. */
export interface TargetOffers {
  readonly idempotencyKey: boolean;
  readonly statusQuery: boolean;
}

export interface SendOptions {
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
  /** Resolves when `sending` is durable; nothing leaves before. */
  readonly onSend: () => Promise<void>;
  /** The server or the line refused this send; it is repeated, and whoever sends many should slow down. */
  readonly onPushBack?: () => void;
}

/** Where a document goes and what it is called there. */
export interface DocumentName {
  readonly kind: string;
  /** Route of the gateway, understood by the target. */
  readonly route: string;
  /** Business key; empty when only the bytes identify it. */
  readonly key: string;
  /** ISO date and time of the legal deadline that follows from the document; earlier ones go first. */
  readonly deadline?: string;
  /** Whose document it is, where one plan serves several senders; the target's own when absent. */
  readonly sender?: string;
}

/** Something the server says it holds. */
export interface HeldDocument {
  readonly kind: string;
  readonly key: string;
  readonly sha256: string;
  readonly receipt: ItemReceipt;
}

/** One gateway as the engine sees it; each domain gives one descriptor. Errors are BhxhError. */
export interface SubmissionTarget {
  readonly host: string;
  /** Environment and facility, unit or bank that sends: `production/99001`; part of every identity. */
  readonly sender: string;
  /** Uploads at a time that the server grants this sender; no limit of its own when absent. */
  readonly concurrency?: number;
  /** Milliseconds by which the server's clock is ahead of ours; undefined while it is not known. */
  readonly clockSkew?: number | undefined;
  /** Beyond it the difference is told; the engine's own 60 s when absent. */
  readonly clockSkewLimit?: number;
  /** @throws BhxhError `input` when the document cannot go here, or XmlError when it is none */
  identify(bytes: Uint8Array): DocumentName;
  /** Whether a file of this size is taken now, later or never; always when absent. */
  sizeWindow?(bytes: number, moment: Date): 'open' | 'never' | Date;
  /** When announced maintenance ends, while it lasts. */
  closedUntil?(moment: Date): Date | undefined;
  offers(signal?: AbortSignal): Promise<TargetOffers>;
  send(
    item: Item,
    bytes: Uint8Array,
    options: SendOptions,
  ): Promise<ItemReceipt & { readonly attempts: number }>;
  /** Null when the server says that it has nothing with these bytes. Only asked where `statusQuery` is offered. */
  find(item: Item, signal?: AbortSignal): Promise<ItemReceipt | null>;
  /** Everything received in a span of days (yyyy-MM-dd), for reconciliation. */
  list(
    days: { readonly from?: string; readonly to?: string },
    signal?: AbortSignal,
  ): AsyncIterable<HeldDocument>;
}

/** What a plan needs of a target; nothing of it connects. */
export type PlanningTarget = Pick<SubmissionTarget, 'sender' | 'identify' | 'sizeWindow'>;
