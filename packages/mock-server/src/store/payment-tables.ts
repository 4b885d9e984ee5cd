import type { Kysely, RawBuilder } from 'kysely';
import type { Bytes, Flag, Json, Moment } from './tables.ts';

/** `yyyy-MM-dd`. */
type Day = string;
/** Whole đồng. */
type Amount = number;

/** A bank or an office of VSS that exchanges messages. */
export interface PartyTable {
  /** Short code of a bank, five digits of an office. */
  code: string;
  side: 'bank' | 'office';
  name: string;
  tax_code: string;
}

export interface PartyCertificateTable {
  party: string;
  /** SHA-256 of the certificate, lower hex. */
  fingerprint: string;
  pem: string;
  status: 'active' | 'revoked';
}

export interface AccountPartyTable {
  account_id: string;
  party: string;
  /** JSON list of maker, checker, approver. */
  duties: Json;
}

export interface BankAccountTable {
  number: string;
  bank: string;
  office: string;
  purpose: 'collection' | 'disbursement' | 'upper';
  status: 'open' | 'blocked' | 'closed';
  opening: Amount;
  opened_on: Day;
  /** Where collected money is swept to. */
  upper: string | null;
}

export interface PaymentMessageTable {
  id: string;
  sender: string;
  receiver: string;
  message_id: string;
  definition: string;
  service: string | null;
  correlation_id: string | null;
  sha256: string;
  business_date: Day;
  received_at: Moment;
  bytes: Bytes;
  /** The answer as given, for the same bytes sent again. */
  receipt: Json;
}

/** A movement of a collection account that VSS was told, once. */
export interface BankCreditTable {
  id: string;
  /** What makes the movement the same one when it is told again. */
  key: string;
  bank: string;
  account: string;
  direction: 'credit' | 'debit';
  amount: Amount | null;
  currency: string;
  booking_date: Day;
  value_date: Day;
  unit: string | null;
  status: 'ALLOCATED' | 'SUSPENSE' | 'REVERSED' | 'REVERSAL' | 'REFUND';
  reason: string;
  reference: string;
  end_to_end: string;
  text: string;
  counterparty: string;
  message: string;
  reverses: string | null;
  received_at: Moment;
}

/** The reference bank's own book of an account. */
export interface BankMovementTable {
  account: string;
  reference: string;
  /** Order within the account. */
  place: number;
  booking_date: Day;
  value_date: Day;
  direction: 'credit' | 'debit';
  is_reversal: Flag;
  amount: Amount;
  text: string;
  counterparty: string;
  end_to_end: string;
}

/** What goes through a life cycle of specs/payments/lifecycles.yaml. */
export interface PaymentRecordTable {
  id: string;
  kind: string;
  office: string;
  bank: string;
  /** Party that made it; the other one answers. */
  owner: string;
  state: string;
  version: number;
  made_by: string;
  checked_by: string | null;
  business_date: Day;
  /** Unique within its kind and owner, where the caller names one. */
  own_id: string | null;
  scenario: string | null;
  content: Json;
  created_at: Moment;
  changed_at: Moment;
}

export interface PaymentRecordStepTable {
  record_id: string;
  place: number;
  action: string;
  state: string;
  at: Moment;
  by_whom: string;
  note: string | null;
}

/** Documents of a record: statement pages, confirmations, sheets. */
export interface PaymentDocumentTable {
  record_id: string;
  name: string;
  bytes: Bytes;
}

/** Number of a unit's journal entries; the row is what writers of a unit wait for. */
export interface LedgerUnitTable {
  unit: string;
  entries: number;
}

/** Credits less debits of accounts that later postings depend on. */
export interface LedgerBalanceTable {
  unit: string;
  account: string;
  balance: Amount;
}

export interface PaymentTables {
  party: PartyTable;
  party_certificate: PartyCertificateTable;
  account_party: AccountPartyTable;
  bank_account: BankAccountTable;
  payment_message: PaymentMessageTable;
  bank_credit: BankCreditTable;
  bank_movement: BankMovementTable;
  payment_record: PaymentRecordTable;
  payment_record_step: PaymentRecordStepTable;
  payment_document: PaymentDocumentTable;
  ledger_unit: LedgerUnitTable;
  ledger_balance: LedgerBalanceTable;
}

/** The tables of the bank side. Released: never edited, a change is a migration of its own. */
export async function createPaymentTables(
  { schema }: Kysely<unknown>,
  bytes: RawBuilder<unknown>,
): Promise<void> {
  await schema
    .createTable('party')
    .addColumn('code', 'text', (c) => c.primaryKey())
    .addColumn('side', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('tax_code', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('party_certificate')
    .addColumn('party', 'text', (c) => c.notNull().references('party.code'))
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('pem', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('party_certificate_key', ['party', 'fingerprint'])
    .execute();
  await schema
    .createTable('account_party')
    .addColumn('account_id', 'text', (c) => c.primaryKey().references('account.id'))
    .addColumn('party', 'text', (c) => c.notNull().references('party.code'))
    .addColumn('duties', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('bank_account')
    .addColumn('number', 'text', (c) => c.primaryKey())
    .addColumn('bank', 'text', (c) => c.notNull().references('party.code'))
    .addColumn('office', 'text', (c) => c.notNull().references('party.code'))
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('opening', 'bigint', (c) => c.notNull())
    .addColumn('opened_on', 'text', (c) => c.notNull())
    .addColumn('upper', 'text')
    .execute();
  await schema
    .createTable('payment_message')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('receiver', 'text', (c) => c.notNull())
    .addColumn('message_id', 'text', (c) => c.notNull())
    .addColumn('definition', 'text', (c) => c.notNull())
    .addColumn('service', 'text')
    .addColumn('correlation_id', 'text')
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('business_date', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('bytes', bytes, (c) => c.notNull())
    .addColumn('receipt', 'text', (c) => c.notNull())
    .addUniqueConstraint('payment_message_identity', ['sender', 'message_id'])
    .execute();
  await schema
    .createIndex('payment_message_received')
    .on('payment_message')
    .columns(['receiver', 'received_at', 'id'])
    .execute();
  await schema
    .createTable('bank_credit')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('key', 'text', (c) => c.notNull().unique())
    .addColumn('bank', 'text', (c) => c.notNull())
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('amount', 'bigint')
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('booking_date', 'text', (c) => c.notNull())
    .addColumn('value_date', 'text', (c) => c.notNull())
    .addColumn('unit', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('end_to_end', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('counterparty', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull().references('payment_message.id'))
    .addColumn('reverses', 'text')
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('bank_credit_day')
    .on('bank_credit')
    .columns(['account', 'booking_date'])
    .execute();
  await schema.createIndex('bank_credit_newest').on('bank_credit').columns(['received_at', 'id']).execute();
  await schema.createIndex('bank_credit_reference').on('bank_credit').column('reference').execute();
  await schema.createIndex('bank_credit_message').on('bank_credit').column('message').execute();
  await schema
    .createTable('bank_movement')
    .addColumn('account', 'text', (c) => c.notNull().references('bank_account.number'))
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('place', 'bigint', (c) => c.notNull())
    .addColumn('booking_date', 'text', (c) => c.notNull())
    .addColumn('value_date', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('is_reversal', 'integer', (c) => c.notNull())
    .addColumn('amount', 'bigint', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('counterparty', 'text', (c) => c.notNull())
    .addColumn('end_to_end', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('bank_movement_key', ['account', 'reference'])
    .execute();
  await schema
    .createIndex('bank_movement_day')
    .on('bank_movement')
    .columns(['account', 'booking_date', 'place'])
    .execute();
  await schema
    .createTable('payment_record')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('office', 'text', (c) => c.notNull())
    .addColumn('bank', 'text', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('made_by', 'text', (c) => c.notNull())
    .addColumn('checked_by', 'text')
    .addColumn('business_date', 'text', (c) => c.notNull())
    .addColumn('own_id', 'text')
    .addColumn('scenario', 'text')
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('changed_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('payment_record_own', ['kind', 'owner', 'own_id'])
    .execute();
  await schema
    .createIndex('payment_record_newest')
    .on('payment_record')
    .columns(['kind', 'created_at', 'id'])
    .execute();
  await schema.createIndex('payment_record_state').on('payment_record').columns(['kind', 'state']).execute();
  await schema
    .createTable('payment_record_step')
    .addColumn('record_id', 'text', (c) => c.notNull().references('payment_record.id'))
    .addColumn('place', 'integer', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('by_whom', 'text', (c) => c.notNull())
    .addColumn('note', 'text')
    .addPrimaryKeyConstraint('payment_record_step_key', ['record_id', 'place'])
    .execute();
  await schema
    .createTable('payment_document')
    .addColumn('record_id', 'text', (c) => c.notNull().references('payment_record.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('bytes', bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint('payment_document_key', ['record_id', 'name'])
    .execute();
  await schema
    .createTable('ledger_unit')
    .addColumn('unit', 'text', (c) => c.primaryKey())
    .addColumn('entries', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('ledger_balance')
    .addColumn('unit', 'text', (c) => c.notNull())
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('balance', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('ledger_balance_key', ['unit', 'account'])
    .execute();
}
