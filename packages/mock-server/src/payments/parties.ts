import { X509Certificate } from 'node:crypto';
import { bilateralBanks } from '@bhxh/sdk/payments/ledger';
import type { Specifications } from '@bhxh/sdk/specifications';
import { isoDay } from '../clock/vietnam-time.ts';
import type { BankAccountTable, PartyTable } from '../store/payment-tables.ts';
import type { Connection, Store } from '../store/store.ts';
import type { Duty } from './lifecycles.ts';
import { refusePayment } from './refuse.ts';

/** Whom an account acts for, and what it may do there. */
export interface ActingParty extends PartyTable {
  readonly duties: readonly Duty[];
}

export async function partyOfAccount(
  connection: Connection,
  accountId: string,
): Promise<ActingParty | undefined> {
  const row = await connection
    .selectFrom('account_party')
    .innerJoin('party', 'party.code', 'account_party.party')
    .select(['party.code', 'party.side', 'party.name', 'party.tax_code', 'account_party.duties'])
    .where('account_party.account_id', '=', accountId)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, duties: JSON.parse(row.duties) as Duty[] };
}

export async function findParty(connection: Connection, code: string): Promise<PartyTable | undefined> {
  return await connection.selectFrom('party').selectAll().where('code', '=', code).executeTakeFirst();
}

/** The account, where the party is its bank or its office. */
export async function ownAccount(
  connection: Connection,
  party: Pick<PartyTable, 'code'>,
  number: string,
): Promise<BankAccountTable> {
  const account = await connection
    .selectFrom('bank_account')
    .selectAll()
    .where('number', '=', number)
    .executeTakeFirst();
  if (account === undefined || (account.bank !== party.code && account.office !== party.code))
    throw refusePayment('ACCOUNT_UNKNOWN');
  return account;
}

/** Whether a bank exchanges with VSS on the day of a moment; its first day is data. */
export function isLive(specifications: Specifications, code: string, moment: Date): boolean {
  const bank = bilateralBanks(specifications).find((one) => one.code === code);
  return bank?.liveFrom !== undefined && bank.liveFrom <= isoDay(moment);
}

export function requireLive(specifications: Specifications, code: string, moment: Date): void {
  if (!isLive(specifications, code, moment)) throw refusePayment('BANK_NOT_LIVE');
}

export const fingerprintOf = (certificate: X509Certificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();

const parsed = new Map<string, X509Certificate>();

export async function partyCertificates(store: Store, party: string): Promise<readonly X509Certificate[]> {
  const rows = await store.read
    .selectFrom('party_certificate')
    .select('pem')
    .where('party', '=', party)
    .where('status', '=', 'active')
    .execute();
  return rows.map(({ pem }) => {
    const known = parsed.get(pem) ?? new X509Certificate(pem);
    if (parsed.size > 1_000) parsed.clear();
    parsed.set(pem, known);
    return known;
  });
}

/** Lets a party sign with this certificate; between VSS and a bank that is agreed on paper. */
export async function registerPartyCertificate(
  connection: Connection,
  party: string,
  certificate: X509Certificate,
): Promise<void> {
  await connection
    .insertInto('party_certificate')
    .values({
      party,
      fingerprint: fingerprintOf(certificate),
      pem: certificate.toString(),
      status: 'active',
    })
    .onConflict((conflict) => conflict.columns(['party', 'fingerprint']).doUpdateSet({ status: 'active' }))
    .execute();
}
