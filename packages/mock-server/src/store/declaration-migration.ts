import type { Kysely, RawBuilder } from 'kysely';

/** The tables of the declarations side. Released: never edited, a change is a migration of its own. */
export async function createDeclarationTables(
  database: Kysely<unknown>,
  bytes: RawBuilder<unknown>,
): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('unit')
    .addColumn('code', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('tax_code', 'text', (c) => c.notNull())
    .addColumn('agency', 'text', (c) => c.notNull())
    .addColumn('region', 'integer', (c) => c.notNull())
    .addColumn('scheme', 'text', (c) => c.notNull())
    .addColumn('provider', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('address', 'text')
    .addColumn('phone', 'text')
    .execute();
  await schema
    .createTable('unit_certificate')
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('unit', 'text', (c) => c.notNull().references('unit.code'))
    .addColumn('pem', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('unit_certificate_key', ['unit', 'fingerprint'])
    .execute();
  await schema
    .createTable('account_unit')
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id'))
    .addColumn('unit', 'text', (c) => c.notNull().references('unit.code'))
    .addPrimaryKeyConstraint('account_unit_key', ['account_id', 'unit'])
    .execute();
  await schema
    .createTable('dossier')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('unit', 'text', (c) => c.notNull().references('unit.code'))
    .addColumn('account_id', 'text', (c) => c.notNull().references('account.id'))
    .addColumn('agency', 'text', (c) => c.notNull())
    .addColumn('procedure_code', 'text')
    .addColumn('period', 'text')
    .addColumn('batch', 'integer', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('size', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addColumn('decided_at', 'bigint')
    .addColumn('number', 'text', (c) => c.unique())
    .addColumn('due_day', 'text')
    .addColumn('is_due_provisional', 'integer', (c) => c.notNull())
    .addColumn('scenario', 'text')
    .addColumn('reasons', 'text', (c) => c.notNull())
    .addColumn('findings', 'text', (c) => c.notNull())
    .addColumn('card_changes', 'text', (c) => c.notNull())
    .addUniqueConstraint('dossier_identity', ['unit', 'sha256'])
    .execute();
  await schema.createIndex('dossier_newest').on('dossier').columns(['unit', 'received_at', 'id']).execute();
  await schema.createIndex('dossier_agency').on('dossier').columns(['agency', 'received_at']).execute();
  await schema
    .createTable('dossier_bytes')
    .addColumn('dossier_id', 'text', (c) => c.primaryKey().references('dossier.id'))
    .addColumn('bytes', bytes, (c) => c.notNull())
    .execute();
  await schema
    .createTable('dossier_step')
    .addColumn('dossier_id', 'text', (c) => c.notNull().references('dossier.id'))
    .addColumn('place', 'integer', (c) => c.notNull())
    .addColumn('step', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('dossier_step_key', ['dossier_id', 'place'])
    .execute();
  await schema
    .createTable('document')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('dossier_id', 'text', (c) => c.notNull().references('dossier.id'))
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('form', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('bytes', bytes, (c) => c.notNull())
    .execute();
  await schema.createIndex('document_dossier').on('document').columns(['dossier_id', 'at']).execute();
  await schema
    .createTable('membership')
    .addColumn('unit', 'text', (c) => c.notNull().references('unit.code'))
    .addColumn('bhxh_number', 'text', (c) => c.notNull().references('person.bhxh_number'))
    .addColumn('from_month', 'text', (c) => c.notNull())
    .addColumn('to_month', 'text')
    .addColumn('wage', 'bigint', (c) => c.notNull())
    .addColumn('absence', 'text')
    .addColumn('position', 'text', (c) => c.notNull())
    .addColumn('dossier_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('membership_key', ['unit', 'bhxh_number', 'from_month'])
    .execute();
  await schema.createIndex('membership_person').on('membership').column('bhxh_number').execute();
  await schema
    .createTable('household')
    .addColumn('number', 'text', (c) => c.primaryKey())
    .addColumn('head_name', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('household_member')
    .addColumn('household', 'text', (c) => c.notNull().references('household.number'))
    .addColumn('place', 'integer', (c) => c.notNull())
    .addColumn('full_name', 'text', (c) => c.notNull())
    .addColumn('birth_date', 'text', (c) => c.notNull())
    .addColumn('relation', 'text', (c) => c.notNull())
    .addColumn('bhxh_number', 'text')
    .addPrimaryKeyConstraint('household_member_key', ['household', 'place'])
    .execute();
  await schema
    .createTable('ledger_entry')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('on_day', 'text', (c) => c.notNull())
    .addColumn('place', 'integer', (c) => c.notNull())
    .addColumn('entry', 'text', (c) => c.notNull())
    .addUniqueConstraint('ledger_entry_place', ['unit', 'place'])
    .execute();
  await schema
    .createTable('paper')
    .addColumn('serial', 'text', (c) => c.notNull())
    .addColumn('facility', 'text', (c) => c.notNull())
    .addColumn('bhxh_number', 'text', (c) => c.notNull())
    .addColumn('submission_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('paper_key', ['serial', 'facility'])
    .execute();
  await schema
    .createTable('counter')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
}
