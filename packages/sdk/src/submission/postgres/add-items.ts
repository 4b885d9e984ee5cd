import { noDeadline } from '../item.ts';
import type { ItemToAdd } from '../journal.ts';
import type { PlannedData } from '../journal-tables.ts';
import { appendBlock, type BlockName, lockHead, type NewEvent, writtenBlock } from './append-block.ts';
import type { Query } from './database.ts';
import { problemOf } from './lease.ts';

/** Gives each item its id, in the order given; an identity that is known keeps the one it has. */
export async function addItems(
  query: Query,
  schema: string,
  items: readonly ItemToAdd[],
  at: string,
  name: BlockName,
): Promise<readonly { readonly id: number; readonly fresh: boolean }[]> {
  const head = await lockHead(query, schema);
  const written = await writtenBlock(query, schema, name);
  const freshBefore = new Set(written?.map(({ item }) => item));
  const known = await findIdentities(query, schema, items);
  const ids: { id: number; fresh: boolean }[] = [];
  const fresh: { readonly id: number; readonly item: ItemToAdd }[] = [];
  let next = head.nextItem;
  for (const item of items) {
    const identity = identityOf(item);
    const id = known.get(identity);
    if (id !== undefined) {
      ids.push({ id, fresh: freshBefore.delete(id) });
      continue;
    }
    known.set(identity, next);
    ids.push({ id: next, fresh: true });
    fresh.push({ id: next, item });
    next++;
  }
  if (fresh.length === 0) return ids;
  const doubt = head.doubtful ? problemOf('ERR_JOURNAL_TAIL_LOST') : null;
  await insertRows(query, schema, fresh, at, doubt === null ? null : JSON.stringify(doubt));
  const events = fresh.flatMap(({ id, item }): NewEvent[] => {
    const { sender, kind, route, key, sha256, path, size, deadline } = item;
    const planned: PlannedData = {
      identity: [sender, kind, route, key, sha256],
      path,
      size,
      due: deadline ?? noDeadline,
    };
    const event: NewEvent = { item: id, version: 1, state: 'planned', at, data: { ...planned } };
    if (doubt === null) return [event];
    return [event, { item: id, version: 2, state: 'unknown', at, data: { problem: doubt, attempts: 0 } }];
  });
  await appendBlock(query, schema, head, name, events, next);
  return ids;
}

async function findIdentities(
  query: Query,
  schema: string,
  items: readonly ItemToAdd[],
): Promise<Map<string, number>> {
  const rows = await query<ItemToAdd & { id: number }>(
    `SELECT i.id, i.sender, i.kind, i.key, i.sha256 FROM ${schema}.items i
     JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (sender, kind, key, sha256)
       USING (sender, kind, key, sha256)`,
    [
      items.map(({ sender }) => sender),
      items.map(({ kind }) => kind),
      items.map(({ key }) => key),
      items.map(({ sha256 }) => sha256),
    ],
  );
  return new Map(rows.map((row) => [identityOf(row), row.id]));
}

function identityOf({ sender, kind, key, sha256 }: ItemToAdd): string {
  return JSON.stringify([sender, kind, key, sha256]);
}

async function insertRows(
  query: Query,
  schema: string,
  fresh: readonly { readonly id: number; readonly item: ItemToAdd }[],
  at: string,
  doubt: string | null,
): Promise<void> {
  const column = <Value>(of: (item: ItemToAdd) => Value): Value[] => fresh.map(({ item }) => of(item));
  await query(
    `INSERT INTO ${schema}.items (id, sender, kind, route, key, sha256, size, path, due, state, attempts, problem,
       changed_at, version)
     SELECT id, sender, kind, route, key, sha256, size, path, due, $10, 0, $11, $12, $13
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
       $9::text[]) AS n (id, sender, kind, route, key, sha256, size, path, due)`,
    [
      fresh.map(({ id }) => id),
      column(({ sender }) => sender),
      column(({ kind }) => kind),
      column(({ route }) => route),
      column(({ key }) => key),
      column(({ sha256 }) => sha256),
      column(({ size }) => size),
      column(({ path }) => path),
      column(({ deadline }) => deadline ?? noDeadline),
      doubt === null ? 'planned' : 'unknown',
      doubt,
      at,
      doubt === null ? 1 : 2,
    ],
  );
  await query(
    `INSERT INTO ${schema}.lanes (sender) SELECT DISTINCT unnest($1::text[]) ON CONFLICT DO NOTHING`,
    [column(({ sender }) => sender)],
  );
}
