import type { Kysely } from 'kysely';

/** Released: never edited, a change is a migration of its own. */
export async function createIndividualTables({ schema }: Kysely<unknown>): Promise<void> {
  for (const [column, start] of [
    ['intake', 'electronic'],
    ['returns', 'electronic'],
    ['authentication', 'signature'],
  ] as const)
    await schema
      .alterTable('dossier')
      .addColumn(column, 'text', (c) => c.notNull().defaultTo(start))
      .execute();
  await schema.alterTable('dossier').addColumn('follow_hash', 'text').execute();
  await schema.alterTable('dossier').addColumn('handed_over_at', 'bigint').execute();
  await schema
    .createTable('one_time_code')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('bhxh_number', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('code_hash', 'text', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('issued_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('used_at', 'bigint')
    .execute();
  await schema
    .createIndex('one_time_code_person')
    .on('one_time_code')
    .columns(['bhxh_number', 'issued_at'])
    .execute();
}
