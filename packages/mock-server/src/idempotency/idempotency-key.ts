import { createHash } from 'node:crypto';
import type { ServerContext } from '../context.ts';
import { Refused } from '../problem.ts';
import type { Call } from '../routes/gateway-call.ts';
import type { Connection, Store } from '../store/store.ts';

/** Thirty days of the server's clock; afterwards a key is as good as new. */
export const KEY_LIFE: number = 30 * 86_400_000;

/** Visible ASCII: what every client, proxy and log can carry unchanged. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** Credentials change from one attempt to the next, and are not what is being said. */
const CREDENTIALS = new Set(['username', 'password', 'token', 'id_token']);

/** A write under a key of one facility; another facility's equal key is another key. */
export interface KeyedWrite {
  readonly facility: string;
  readonly key: string;
  /** Of operation and content, so that the same key with anything else is noticed. */
  readonly fingerprint: string;
}

/** The key of a call, where this server honours keys; undefined is an ordinary write of an existing system. */
export function keyOfCall(server: ServerContext, call: Call): string | undefined {
  if (!server.hasExtensions) return undefined;
  const key = call.req.header('idempotency-key');
  if (key === undefined) {
    if (!server.requiresIdempotencyKey) return undefined;
    throw new Refused({
      status: 400,
      code: 'IDEMPOTENCY_KEY_MISSING',
      title: 'This server takes writes with an Idempotency-Key only',
    });
  }
  if (!KEY.test(key)) {
    throw new Refused({
      status: 400,
      code: 'IDEMPOTENCY_KEY_INVALID',
      title: 'An Idempotency-Key is 1 to 255 visible ASCII characters',
    });
  }
  return key;
}

/** Names and lengths go in as well as values, so that no two contents run together. */
export function fingerprintOf(operation: string, content: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(operation);
  for (const name of Object.keys(content).sort()) {
    if (CREDENTIALS.has(name)) continue;
    const value = content[name];
    const said = typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value);
    const length = typeof said === 'string' ? Buffer.byteLength(said) : said.length;
    hash.update(`\n${name.length} ${length} ${name}=`).update(said);
  }
  return hash.digest('hex');
}

/**
 * Runs one write of a key at a time. A second one that arrives meanwhile is told to come back, on this node; on another
 * node it waits for the first one's transaction and then gets its answer.
 */
export async function runAlone<T>(
  running: Set<string>,
  { facility, key }: KeyedWrite,
  work: () => Promise<T>,
): Promise<T> {
  const name = `${facility} ${key}`;
  if (running.has(name)) {
    throw new Refused({
      status: 409,
      code: 'IDEMPOTENCY_KEY_RUNNING',
      title: 'The first request with this Idempotency-Key is still running',
      headers: { 'Retry-After': '1' },
    });
  }
  running.add(name);
  try {
    return await work();
  } finally {
    running.delete(name);
  }
}

/** The answer given under this key, in the transaction that would otherwise give a new one. Throws 422 for other content. */
export async function findAnswer(
  store: Store,
  connection: Connection,
  write: KeyedWrite,
  at: Date,
): Promise<string | undefined> {
  await store.lock(connection, `key ${write.facility} ${write.key}`);
  await connection
    .deleteFrom('idempotency_key')
    .where('created_at', '<=', at.getTime() - KEY_LIFE)
    .execute();
  const known = await connection
    .selectFrom('idempotency_key')
    .select(['fingerprint', 'answer'])
    .where('facility', '=', write.facility)
    .where('key', '=', write.key)
    .executeTakeFirst();
  if (known === undefined) return undefined;
  if (known.fingerprint === write.fingerprint) return known.answer;
  throw new Refused({
    status: 422,
    code: 'IDEMPOTENCY_KEY_REUSED',
    title: 'This Idempotency-Key was used for another content',
  });
}

export async function keepAnswer(
  connection: Connection,
  write: KeyedWrite,
  answer: string,
  at: Date,
): Promise<void> {
  await connection
    .insertInto('idempotency_key')
    .values({
      facility: write.facility,
      key: write.key,
      fingerprint: write.fingerprint,
      answer,
      created_at: at.getTime(),
    })
    .execute();
}
