import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from '../store/store.ts';
import { bytesOf } from '../store/tables.ts';

export interface StoreCheck {
  /** Documents whose bytes were read and compared with the hash they were answered for. */
  readonly documents: number;
  /** Empty for a sound store. Identifiers and table names only. */
  readonly problems: readonly {
    readonly code: 'DATABASE_DAMAGED' | 'REFERENCE_MISSING' | 'BYTES_MISSING' | 'BYTES_DIFFER';
    readonly detail: string;
  }[];
}

const PAGE = 100;

/** Reads the whole store once: the database's own structure, references, and that every document is the one its hash names. */
export async function checkStore(store: Store, signal?: AbortSignal): Promise<StoreCheck> {
  const problems: StoreCheck['problems'][number][] = [];
  if (store.dialect === 'sqlite') {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(20)`.execute(store.read);
    for (const { integrity_check: said } of rows)
      if (said !== 'ok') problems.push({ code: 'DATABASE_DAMAGED', detail: said });
    const broken = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(store.read);
    for (const { table, parent } of broken.rows)
      problems.push({ code: 'REFERENCE_MISSING', detail: `${table} → ${parent}` });
  }
  let documents = 0;
  let after = '';
  for (;;) {
    signal?.throwIfAborted();
    const page = await store.read
      .selectFrom('submission')
      .leftJoin('submission_bytes', 'submission_bytes.submission_id', 'submission.id')
      .select(['submission.id', 'submission.sha256', 'submission_bytes.bytes'])
      .where('submission.id', '>', after)
      .orderBy('submission.id')
      .limit(PAGE)
      .execute();
    for (const { id, sha256, bytes } of page) {
      documents += 1;
      if (bytes === null) problems.push({ code: 'BYTES_MISSING', detail: id });
      else if (createHash('sha256').update(bytesOf(bytes)).digest('hex') !== sha256)
        problems.push({ code: 'BYTES_DIFFER', detail: id });
    }
    const last = page.at(-1);
    if (last === undefined) return { documents, problems };
    after = last.id;
  }
}
