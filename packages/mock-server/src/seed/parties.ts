import { readSpec } from '../contract/specs-folder.ts';
import type { Duty } from '../payments/lifecycles.ts';
import type { BankAccountTable } from '../store/payment-tables.ts';
import type { Connection } from '../store/store.ts';
import { syntheticTaxCode } from './synthetic-tax-code.ts';

interface PartyRegister {
  readonly offices: readonly { readonly code: string; readonly name: string }[];
  readonly banks: readonly {
    readonly code: string;
    readonly name: string;
    readonly accounts: readonly [string, string, string];
  }[];
  readonly opening: {
    readonly on: string;
    readonly collection: number;
    readonly disbursement: number;
    readonly upper: number;
  };
  /** Unit through which persons pay by themselves. */
  readonly collectsForPersons: string;
  readonly people: readonly {
    readonly username: string;
    readonly party: string;
    readonly duties: readonly Duty[];
  }[];
}

export function readPartyRegister(): PartyRegister {
  return readSpec('scenarios/register/parties.yaml') as PartyRegister;
}

/** The place of banks and offices in the reserved tax codes, behind facilities, units and the office key. */
const FIRST_TAX_CODE = 950;

/** The synthetic banks, offices and bank accounts, as they were at first. */
export async function seedParties(connection: Connection): Promise<void> {
  const { offices, banks, opening } = readPartyRegister();
  const parties = [
    ...offices.map((one) => ({ ...one, side: 'office' as const })),
    ...banks.map(({ code, name }) => ({ code, name, side: 'bank' as const })),
  ].map((party, index) => ({ ...party, tax_code: syntheticTaxCode(FIRST_TAX_CODE + index) }));
  await connection
    .insertInto('party')
    .values(parties)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const [lower, upper] = offices;
  if (lower === undefined || upper === undefined) throw new RangeError('two offices are needed');
  const purposes = ['collection', 'disbursement', 'upper'] as const;
  const accounts = banks.flatMap(({ code, accounts: numbers }) =>
    purposes.map((purpose, index): BankAccountTable => ({
      number: numbers[index] as string,
      bank: code,
      office: purpose === 'upper' ? upper.code : lower.code,
      purpose,
      status: 'open',
      opening: opening[purpose],
      opened_on: opening.on,
      upper: purpose === 'collection' ? numbers[2] : null,
    })),
  );
  await connection
    .insertInto('bank_account')
    .values(accounts)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Lets the seeded accounts act for their parties. */
export async function seedPartyAccount(
  connection: Connection,
  accountId: string,
  { party, duties }: { readonly party: string; readonly duties: readonly Duty[] },
): Promise<void> {
  const values = { party, duties: JSON.stringify(duties) };
  await connection
    .insertInto('account_party')
    .values({ account_id: accountId, ...values })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet(values))
    .execute();
}
