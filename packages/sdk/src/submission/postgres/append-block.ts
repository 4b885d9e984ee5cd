import { randomUUID } from 'node:crypto';
import { chainStart, hashOf } from '../block-chain.ts';
import type { ItemState } from '../item.ts';
import type { Head } from '../journal-head.ts';
import type { Query } from './database.ts';
import type { EventRow } from './rows.ts';

/** The end of the chain, locked until the transaction ends: whoever holds it is the only writer. */
export interface LockedHead extends Head {
  readonly nextItem: number;
  /** Durable blocks were lost once: what is added may have been sent already. */
  readonly doubtful: boolean;
}

/** An event before it has its block. */
export interface NewEvent {
  readonly item: number;
  readonly version: number;
  readonly state: ItemState;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Names a block before it is written, so that a lost answer to COMMIT can be told from a lost commit. */
export interface BlockName {
  readonly writer: string;
  readonly part: number;
}

export async function lockHead(query: Query, schema: string): Promise<LockedHead> {
  const [row] = await query<{ count: number; hash: string; next_item: number; doubtful: boolean }>(
    `SELECT count, hash, next_item, doubtful FROM ${schema}.head FOR UPDATE`,
  );
  const { count, hash, next_item: nextItem, doubtful } = row!;
  return { count, hash, nextItem, doubtful };
}

/** Chains the events to what is there. The caller holds the head. */
export async function appendBlock(
  query: Query,
  schema: string,
  head: LockedHead,
  name: BlockName,
  events: readonly NewEvent[],
  nextItem: number = head.nextItem,
): Promise<Head> {
  const count = head.count + 1;
  const texts = events.map(({ data }) => JSON.stringify(data));
  const body = bodyOf(events.map((event, at) => ({ ...event, data: texts[at]! })));
  const hash = hashOf(count, body, head.hash);
  await query(
    `WITH block AS (INSERT INTO ${schema}.blocks (sequence, hash, writer, part) VALUES ($1, $2, $3, $4)),
       moved AS (UPDATE ${schema}.head SET count = $1, hash = $2, next_item = $5)
     INSERT INTO ${schema}.events (item, version, block, position, state, at, data)
     SELECT item, version, $1, position - 1, state, at, data
     FROM unnest($6::bigint[], $7::int[], $8::text[], $9::text[], $10::text[]) WITH ORDINALITY
       AS e (item, version, state, at, data, position)`,
    [
      count,
      hash,
      name.writer,
      name.part,
      nextItem,
      events.map(({ item }) => item),
      events.map(({ version }) => version),
      events.map(({ state }) => state),
      events.map(({ at }) => at),
      texts,
    ],
  );
  return { count, hash };
}

/** What the hash of a block covers; the same text as in every other journal. */
export function bodyOf(events: readonly Pick<EventRow, 'item' | 'state' | 'at' | 'data'>[]): string {
  const texts = events.map(
    ({ item, state, at, data }) => `[${item},${JSON.stringify(state)},${JSON.stringify(at)},${data}]`,
  );
  return `[${texts.join(',')}]`;
}

/** The events of a block that was written under this name; null when it never became durable. */
export async function writtenBlock(
  query: Query,
  schema: string,
  { writer, part }: BlockName,
): Promise<readonly Pick<EventRow, 'item' | 'version'>[] | null> {
  const [block] = await query<{ sequence: number }>(
    `SELECT sequence FROM ${schema}.blocks WHERE writer = $1 AND part = $2`,
    [writer, part],
  );
  if (block === undefined) return null;
  return query(`SELECT item, version FROM ${schema}.events WHERE block = $1`, [block.sequence]);
}

/** Gives the blocks of one process their names. */
export function nameBlocks(): () => BlockName {
  const writer = randomUUID();
  let part = 0;
  return () => ({ writer, part: ++part });
}

export const emptyHead: Head = { count: 0, hash: chainStart };
