import type { ColumnType, Generated } from 'kysely';
import type { AccountTables } from './account-tables.ts';
import type { DeclarationTables } from './declaration-tables.ts';
import type { MonthTables } from './month-tables.ts';
import type { PaymentTables } from './payment-tables.ts';
import type { WebhookTables } from './webhook-tables.ts';

/** Milliseconds since 1970 of the server's clock. */
export type Moment = number;
/** `yyyyMMdd`; unknown month or day is `00`. */
export type CompactDay = string;
/** Text holding JSON; both databases keep it as text so that one code reads it. */
export type Json = string;
/** Bytes go in as Uint8Array and come back as the driver likes; read them with `bytesOf`. */
export type Bytes = ColumnType<Uint8Array | ArrayBuffer, Uint8Array, Uint8Array>;
/** 0 or 1. */
export type Flag = number;

export interface FacilityTable {
  code: string;
  name: string;
  province: string;
  status: 'active' | 'suspended';
  /** May issue certificates for social insurance. */
  issues_certificates: Flag;
  tax_code: string | null;
}

export interface AccountTable {
  id: string;
  username: string;
  role: 'facility' | 'admin' | 'ivan' | 'unit' | 'bank' | 'officer';
  facility: string | null;
  /** scrypt over the upper-case MD5 that arrives from the wire. */
  secret: string;
  status: 'active' | 'suspended';
  /** Was granted the treatment history. */
  reads_history: Flag;
  /** JSON list of addresses the account may call from; null is any. */
  addresses: Json | null;
  changed_at: Moment;
  /** Province code of a province's officer, `centre` for the IT centre's; null for everybody else. */
  scope: Generated<string | null>;
  /** Calls of this account must be signed. */
  signs_requests: Generated<Flag>;
  password_changed_at: Generated<Moment | null>;
}

export interface LoginFailureTable {
  username: string;
  address: string;
  failures: number;
  window_started_at: Moment;
  blocked_until: Moment;
}

export interface TokenTable {
  /** SHA-256 of the access token; the token itself is never stored. */
  access_hash: string;
  id_hash: string;
  account_id: string;
  address: string;
  /** HMAC of the password's MD5 under the access token: later calls repeat the password, and scrypt is too slow for each. */
  password_tag: string;
  issued_at: Moment;
  expires_at: Moment;
  /** The refresh family it came from; null where the login gave none. */
  family_id: Generated<string | null>;
  /** Client certificate it was given to, and is worth nothing without. */
  thumbprint: Generated<string | null>;
}

export interface PersonTable {
  bhxh_number: string;
  full_name: string;
  birth_date: CompactDay;
  /** 1 male, 2 female. */
  sex: number;
  address: string;
  cccd: string | null;
}

export interface CardTable {
  number: string;
  bhxh_number: string;
  valid_from: CompactDay;
  valid_to: CompactDay;
  registered_facility: string;
  registered_facility_name: string;
  agency: string;
  area: string | null;
  five_years_on: CompactDay | null;
  /** The look-up code of a card that is not simply correct (001, 003, 110 …); null is an ordinary card. */
  notice_code: string | null;
  replaced_by: string | null;
}

export interface OfficerTable {
  cccd: string;
  facility: string;
  full_name: string;
}

export interface CertificateTable {
  /** SHA-256 of the certificate, lower hex. */
  fingerprint: string;
  facility: string;
  pem: string;
  from_at: Moment;
  to_at: Moment;
  status: 'active' | 'revoked';
}

export interface TrustTable {
  fingerprint: string;
  pem: string;
}

export interface SubmissionTable {
  /** maGiaoDich. */
  id: string;
  kind: string;
  /** The table family as sent: loaiHoSo or loaiHs. */
  form: string;
  facility: string;
  account_id: string;
  /** MA_LK of a claim, null where there is none or it could not be read. */
  business_key: string | null;
  sha256: string;
  size: number;
  revision: number;
  state: 'received' | 'checking' | 'rejected' | 'adjudicated' | 'replaced' | 'accepted';
  received_at: Moment;
  decided_at: Moment | null;
  scenario: string | null;
  ruleset: string | null;
  /** The reply as sent, so that identical bytes get the identical answer. */
  reply: Json;
  /** Findings, signature report and adjudication. */
  result: Json | null;
  /** What was judged of its signature before it was answered; null for a kind whose signature nobody reads. */
  signature: Json | null;
}

export interface SubmissionBytesTable {
  submission_id: string;
  bytes: Bytes;
}

export interface VisitTable {
  submission_id: string;
  facility: string;
  business_key: string;
  card: string;
  admitted: string;
  discharged: string;
  diagnosis: string;
  outcome: string;
  treatment_result: string;
  patient_class: string;
  /** Co-payment of the claim in thousandths of a đồng. */
  co_payment: number;
  decided_at: Moment;
}

export interface EventTable {
  id: Generated<number>;
  at: Moment;
  type: string;
  facility: string | null;
  subject: string;
  data: Json;
  /** Deliveries were made for whoever listens. */
  relayed: Generated<Flag>;
  /** Messages to people were made from it. */
  noticed: Generated<Flag>;
}

export interface JobTable {
  id: string;
  kind: string;
  subject: string;
  due_at: Moment;
  attempts: number;
  last_error: string | null;
  /** The job engine has it. */
  queued: Generated<Flag>;
}

export interface IdempotencyKeyTable {
  facility: string;
  key: string;
  /** SHA-256 over operation and content of the first request. */
  fingerprint: string;
  /** The body it was answered with. */
  answer: Json;
  created_at: Moment;
}

export interface SettingTable {
  name: string;
  value: string;
}

export interface Tables extends AccountTables, DeclarationTables, MonthTables, PaymentTables, WebhookTables {
  facility: FacilityTable;
  account: AccountTable;
  login_failure: LoginFailureTable;
  token: TokenTable;
  person: PersonTable;
  card: CardTable;
  officer: OfficerTable;
  certificate: CertificateTable;
  trust: TrustTable;
  submission: SubmissionTable;
  submission_bytes: SubmissionBytesTable;
  visit: VisitTable;
  event: EventTable;
  job: JobTable;
  idempotency_key: IdempotencyKeyTable;
  setting: SettingTable;
}

/** Bytes of a column as a view, whichever driver read them. */
export function bytesOf(value: Uint8Array | ArrayBuffer): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(value);
}
