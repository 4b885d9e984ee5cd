import { randomBytes, randomUUID } from 'node:crypto';
import type { Specifications } from '@bhxh/sdk/specifications';
import { hashSecret, wirePassword } from '../accounts/secrets.ts';
import type { VirtualClock } from '../clock/clock.ts';
import type { Store } from '../store/store.ts';
import { syntheticTaxCode } from './synthetic-tax-code.ts';
import { readReservedCards } from './reserved-cards.ts';

/** One account of the ready file. The password is made at random at every start. */
export interface DemoAccount {
  readonly role: 'facility' | 'admin';
  readonly facility: string | null;
  readonly maTinh: string | null;
  readonly username: string;
  readonly password: string;
  readonly mst: string | null;
}

/** The facility that issues no certificates and may not read the history, so that both refusals can be seen. */
const RESTRICTED = '99099';

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
      username: `${code}_BV`,
      password: newPassword(),
      mst: syntheticTaxCode(index + 1),
    })),
    { role: 'admin', facility: null, maTinh: null, username: 'admin', password: newPassword(), mst: null },
  ];
  const secrets = await Promise.all(accounts.map(({ password }) => hashSecret(wirePassword(password))));
  const officer = readReservedCards().officer;
  await store.write(async (connection) => {
    for (const [index, { code, name }] of facilities.entries()) {
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
    for (const [index, account] of accounts.entries()) {
      const secret = secrets[index] as string;
      await connection
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
        })
        .onConflict((conflict) =>
          conflict.column('username').doUpdateSet({ secret, changed_at: clock.now().getTime() }),
        )
        .execute();
    }
  });
  return accounts;
}

const newPassword = (): string => randomBytes(15).toString('base64url');
