import { X509Certificate } from 'node:crypto';
import type { Connection, Store } from '../store/store.ts';
import type { UnitTable } from '../store/declaration-tables.ts';

export async function findUnit(connection: Connection, code: string): Promise<UnitTable | undefined> {
  return await connection.selectFrom('unit').selectAll().where('code', '=', code).executeTakeFirst();
}

/** How a unit stands on a day (`yyyy-MM-dd`): a registration that has ended is none. */
export function statusOn({ status, files_until }: UnitTable, day: string): UnitTable['status'] {
  return status === 'registered' && files_until !== null && files_until < day ? 'unregistered' : status;
}

/** The provider's people act for the unit, as they do for its other units; those of another provider no longer. */
export async function moveToProvider(connection: Connection, unit: string, provider: string): Promise<void> {
  const people = await connection
    .selectFrom('account_unit')
    .innerJoin('unit', 'unit.code', 'account_unit.unit')
    .innerJoin('account', 'account.id', 'account_unit.account_id')
    .select('account.id')
    .distinct()
    .where('account.role', '=', 'ivan')
    .where('unit.provider', '=', provider)
    .execute();
  await connection
    .deleteFrom('account_unit')
    .where('unit', '=', unit)
    .where('account_id', 'in', (s) => s.selectFrom('account').select('id').where('role', '=', 'ivan'))
    .execute();
  for (const { id } of people)
    await connection.insertInto('account_unit').values({ account_id: id, unit }).execute();
}

/** The units an account acts for. */
export async function unitsOf(connection: Connection, accountId: string): Promise<readonly string[]> {
  const rows = await connection
    .selectFrom('account_unit')
    .select('unit')
    .where('account_id', '=', accountId)
    .orderBy('unit')
    .execute();
  return rows.map(({ unit }) => unit);
}

/** The certificates a unit may sign with. */
export async function unitCertificates(store: Store, unit: string): Promise<X509Certificate[]> {
  const rows = await store.read
    .selectFrom('unit_certificate')
    .select('pem')
    .where('unit', '=', unit)
    .where('status', '=', 'active')
    .execute();
  return rows.map(({ pem }) => new X509Certificate(pem));
}

/** A unit registers each certificate when it registers for electronic transactions. */
export async function registerUnitCertificate(
  store: Store,
  unit: string,
  certificate: X509Certificate,
): Promise<void> {
  await store.write((connection) =>
    connection
      .insertInto('unit_certificate')
      .values({
        fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        unit,
        pem: certificate.toString(),
        status: 'active',
      })
      .onConflict((conflict) => conflict.columns(['unit', 'fingerprint']).doUpdateSet({ status: 'active' }))
      .execute(),
  );
}
