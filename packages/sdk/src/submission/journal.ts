import { dirname, join, sep } from 'node:path';
import type { EnvironmentName } from '../environments.ts';
import { BhxhError } from '../errors/bhxh-error.ts';
import { gatewayError } from '../transport/gateway-error.ts';
import type { Item, ItemCounts, ItemState, NewItem, QueuePosition } from './item.ts';
import type { ItemChange } from './item-change.ts';
import { type JournalFiles, realFiles } from './journal-files.ts';
import { journalFault } from './journal-faults.ts';
import { type JournalLock, lockJournal } from './journal-lock.ts';
import { isPostgresAddress } from './postgres/address.ts';
import { openReceiptKey, type ReceiptKey } from './receipt-key.ts';
import { openSqliteJournal } from './sqlite-journal.ts';
import { type Database, loadSqlite } from './sqlite.ts';
import { journalPath, stateFolder, stateVariable } from './state-folder.ts';

export interface AddedItem {
  readonly item: Item;
  /** False when the journal knew this identity before. */
  readonly fresh: boolean;
}

/** A new item; a shared journal keeps the bytes, so that any machine can send them. */
export interface ItemToAdd extends NewItem {
  readonly bytes?: Uint8Array;
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
  add(items: readonly ItemToAdd[]): Promise<readonly AddedItem[]>;
  /**
   * Gives the item as the change left it. `sending` is the claim; what came of it is recorded of the item it gave.
   *
   * @throws BhxhError `ERR_ITEM_TAKEN` when the item has changed since it was read, because somebody else holds it
   */
  record(item: Item, change: ItemChange): Promise<Item>;
  /** Planned items in sending order: by deadline, then by id; an item waits while an earlier one of its key is open. */
  queue(sender: string, limit: number, behind: QueuePosition | null): Promise<readonly Item[]>;
  findByHash(sender: string, kind: string, sha256: string): Promise<Item | null>;
  /** The newest item whose bytes are read from this path. */
  findByPath(sender: string, path: string): Promise<Item | null>;
  item(id: number): Promise<Item | null>;
  /** A few hundred at a time; what is not there is left out. */
  itemsById(ids: readonly number[]): Promise<ReadonlyMap<number, Item>>;
  items(filter?: ItemFilter): AsyncIterable<Item>;
  /** Of one sender, or of all. */
  counts(sender?: string): Promise<ItemCounts>;
  /** Changes of one item, oldest first. */
  history(id: number): Promise<readonly { readonly state: ItemState; readonly at: string }[]>;
  /** The exact bytes that were sent; null when the item was never sent. */
  sentBytes(item: Item): Promise<Uint8Array | null>;
  /** The bytes that the journal keeps, sent or not; null when only their path is known. */
  storedBytes(item: Item): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly now: () => Date;
  /** A file, or `postgres://…` for a journal of many machines. Default: a file per environment and sender. */
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
  /** Default: libsql. */
  readonly openDatabase?: (path: string) => Database;
  /** PostgreSQL: how long a process that is not heard of counts as alive; 30 s by default. */
  readonly lease?: number;
  /** PostgreSQL: how long a server that is away is waited for; 2 minutes by default. */
  readonly patience?: number;
  /** PostgreSQL: what this process is, for the dashboard. */
  readonly role?: 'worker' | 'submit' | 'queue';
  /** PostgreSQL: shown in the dashboard. */
  readonly concurrency?: number;
  /** PostgreSQL: default one in the user's state folder. */
  readonly witnessFile?: string;
  /** Monotonic milliseconds, for leases. */
  readonly elapsed?: () => number;
}

/**
 * Opens or creates a journal, after checking its chain from the first block to the last.
 *
 * @throws BhxhError `usage` when another process has it (exit 2), `input` when it is damaged (exit 9), `unavailable`
 *   when its server cannot be reached (exit 5)
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  if (options.path !== undefined && isPostgresAddress(options.path)) {
    const { openPostgresJournal } = await import('./postgres/journal.ts');
    return openPostgresJournal(options);
  }
  const files = options.files ?? realFiles;
  const env = options.env ?? process.env;
  const path =
    options.path ?? journalPath(stateFolder(env), options.environment ?? 'mock', options.sender ?? 'all');
  const open = options.openDatabase ?? (await loadSqlite());
  let key: ReceiptKey | null = null;
  let lock: JournalLock | null = null;
  try {
    await files.makeFolder(dirname(path));
    if (options.encryption !== 'none')
      key = await openReceiptKey(await keyPath(options, path, env, files), files);
    if (!options.readOnly) lock = await lockJournal(path, files, open);
    return await openSqliteJournal({ path, now: options.now, files, key, lock, openDatabase: open });
  } catch (error) {
    await lock?.release();
    const own = options.path === undefined || isInStateFolder(options.path, env);
    throw own ? stateFault(error, path, env) : journalFault(error, path);
  }
}

/** The key lives apart from the data it opens; beside the journal only where there is no state folder. */
async function keyPath(
  options: JournalOptions,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  files: JournalFiles,
): Promise<string> {
  if (options.keyFile !== undefined) return options.keyFile;
  const beside = `${path}.key`;
  if (options.path !== undefined && (await files.read(beside)) !== null) return beside;
  try {
    return join(stateFolder(env), 'receipts.key');
  } catch (error) {
    if (options.path !== undefined) return beside;
    throw error;
  }
}

/** Whoever names the usual place by its path means the usual place. */
function isInStateFolder(path: string, env: Readonly<Record<string, string | undefined>>): boolean {
  try {
    return path.startsWith(join(stateFolder(env), sep));
  } catch {
    return false;
  }
}

function stateFault(
  error: unknown,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof BhxhError || typeof code !== 'string' || !unusable.has(code))
    return journalFault(error, path);
  return gatewayError('ERR_STATE_FOLDER_UNUSABLE', {
    category: 'usage',
    retry: 'never',
    values: { folder: dirname(path), code, name: stateVariable(env) },
    cause: error,
  });
}

const unusable: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENOENT',
  'SQLITE_CANTOPEN',
]);
