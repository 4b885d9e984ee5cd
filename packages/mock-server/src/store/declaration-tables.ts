import type { Generated, Selectable } from 'kysely';
import type { Bytes, CompactDay, Flag, Json, Moment } from './tables.ts';

/** `yyyy-MM`. */
type Month = string;
/** `yyyy-MM-dd`. */
type Day = string;
/** Whole đồng. */
type Amount = number;

export interface UnitTable {
  code: string;
  name: string;
  tax_code: string;
  agency: string;
  region: number;
  scheme: 'enterprise' | 'state' | 'foreign';
  /** MaIVAN of the provider it files through; null files itself. */
  provider: string | null;
  status: 'registered' | 'unregistered' | 'suspended';
  /** Last day on which a registered unit files electronically; null while no end is known. */
  files_until: Day | null;
  address: string | null;
  phone: string | null;
  /** Months that the unit pays for at once: 1, 3 or 6. */
  payment_cycle: number;
}

export interface UnitCertificateTable {
  /** SHA-256 of the certificate, lower hex. */
  fingerprint: string;
  unit: string;
  pem: string;
  status: 'active' | 'revoked';
}

/** Which units an account acts for. */
export interface AccountUnitTable {
  account_id: string;
  unit: string;
}

export interface DossierTable {
  /** maGiaoDich. */
  id: string;
  unit: string;
  account_id: string;
  agency: string;
  /** MaThuTuc, null where the envelope does not say. */
  procedure_code: string | null;
  /** KyKeKhai. */
  period: Month | null;
  batch: number;
  sha256: string;
  size: number;
  /** A state of specs/declarations/lifecycle.yaml. */
  state: string;
  received_at: Moment;
  /** Of the last step; the next one counts from it. */
  changed_at: Moment;
  decided_at: Moment | null;
  /** Số hồ sơ. */
  number: string | null;
  due_day: Day | null;
  is_due_provisional: Flag;
  scenario: string | null;
  reasons: Json;
  findings: Json;
  /** What the card register takes over at the next daily run. */
  card_changes: Json;
  /** How it came. */
  intake: Generated<Channel>;
  /** How the result goes back. */
  returns: Generated<Channel>;
  /** What stands for the filer's will: signatures, a one-time code, or paper signed by hand. */
  authentication: Generated<'signature' | 'code' | 'paper'>;
  /** SHA-256 of the key with which an individual follows it. */
  follow_hash: Generated<string | null>;
  /** When the result was handed over at the counter, or has come by post. */
  handed_over_at: Generated<Moment | null>;
}

/** A dossier as it is read. */
export type StoredDossier = Selectable<DossierTable>;

/** Ways between a filer and the office. */
export type Channel = 'electronic' | 'counter' | 'post';

/** A code that stands for the signature of one dossier of one person. */
export interface OneTimeCodeTable {
  id: string;
  bhxh_number: string;
  sha256: string;
  /** SHA-256 of id and code. */
  code_hash: string;
  failures: number;
  issued_at: Moment;
  expires_at: Moment;
  used_at: Moment | null;
}

export interface DossierBytesTable {
  dossier_id: string;
  bytes: Bytes;
}

export interface DossierStepTable {
  dossier_id: string;
  place: number;
  step: string;
  state: string;
  at: Moment;
}

/** Signed notices and result documents. */
export interface DocumentTable {
  id: string;
  dossier_id: string;
  unit: string;
  kind: 'notice' | 'result';
  form: string;
  /** LoaiThongBao of a notice. */
  name: string;
  at: Moment;
  bytes: Bytes;
}

/** A stretch of months in which a person participates through a unit at one wage; stretches of a person do not overlap. */
export interface MembershipTable {
  unit: string;
  bhxh_number: string;
  from_month: Month;
  /** Last month, null while it goes on. */
  to_month: Month | null;
  wage: Amount;
  absence: 'unpaid' | 'sickness' | 'maternity' | null;
  /** Funds that the person does not pay through the unit, apart by blanks; null pays all. */
  without: string | null;
  position: string;
  dossier_id: string;
}

export interface HouseholdTable {
  number: string;
  head_name: string;
}

export interface HouseholdMemberTable {
  household: string;
  place: number;
  full_name: string;
  birth_date: CompactDay;
  /** Code of household-relations. */
  relation: string;
  bhxh_number: string | null;
}

export interface LedgerEntryTable {
  id: string;
  unit: string;
  on_day: Day;
  /** Order of posting within the unit. */
  place: number;
  entry: Json;
}

/** Serial numbers of sick leave papers that facilities sent. */
export interface PaperTable {
  serial: string;
  facility: string;
  bhxh_number: string;
  submission_id: string;
}

export interface CounterTable {
  name: string;
  value: number;
}

export interface DeclarationTables {
  unit: UnitTable;
  unit_certificate: UnitCertificateTable;
  account_unit: AccountUnitTable;
  dossier: DossierTable;
  dossier_bytes: DossierBytesTable;
  dossier_step: DossierStepTable;
  document: DocumentTable;
  membership: MembershipTable;
  household: HouseholdTable;
  household_member: HouseholdMemberTable;
  ledger_entry: LedgerEntryTable;
  paper: PaperTable;
  counter: CounterTable;
  one_time_code: OneTimeCodeTable;
}
