import { randomBytes, randomUUID } from 'node:crypto';
import type { Specifications } from '@bhxh/sdk/specifications';
import { hashSecret, wirePassword } from '../accounts/secrets.ts';
import type { VirtualClock } from '../clock/clock.ts';
import type { Duty } from '../payments/lifecycles.ts';
import type { Connection, Store } from '../store/store.ts';
import { readPartyRegister, seedParties, seedPartyAccount } from './parties.ts';
import { syntheticTaxCode } from './synthetic-tax-code.ts';
import { seedContacts } from './contacts.ts';
import { readOfficers } from './officers.ts';
import { readReservedCards, seedReservedCards } from './reserved-cards.ts';
import { demoUnits, readUnitRegister, seedUnits } from './units.ts';

/** One account of the ready file. The password is made at random at every start. */
export interface DemoAccount {
  readonly role: 'facility' | 'admin' | 'unit' | 'ivan' | 'bank' | 'officer';
  readonly facility: string | null;
  /** Units that the account acts for. */
  readonly units?: readonly string[];
  /** Province of an officer, or `centre`. */
  readonly scope?: string;
  /** Bank or office that the account acts for at the bank gateway, and what it may do there. */
  readonly party?: string;
  readonly duties?: readonly Duty[];
  readonly maTinh: string | null;
  readonly username: string;
  readonly password: string;
  readonly mst: string | null;
}

/** The facility that issues no certificates and may not read the history, so that both refusals can be seen. */
const RESTRICTED = '99099';

/** Says of a store that it never held anything but demo data; written when a demo meets an empty store. */
const MARK = 'demo';

/** Whether everything in this store may be dropped. */
export async function isDemoStore(store: Store): Promise<boolean> {
  const mark = await store.read
    .selectFrom('setting')
    .select('name')
    .where('name', '=', MARK)
    .executeTakeFirst();
  return mark !== undefined;
}

async function markEmptyStore(connection: Connection): Promise<void> {
  const known = await connection.selectFrom('facility').select('code').limit(1).executeTakeFirst();
  if (known !== undefined) return;
  await connection.insertInto('setting').values({ name: MARK, value: 'true' }).execute();
}

/** The name of a facility's demo account. */
const usernameOf = (facility: string): string => `${facility}_BV`;
const ADMIN = 'admin';

/** The synthetic facilities and the officer who may look cards up in each. */
async function seedFacilities(connection: Connection, specifications: Specifications): Promise<void> {
  const officer = readReservedCards().officer;
  for (const [index, { code, name }] of specifications.reserved.facilities.entries()) {
    const values = {
      name,
      province: code.slice(0, 2),
      status: 'active' as const,
      issues_certificates: code === RESTRICTED ? 0 : 1,
      tax_code: syntheticTaxCode(index + 1),
    };
    await connection
      .insertInto('facility')
      .values({ code, ...values })
      .onConflict((conflict) => conflict.column('code').doUpdateSet(values))
      .execute();
    await connection
      .insertInto('officer')
      .values({ cccd: officer.cccdCb, facility: code, full_name: officer.hoTenCb })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/**
 * Everything that arrived goes, and the seeded data is as it was; demo accounts keep their passwords and demo facilities
 * their certificates, so that a ready file stays true. What is being checked meanwhile finds its job gone.
 */
export async function resetDemo(
  store: Store,
  clock: VirtualClock,
  specifications: Specifications,
): Promise<void> {
  const facilities = specifications.reserved.facilities.map(({ code }) => code);
  const names = [
    ...facilities.map(usernameOf),
    ADMIN,
    ...readOfficers().map(({ username }) => username),
    ...demoUnits().map(({ username }) => username),
    readUnitRegister().provider.username,
    ...readPartyRegister().people.map(({ username }) => username),
  ];
  const units = demoUnits().map(({ code }) => code);
  await store.write(async (connection) => {
    for (const table of ARRIVED) await connection.deleteFrom(table).execute();
    await connection
      .deleteFrom('account_unit')
      .where('account_id', 'in', (s) =>
        s.selectFrom('account').select('id').where('username', 'not in', names),
      )
      .execute();
    await connection
      .deleteFrom('account_party')
      .where('account_id', 'in', (s) =>
        s.selectFrom('account').select('id').where('username', 'not in', names),
      )
      .execute();
    await connection.deleteFrom('account').where('username', 'not in', names).execute();
    await connection.deleteFrom('unit_certificate').where('unit', 'not in', units).execute();
    await connection.deleteFrom('account_unit').where('unit', 'not in', units).execute();
    await connection.deleteFrom('unit').where('code', 'not in', units).execute();
    await connection.deleteFrom('certificate').where('facility', 'not in', facilities).execute();
    await connection.deleteFrom('facility').where('code', 'not in', facilities).execute();
    await seedFacilities(connection, specifications);
    await seedUnits(connection, true);
    await restoreProvider(connection);
    await seedParties(connection);
    await seedReservedCards(connection);
    await seedContacts(connection, specifications);
    await connection
      .updateTable('account')
      .set({ status: 'active', addresses: null, signs_requests: 0, changed_at: clock.now().getTime() })
      .execute();
  });
}

/** The provider's account acts for the units that name it at first, and for no other. */
async function restoreProvider(connection: Connection): Promise<void> {
  const account = await connection
    .selectFrom('account')
    .select('id')
    .where('username', '=', readUnitRegister().provider.username)
    .executeTakeFirst();
  if (account === undefined) return;
  await connection.deleteFrom('account_unit').where('account_id', '=', account.id).execute();
  for (const { code, provider } of demoUnits())
    if (provider !== undefined)
      await connection.insertInto('account_unit').values({ account_id: account.id, unit: code }).execute();
}

/** In the order in which rows may go. */
const ARRIVED = [
  'job',
  'payment_document',
  'payment_record_step',
  'payment_record',
  'bank_credit',
  'payment_message',
  'bank_movement',
  'bank_account',
  'ledger_balance',
  'ledger_unit',
  'document',
  'dossier_step',
  'dossier_bytes',
  'dossier',
  'membership',
  'household_member',
  'household',
  'ledger_entry',
  'one_time_code',
  'unit_close',
  'month_close',
  'paper',
  'counter',
  'visit',
  'submission_bytes',
  'idempotency_key',
  'submission',
  'lookup_lock',
  'lookup_count',
  'notice',
  'contact',
  'voluntary_term',
  'request_nonce',
  'client_key',
  'client_certificate',
  'refresh_token',
  'session_family',
  'webhook_delivery',
  'event',
  'token',
  'login_failure',
  'card',
  'person',
  'officer',
] as const;

/** Seeds every synthetic facility with one account; a restart on the same store gives the accounts new passwords. */
export async function seedDemo(
  store: Store,
  clock: VirtualClock,
  specifications: Specifications,
): Promise<readonly DemoAccount[]> {
  const { facilities } = specifications.reserved;
  const accounts: DemoAccount[] = [
    ...facilities.map(({ code }, index) => ({
      role: 'facility' as const,
      facility: code,
      maTinh: code.slice(0, 2),
      username: usernameOf(code),
      password: newPassword(),
      mst: syntheticTaxCode(index + 1),
    })),
    { role: 'admin', facility: null, maTinh: null, username: ADMIN, password: newPassword(), mst: null },
    ...readOfficers().map(({ username, scope }) => ({
      role: 'officer' as const,
      facility: null,
      scope,
      maTinh: null,
      username,
      password: newPassword(),
      mst: null,
    })),
    ...demoUnits().map(({ code, taxCode, username }) => ({
      ...unitAccount(username, [code]),
      role: 'unit' as const,
      mst: taxCode,
    })),
    {
      ...unitAccount(readUnitRegister().provider.username, []),
      role: 'ivan' as const,
      mst: null,
    },
    ...readPartyRegister().people.map(({ username, party, duties }) => ({
      role: /^\d/.test(party) ? ('officer' as const) : ('bank' as const),
      facility: null,
      party,
      duties,
      maTinh: null,
      username,
      password: newPassword(),
      mst: null,
    })),
  ];
  const secrets = await Promise.all(accounts.map(({ password }) => hashSecret(wirePassword(password))));
  return await store.write(async (connection) => {
    await markEmptyStore(connection);
    await seedFacilities(connection, specifications);
    await seedUnits(connection, false);
    const seeded: DemoAccount[] = [];
    await seedContacts(connection, specifications);
    await seedParties(connection);
    for (const [index, account] of accounts.entries()) {
      const secret = secrets[index] as string;
      const { id } = await connection
        .insertInto('account')
        .values({
          id: randomUUID(),
          username: account.username,
          role: account.role,
          facility: account.facility,
          secret,
          status: 'active',
          reads_history: account.facility === RESTRICTED ? 0 : 1,
          addresses: null,
          changed_at: clock.now().getTime(),
          scope: account.scope ?? null,
        })
        .onConflict((conflict) =>
          conflict.column('username').doUpdateSet({ secret, changed_at: clock.now().getTime() }),
        )
        .returning('id')
        .executeTakeFirstOrThrow();
      if (account.party !== undefined)
        await seedPartyAccount(connection, id, { party: account.party, duties: account.duties ?? [] });
      // On a store that is not new a unit may have gone to another provider, or come from one.
      const units = account.role === 'ivan' ? await unitsOfProvider(connection) : account.units;
      for (const unit of units ?? [])
        await connection
          .insertInto('account_unit')
          .values({ account_id: id, unit })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      seeded.push(units === undefined ? account : { ...account, units });
    }
    return seeded;
  });
}

/** The units that file through the provider of the demo now. */
async function unitsOfProvider(connection: Connection): Promise<readonly string[]> {
  const rows = await connection
    .selectFrom('unit')
    .select('code')
    .where('provider', '=', readUnitRegister().provider.code)
    .orderBy('code')
    .execute();
  return rows.map(({ code }) => code);
}

const unitAccount = (
  username: string,
  units: readonly string[],
): Pick<DemoAccount, 'facility' | 'maTinh' | 'username' | 'password'> & {
  readonly units: readonly string[];
} => ({
  facility: null,
  maTinh: null,
  username,
  password: newPassword(),
  units,
});

const newPassword = (): string => randomBytes(15).toString('base64url');
