import { sql, type Kysely, type Migration, type RawBuilder } from 'kysely';
import { createAccountTables, createNoticeTables } from './account-tables.ts';
import { createDeclarationTables } from './declaration-migration.ts';
import { createIndividualTables } from './individual-tables.ts';
import { createMonthTables } from './month-tables.ts';
import { countJournal } from '../ledger/post-entries.ts';
import { createPaymentTables } from './payment-tables.ts';
import type { Connection } from './store.ts';
import { createWebhookTables } from './webhook-tables.ts';

type Schema = Kysely<unknown>;

/** The schema's history. A released entry is never edited: a change is a new entry with the next name. */
export function migrations(dialect: 'sqlite' | 'postgres'): Record<string, Migration> {
  const bytes: RawBuilder<unknown> = dialect === 'sqlite' ? sql`blob` : sql`bytea`;
  return {
    '0001-claims': { up: (schema: Schema) => createClaimsTables(schema, dialect, bytes) },
    '0002-idempotency-keys': { up: createKeyTable },
    '0003-declarations': { up: (schema: Schema) => createDeclarationTables(schema, bytes) },
    '0004-webhooks': { up: createWebhookTables },
    '0020-payments': {
      async up(schema: Schema) {
        await createPaymentTables(schema, bytes);
        await countJournal(schema as Connection);
      },
    },
    '0030-month-close': { up: createMonthTables },
    '0031-individuals': { up: createIndividualTables },
    '0032-fund-exceptions': { up: addExceptionsColumn },
    '0033-filing-end': { up: addFilingEndColumn },
    '0010-accounts': { up: createAccountTables },
    '0011-notices': { up: createNoticeTables },
    '0012-job-queue': { up: addQueueColumn },
    '0040-signature-on-receipt': { up: addSignatureColumn },
    '0041-payment-cycle': { up: addPaymentCycleColumn },
  };
}

async function addQueueColumn(schema: Schema): Promise<void> {
  await schema.schema
    .alterTable('job')
    .addColumn('queued', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}

async function addSignatureColumn(schema: Schema): Promise<void> {
  await schema.schema.alterTable('submission').addColumn('signature', 'text').execute();
}

async function addExceptionsColumn(schema: Schema): Promise<void> {
  await schema.schema.alterTable('membership').addColumn('without', 'text').execute();
  // Rare rows, found without reading the others.
  await (schema as Connection).schema
    .createIndex('membership_exceptions')
    .on('membership')
    .columns(['unit', 'without'])
    .where('without', 'is not', null)
    .execute();
}

async function addPaymentCycleColumn(schema: Schema): Promise<void> {
  await schema.schema
    .alterTable('unit')
    .addColumn('payment_cycle', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
}

async function addFilingEndColumn(schema: Schema): Promise<void> {
  await schema.schema.alterTable('unit').addColumn('files_until', 'text').execute();
}

async function createKeyTable(schema: Schema): Promise<void> {
  await schema.schema
    .createTable('idempotency_key')
    .addColumn('facility', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('answer', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('idempotency_key_key', ['facility', 'key'])
    .execute();
  await schema.schema.createIndex('idempotency_key_age').on('idempotency_key').column('created_at').execute();
}

async function createClaimsTables(
  schema: Schema,
  dialect: 'sqlite' | 'postgres',
  bytes: RawBuilder<unknown>,
): Promise<void> {
  await schema.schema
    .createTable('facility')
    .addColumn('code', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('province', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('issues_certificates', 'integer', (c) => c.notNull())
    .addColumn('tax_code', 'text')
    .execute();
  await schema.schema
    .createTable('account')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('username', 'text', (c) => c.notNull().unique())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('facility', 'text', (c) => c.references('facility.code'))
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('reads_history', 'integer', (c) => c.notNull())
    .addColumn('addresses', 'text')
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.schema
    .createTable('login_failure')
    .addColumn('username', 'text', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('window_started_at', 'bigint', (c) => c.notNull())
    .addColumn('blocked_until', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('login_failure_key', ['username', 'address'])
    .execute();
  await schema.schema
    .createIndex('login_failure_age')
    .on('login_failure')
    .column('window_started_at')
    .execute();
  await schema.schema
    .createTable('token')
    .addColumn('access_hash', 'text', (c) => c.primaryKey())
    .addColumn('id_hash', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id'))
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('password_tag', 'text', (c) => c.notNull())
    .addColumn('issued_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.schema.createIndex('token_expiry').on('token').column('expires_at').execute();
  await schema.schema
    .createTable('person')
    .addColumn('bhxh_number', 'text', (c) => c.primaryKey())
    .addColumn('full_name', 'text', (c) => c.notNull())
    .addColumn('birth_date', 'text', (c) => c.notNull())
    .addColumn('sex', 'integer', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('cccd', 'text', (c) => c.unique())
    .execute();
  await schema.schema
    .createTable('card')
    .addColumn('number', 'text', (c) => c.primaryKey())
    .addColumn('bhxh_number', 'text', (c) => c.notNull().references('person.bhxh_number'))
    .addColumn('valid_from', 'text', (c) => c.notNull())
    .addColumn('valid_to', 'text', (c) => c.notNull())
    .addColumn('registered_facility', 'text', (c) => c.notNull())
    .addColumn('registered_facility_name', 'text', (c) => c.notNull())
    .addColumn('agency', 'text', (c) => c.notNull())
    .addColumn('area', 'text')
    .addColumn('five_years_on', 'text')
    .addColumn('notice_code', 'text')
    .addColumn('replaced_by', 'text')
    .execute();
  await schema.schema.createIndex('card_person').on('card').column('bhxh_number').execute();
  await schema.schema
    .createTable('officer')
    .addColumn('cccd', 'text', (c) => c.notNull())
    .addColumn('facility', 'text', (c) => c.notNull().references('facility.code'))
    .addColumn('full_name', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('officer_key', ['facility', 'cccd'])
    .execute();
  await schema.schema
    .createTable('certificate')
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('facility', 'text', (c) => c.notNull().references('facility.code'))
    .addColumn('pem', 'text', (c) => c.notNull())
    .addColumn('from_at', 'bigint', (c) => c.notNull())
    .addColumn('to_at', 'bigint', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('certificate_key', ['facility', 'fingerprint'])
    .execute();
  await schema.schema
    .createTable('trust')
    .addColumn('fingerprint', 'text', (c) => c.primaryKey())
    .addColumn('pem', 'text', (c) => c.notNull())
    .execute();
  await schema.schema
    .createTable('submission')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('form', 'text', (c) => c.notNull())
    .addColumn('facility', 'text', (c) => c.notNull().references('facility.code'))
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id'))
    .addColumn('business_key', 'text')
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('size', 'integer', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('decided_at', 'bigint')
    .addColumn('scenario', 'text')
    .addColumn('ruleset', 'text')
    .addColumn('reply', 'text', (c) => c.notNull())
    .addColumn('result', 'text')
    .addUniqueConstraint('submission_identity', ['facility', 'kind', 'form', 'sha256'])
    .addUniqueConstraint('submission_revision', ['facility', 'kind', 'business_key', 'revision'])
    .execute();
  await schema.schema
    .createIndex('submission_newest')
    .on('submission')
    .columns(['facility', 'kind', 'received_at', 'id'])
    .execute();
  await schema.schema
    .createTable('submission_bytes')
    .addColumn('submission_id', 'text', (c) => c.primaryKey().references('submission.id'))
    .addColumn('bytes', bytes, (c) => c.notNull())
    .execute();
  await schema.schema
    .createTable('visit')
    .addColumn('submission_id', 'text', (c) => c.notNull())
    .addColumn('facility', 'text', (c) => c.notNull())
    .addColumn('business_key', 'text', (c) => c.notNull())
    .addColumn('card', 'text', (c) => c.notNull())
    .addColumn('admitted', 'text', (c) => c.notNull())
    .addColumn('discharged', 'text', (c) => c.notNull())
    .addColumn('diagnosis', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('treatment_result', 'text', (c) => c.notNull())
    .addColumn('patient_class', 'text', (c) => c.notNull())
    .addColumn('co_payment', 'bigint', (c) => c.notNull())
    .addColumn('decided_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('visit_key', ['facility', 'business_key'])
    .execute();
  await schema.schema.createIndex('visit_card').on('visit').columns(['card', 'discharged']).execute();
  await schema.schema
    .createTable('event')
    .addColumn('id', dialect === 'sqlite' ? 'integer' : 'bigserial', (c) =>
      dialect === 'sqlite' ? c.primaryKey().autoIncrement() : c.primaryKey(),
    )
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('facility', 'text')
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();
  await schema.schema
    .createTable('job')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('last_error', 'text')
    .execute();
  await schema.schema.createIndex('job_due').on('job').column('due_at').execute();
  await schema.schema
    .createTable('setting')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
