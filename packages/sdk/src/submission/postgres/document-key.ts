import { join } from 'node:path';
import { realFiles } from '../journal-files.ts';
import type { JournalOptions } from '../journal.ts';
import { openReceiptKey } from '../receipt-key.ts';
import { stateFolder } from '../state-folder.ts';
import type { PostgresDatabase } from './database.ts';
import { otherKey } from './seal.ts';

/** `plain` when the journal was begun without encryption; null when this machine does not have the journal's key. */
export type DocumentKey = { readonly bytes: Uint8Array } | 'plain' | null;

/** The first writer decides the key; others must have the same one, it is never made a second time. */
export async function openKey(db: PostgresDatabase, options: JournalOptions): Promise<DocumentKey> {
  const { files = realFiles, env = process.env } = options;
  const s = db.schema;
  const [head] = await db.query<{ key_id: string | null }>(`SELECT key_id FROM ${s}.head`);
  const wanted = head?.key_id ?? null;
  if (wanted === 'none') return 'plain';
  if (options.encryption === 'none' && wanted === null) {
    if (options.readOnly) return 'plain';
    await db.query(`UPDATE ${s}.head SET key_id = 'none' WHERE key_id IS NULL`);
    return openKey(db, options);
  }
  const path = options.keyFile ?? env['BHXH_JOURNAL_KEY'] ?? join(stateFolder(env), 'receipts.key');
  if ((wanted !== null || options.readOnly) && (await files.read(path)) === null) return null;
  const { bytes, id } = await openReceiptKey(path, files);
  const mine = Buffer.from(id).toString('hex');
  if (wanted === null) {
    if (options.readOnly) return { bytes };
    await db.query(`UPDATE ${s}.head SET key_id = $1 WHERE key_id IS NULL`, [mine]);
    return openKey(db, options);
  }
  return wanted === mine ? { bytes } : null;
}

export function refuseWithoutKey(key: DocumentKey): void {
  if (key === null) throw otherKey();
}
