import { sql, type Kysely } from 'kysely';
import type { Json, Moment } from './tables.ts';

/** One deed that somebody may later have to answer for; each row carries the hash of the one before. */
export interface AuditEntryTable {
  /** 1, 2, 3 … without a gap. */
  place: number;
  at: Moment;
  /** User name, `control` for the control API, `server` for what no person asked for. */
  actor: string;
  action: string;
  subject: string;
  data: Json;
  previous: string;
  hash: string;
  /** HMAC of the hash under the key that is not in the store; null where the server has none. */
  seal: string | null;
}

/** Everything that came out of one login by way of refresh tokens. */
export interface SessionFamilyTable {
  id: string;
  account_id: string;
  address: string;
  created_at: Moment;
  used_at: Moment;
  /** Set once the family is worth nothing any more. */
  ended_at: Moment | null;
}

export interface RefreshTokenTable {
  /** SHA-256 of the refresh token. */
  hash: string;
  family_id: string;
  /** A second use ends the family: one of the two who hold the token stole it. */
  used_at: Moment | null;
  expires_at: Moment;
}

/** A key with which an account signs its requests. */
export interface ClientKeyTable {
  id: string;
  account_id: string;
  /** SPKI in PEM. */
  pem: string;
  status: 'active' | 'revoked';
}

/** A client certificate an account may come with. */
export interface ClientCertificateTable {
  /** SHA-256 of the certificate, lower hex. */
  thumbprint: string;
  account_id: string;
  status: 'active' | 'revoked';
}

export interface RequestNonceTable {
  /** Key id and nonce. */
  nonce: string;
  expires_at: Moment;
}

export interface LookupCountTable {
  facility: string;
  /** Beginning of the hour. */
  hour: Moment;
  lookups: number;
  /** Of them those that found nobody. */
  misses: number;
}

export interface LookupLockTable {
  id: string;
  facility: string;
  state: 'locked' | 'explained' | 'forwarded' | 'unlocked';
  reason: Json;
  locked_at: Moment;
  explained_at: Moment | null;
  explained_by: string | null;
  /** The signed explanation as it came, base64. */
  explanation: string | null;
  forwarded_at: Moment | null;
  forwarded_by: string | null;
  /** Number of the province's letter. */
  letter: string | null;
  unlocked_at: Moment | null;
  unlocked_by: string | null;
}

/** Where somebody is reached: a facility, a unit, a person by mã số BHXH. */
export interface ContactTable {
  owner: string;
  phone: string | null;
  email: string | null;
}

/** An SMS or e-mail that the real system would have sent. */
export interface NoticeTable {
  id: string;
  at: Moment;
  channel: 'sms' | 'email';
  /** Kind of specs/notifications/outgoing.yaml, or `reply`. */
  kind: string;
  /** Facility, unit or mã số BHXH. */
  owner: string;
  /** Phone or address; null where nobody knows one. */
  recipient: string | null;
  text: string;
  /** What it is about; the same notice about the same thing is sent once. */
  source: string;
}

/** The last month somebody has paid voluntary insurance for. */
export interface VoluntaryTermTable {
  bhxh_number: string;
  /** `yyyy-MM`. */
  to_month: string;
}

export interface AccountTables {
  audit_entry: AuditEntryTable;
  session_family: SessionFamilyTable;
  refresh_token: RefreshTokenTable;
  client_key: ClientKeyTable;
  client_certificate: ClientCertificateTable;
  request_nonce: RequestNonceTable;
  lookup_count: LookupCountTable;
  lookup_lock: LookupLockTable;
  contact: ContactTable;
  notice: NoticeTable;
  voluntary_term: VoluntaryTermTable;
}

export async function createAccountTables(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema.alterTable('account').addColumn('scope', 'text').execute();
  await schema
    .alterTable('account')
    .addColumn('signs_requests', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await schema.alterTable('account').addColumn('password_changed_at', 'bigint').execute();
  await schema.alterTable('token').addColumn('family_id', 'text').execute();
  await schema.createIndex('token_family').on('token').column('family_id').execute();
  await schema.alterTable('token').addColumn('thumbprint', 'text').execute();
  await schema
    .createTable('audit_entry')
    .addColumn('place', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .addColumn('previous', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('seal', 'text')
    .execute();
  await schema
    .createTable('session_family')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('used_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .execute();
  await schema.createIndex('session_family_account').on('session_family').column('account_id').execute();
  await schema
    .createTable('refresh_token')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('family_id', 'text', (c) => c.notNull().references('session_family.id').onDelete('cascade'))
    .addColumn('used_at', 'bigint')
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.createIndex('refresh_token_family').on('refresh_token').column('family_id').execute();
  await schema
    .createTable('client_key')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('pem', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('client_certificate')
    .addColumn('thumbprint', 'text', (c) => c.primaryKey())
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('status', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('client_certificate_account')
    .on('client_certificate')
    .column('account_id')
    .execute();
  await schema
    .createTable('request_nonce')
    .addColumn('nonce', 'text', (c) => c.primaryKey())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.createIndex('request_nonce_age').on('request_nonce').column('expires_at').execute();
  await schema
    .createTable('lookup_count')
    .addColumn('facility', 'text', (c) => c.notNull())
    .addColumn('hour', 'bigint', (c) => c.notNull())
    .addColumn('lookups', 'integer', (c) => c.notNull())
    .addColumn('misses', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('lookup_count_key', ['facility', 'hour'])
    .execute();
  await schema
    .createTable('lookup_lock')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('facility', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('locked_at', 'bigint', (c) => c.notNull())
    .addColumn('explained_at', 'bigint')
    .addColumn('explained_by', 'text')
    .addColumn('explanation', 'text')
    .addColumn('forwarded_at', 'bigint')
    .addColumn('forwarded_by', 'text')
    .addColumn('letter', 'text')
    .addColumn('unlocked_at', 'bigint')
    .addColumn('unlocked_by', 'text')
    .execute();
  // One lock of a facility at a time.
  await sql`create unique index lookup_lock_standing on lookup_lock (facility) where state <> 'unlocked'`.execute(
    database,
  );
}

/** Outgoing messages, and what they are made from. */
export async function createNoticeTables(database: Kysely<unknown>): Promise<void> {
  const { schema } = database;
  await schema
    .alterTable('event')
    .addColumn('noticed', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`create index event_noticed on event (id) where noticed = 0`.execute(database);
  await schema.createIndex('card_end').on('card').column('valid_to').execute();
  await schema
    .createTable('contact')
    .addColumn('owner', 'text', (c) => c.primaryKey())
    .addColumn('phone', 'text')
    .addColumn('email', 'text')
    .execute();
  await schema.createIndex('contact_phone').on('contact').column('phone').execute();
  await schema
    .createTable('notice')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('recipient', 'text')
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addUniqueConstraint('notice_once', ['channel', 'kind', 'owner', 'source'])
    .execute();
  await schema.createIndex('notice_newest').on('notice').columns(['at', 'id']).execute();
  await schema
    .createTable('voluntary_term')
    .addColumn('bhxh_number', 'text', (c) => c.primaryKey())
    .addColumn('to_month', 'text', (c) => c.notNull())
    .execute();
}
