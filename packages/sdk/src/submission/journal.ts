import { dirname } from 'node:path';
import type { EnvironmentName } from '../environments.ts';
import type {
  Item,
  ItemCounts,
  ItemProblem,
  ItemReceipt,
  ItemState,
  NewItem,
  QueuePosition,
} from './item.ts';
import { type JournalFiles, realFiles } from './journal-files.ts';
import { lockJournal } from './journal-lock.ts';
import { openReceiptKey } from './receipt-key.ts';
import { openSqliteJournal } from './sqlite-journal.ts';
import { loadSqlite } from './sqlite.ts';
import { journalPath, stateFolder } from './state-folder.ts';

/** One change that is to become durable. */
export type ItemChange =
  | { readonly state: 'sending'; readonly attempts: number; readonly bytes: Uint8Array }
  | { readonly state: 'accepted' | 'confirmed'; readonly attempts: number; readonly receipt: ItemReceipt }
  | { readonly state: 'rejected' | 'unknown'; readonly attempts: number; readonly problem: ItemProblem }
  /** Back to the queue: nothing left, or the server says that it has nothing. */
  | { readonly state: 'planned'; readonly attempts: number; readonly reason: string; readonly path?: string };

export interface AddedItem {
  readonly item: Item;
  /** False when the journal knew this identity before. */
  readonly fresh: boolean;
}

export interface ItemFilter {
  readonly states?: readonly ItemState[];
  /** Only items behind this one, in order of id. */
  readonly after?: number;
}

/**
 * The truth about what was sent. Every promise resolves when the change is durable; a journal that failed to write
 * once refuses everything afterwards, so that nothing is sent without a record.
 */
export interface Journal {
  readonly path: string;
  /** Items that a killed process left in `sending`; they are `unknown` now. */
  readonly recovered: number;
  /** True when durable blocks were lost; every open item is `unknown` then. */
  readonly tailLost: boolean;
  add(items: readonly NewItem[]): Promise<readonly AddedItem[]>;
  record(item: Item, change: ItemChange): Promise<void>;
  /** Planned items in sending order: by deadline, then by id; an item waits while an earlier one of its key is open. */
  queue(sender: string, limit: number, behind: QueuePosition | null): Promise<readonly Item[]>;
  findByHash(sender: string, kind: string, sha256: string): Promise<Item | null>;
  item(id: number): Promise<Item | null>;
  items(filter?: ItemFilter): AsyncIterable<Item>;
  /** Of one sender, or of all. */
  counts(sender?: string): Promise<ItemCounts>;
  /** Changes of one item, oldest first. */
  history(id: number): Promise<readonly { readonly state: ItemState; readonly at: string }[]>;
  /** The exact bytes that were sent; null when the item was never sent. */
  sentBytes(item: Item): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly now: () => Date;
  /** Default: one per environment and sender in the user's state folder. */
  readonly path?: string;
  readonly environment?: EnvironmentName;
  readonly sender?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `aes-256-gcm` (default) with a key in the user's state folder, or `none`. */
  readonly encryption?: 'aes-256-gcm' | 'none';
  readonly keyFile?: string;
  /** Reads beside a running writer: no lock, no recovery, no change. */
  readonly readOnly?: boolean;
  readonly files?: JournalFiles;
}

/**
 * Opens or creates a journal, after checking its chain from the first block to the last.
 *
 * @throws BhxhError `usage` when another process has it (exit 2), `input` when it is damaged (exit 9)
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const files = options.files ?? realFiles;
  const env = options.env ?? process.env;
  const path =
    options.path ?? journalPath(stateFolder(env), options.environment ?? 'mock', options.sender ?? 'all');
  const open = await loadSqlite();
  await files.makeFolder(dirname(path));
  const key =
    options.encryption === 'none'
      ? null
      : await openReceiptKey(options.keyFile ?? `${stateFolder(env)}/receipts.key`, files);
  const lock = options.readOnly ? null : await lockJournal(path, files, open);
  try {
    return await openSqliteJournal({ path, now: options.now, files, key, lock, openDatabase: open });
  } catch (error) {
    await lock?.release();
    throw error;
  }
}
