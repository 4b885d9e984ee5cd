import type { Item } from '../item.ts';
import { entryData, type ItemChange } from '../item-change.ts';
import { appendBlock, type BlockName, lockHead, type NewEvent, writtenBlock } from './append-block.ts';
import type { Query } from './database.ts';

/** A change and the version it is written over. */
export interface FencedChange {
  readonly item: Item;
  readonly version: number;
  readonly change: ItemChange;
  readonly at: string;
}

/**
 * Writes the changes whose item is still at the version their writer saw, and gives the new versions by item. `sending`
 * also needs a live lease and an item that is planned. An acceptance whose lease was lost is still taken as long as
 * nobody did anything but call the item `unknown`: it is what the server said.
 */
export async function recordChanges(
  query: Query,
  schema: string,
  changes: readonly FencedChange[],
  writer: string,
  name: BlockName,
): Promise<ReadonlyMap<number, number>> {
  const head = await lockHead(query, schema);
  const written = await writtenBlock(query, schema, name);
  if (written !== null) return new Map(written.map(({ item, version }) => [item, version]));
  const textOf = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  const rows = await query<{ id: number; version: number }>(
    `UPDATE ${schema}.items AS i SET state = c.state, attempts = c.attempts, receipt = coalesce(c.receipt, i.receipt),
       problem = c.problem, changed_at = c.at, path = coalesce(c.path, i.path), sent = i.sent OR c.state = 'sending',
       version = i.version + 1, writer = CASE WHEN c.state = 'sending' THEN $9::uuid END, lost_version = NULL,
       scheduled_until = NULL, asked = 0
     FROM unnest($1::bigint[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])
       AS c (id, version, state, attempts, receipt, problem, at, path)
     WHERE i.id = c.id AND (i.version = c.version
         OR (c.state = 'accepted' AND i.state = 'unknown' AND i.lost_version = c.version))
       AND (c.state <> 'sending' OR (i.state = 'planned' AND EXISTS (SELECT 1 FROM ${schema}.writers w
         WHERE w.id = $9::uuid AND w.ended_at IS NULL AND w.expires_at > clock_timestamp())))
     RETURNING i.id, i.version`,
    [
      changes.map(({ item }) => item.id),
      changes.map(({ version }) => version),
      changes.map(({ change }) => change.state),
      changes.map(({ change }) => change.attempts),
      changes.map(({ change }) => ('receipt' in change ? textOf(change.receipt) : null)),
      changes.map(({ change }) => ('problem' in change ? textOf(change.problem) : null)),
      changes.map(({ at }) => at),
      changes.map(({ change }) => ('path' in change ? (change.path ?? null) : null)),
      writer,
    ],
  );
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  const events = changes
    .filter(({ item }) => versions.has(item.id))
    .map(({ item, change, at }): NewEvent => {
      return {
        item: item.id,
        version: versions.get(item.id)!,
        state: change.state,
        at,
        data: entryData(change),
      };
    });
  if (events.length > 0) await appendBlock(query, schema, head, name, events);
  return versions;
}
