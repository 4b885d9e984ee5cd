import type { PostgresDatabase, Query } from './database.ts';

/**
 * One step a version; a step that was released is never changed. `events` is the truth, chained by `blocks`; `items` is
 * its last word on each item. `version` counts the changes of an item and is the fence: a change is written only over
 * the version that its writer saw. `writers` and `lanes` hold leases and pauses, by the clock of the database.
 */
const steps: readonly string[] = [
  `CREATE TABLE head (
     one boolean PRIMARY KEY DEFAULT true CHECK (one), journal uuid NOT NULL DEFAULT gen_random_uuid(), count bigint NOT NULL, hash text NOT NULL,
     next_item bigint NOT NULL, doubtful boolean NOT NULL DEFAULT false, key_id text
   );
   INSERT INTO head (count, hash, next_item) VALUES (0, repeat('0', 64), 1);
   CREATE TABLE blocks (
     sequence bigint PRIMARY KEY, hash text NOT NULL, writer uuid NOT NULL, part bigint NOT NULL, UNIQUE (writer, part)
   );
   CREATE TABLE events (
     item bigint NOT NULL, version int NOT NULL, block bigint NOT NULL, position int NOT NULL, state text NOT NULL,
     at text NOT NULL, data text NOT NULL, PRIMARY KEY (item, version), UNIQUE (block, position)
   );
   CREATE TABLE items (
     id bigint PRIMARY KEY, sender text NOT NULL, kind text NOT NULL, route text NOT NULL, key text NOT NULL,
     sha256 text NOT NULL, size bigint NOT NULL, path text NOT NULL, due text NOT NULL, state text NOT NULL,
     attempts int NOT NULL, receipt text, problem text, changed_at text NOT NULL, version int NOT NULL, sent boolean
     NOT NULL DEFAULT false, writer uuid, lost_version int, scheduled_until timestamptz, asked int NOT NULL DEFAULT 0,
     UNIQUE (sender, kind, key, sha256)
   );
   CREATE INDEX items_queue ON items (sender, state, due, id);
   CREATE INDEX items_sending ON items (writer) WHERE state = 'sending';
   CREATE INDEX items_open ON items (sender, kind, key, id) WHERE state IN ('planned', 'sending', 'unknown') AND key <> '';
   CREATE INDEX items_hash ON items (sha256);
   CREATE INDEX items_path ON items (path);
   CREATE INDEX items_scheduled ON items (sender) WHERE scheduled_until IS NOT NULL;
   CREATE INDEX items_done ON items (changed_at) WHERE state IN ('accepted', 'confirmed');
   CREATE TABLE documents (sha256 text PRIMARY KEY, nonce bytea, tag bytea, content bytea NOT NULL);
   ALTER TABLE documents ALTER COLUMN content SET STORAGE EXTERNAL;
   CREATE TABLE writers (
     id uuid PRIMARY KEY, host text NOT NULL, pid int NOT NULL, role text NOT NULL, concurrency int NOT NULL DEFAULT 0,
     started_at timestamptz NOT NULL DEFAULT clock_timestamp(), seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires_at timestamptz NOT NULL, ended_at timestamptz, sent bigint NOT NULL DEFAULT 0, running int NOT NULL DEFAULT 0
   );
   CREATE TABLE lanes (
     sender text PRIMARY KEY, paused_until timestamptz, pause_reason text, can_ask boolean NOT NULL DEFAULT false
   );`,
];

/** Any process may be the first; the others wait for it. */
export async function migrate(db: PostgresDatabase): Promise<void> {
  if ((await versionOf(db.once, db.schema).catch(() => 0)) === steps.length) return;
  await db.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock(hashtext($1))', [`bhxh journal ${db.schema}`]);
    await query(`CREATE SCHEMA IF NOT EXISTS ${db.schema}`);
    await query(`SET LOCAL search_path TO ${db.schema}`);
    await query('CREATE TABLE IF NOT EXISTS versions (version int PRIMARY KEY)');
    const done = await versionOf(query, db.schema);
    for (let version = done; version < steps.length; version++) {
      await query(steps[version]!);
      await query('INSERT INTO versions (version) VALUES ($1)', [version + 1]);
    }
  });
}

/** True when the schema is as this version of the software knows it. */
export async function isInstalled(db: PostgresDatabase): Promise<boolean> {
  const [found] = await db.query<{ name: string | null }>('SELECT to_regclass($1) AS name', [
    `${db.schema}.versions`,
  ]);
  return (
    found !== undefined && found.name !== null && (await versionOf(db.query, db.schema)) === steps.length
  );
}

async function versionOf(query: Query, schema: string): Promise<number> {
  const [row] = await query<{ version: number | null }>(
    `SELECT max(version) AS version FROM ${schema}.versions`,
  );
  return row?.version ?? 0;
}
