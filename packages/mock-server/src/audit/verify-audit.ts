import type { AuditEntryTable } from '../store/account-tables.ts';
import type { Store } from '../store/store.ts';
import { FIRST_PREVIOUS, hashOf, readHead, sealOf, type AuditHead } from './audit-log.ts';

export interface AuditProblem {
  /**
   * An entry's content is not what was hashed; an entry is missing or out of place; the end is not where it was; a seal
   * is missing or not of this key; the entry noted elsewhere is another one.
   */
  readonly code: 'AUDIT_CHANGED' | 'AUDIT_GAP' | 'AUDIT_END' | 'AUDIT_SEAL' | 'AUDIT_ANCHOR';
  readonly place: number;
}

export interface AuditCheck {
  readonly entries: number;
  /** The newest entry: note it elsewhere, and a later check can be held against it. */
  readonly head: AuditHead | undefined;
  readonly problems: readonly AuditProblem[];
}

const PAGE = 1_000;
/** A damaged chain has a problem at every entry behind the damage; these are enough to see where it begins. */
const MOST_PROBLEMS = 20;

/** Reads the whole chain. `key` is the one the server sealed with; `anchor` an entry that was noted elsewhere. */
export async function verifyAudit(
  store: Store,
  options: { readonly key?: string; readonly anchor?: AuditHead; readonly signal?: AbortSignal } = {},
): Promise<AuditCheck> {
  const problems: AuditProblem[] = [];
  const report = (code: AuditProblem['code'], place: number): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ code, place });
  };
  const { key, anchor } = options;
  let before: AuditHead = { place: 0, hash: FIRST_PREVIOUS };
  for (;;) {
    options.signal?.throwIfAborted();
    const page = await entriesAfter(store, before.place, PAGE);
    for (const { hash, seal, ...content } of page) {
      if (content.place !== before.place + 1 || content.previous !== before.hash)
        report('AUDIT_GAP', content.place);
      if (hashOf(content) !== hash) report('AUDIT_CHANGED', content.place);
      if (key !== undefined && seal !== sealOf(hash, key)) report('AUDIT_SEAL', content.place);
      if (anchor?.place === content.place && anchor.hash !== hash) report('AUDIT_ANCHOR', content.place);
      before = { place: content.place, hash };
    }
    if (page.length < PAGE) break;
  }
  const head = await readHead(store.read);
  if ((head?.place ?? 0) !== before.place || (head?.hash ?? FIRST_PREVIOUS) !== before.hash)
    report('AUDIT_END', before.place);
  if (anchor !== undefined && anchor.place > before.place) report('AUDIT_ANCHOR', anchor.place);
  return { entries: before.place, head: before.place === 0 ? undefined : before, problems };
}

export async function entriesAfter(
  store: Store,
  place: number,
  limit: number,
): Promise<readonly AuditEntryTable[]> {
  const rows = await store.read
    .selectFrom('audit_entry')
    .selectAll()
    .where('place', '>', place)
    .orderBy('place')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}
