/** Findings this server adds to the validator's: what only the receiver can know. The value is named in `findings`. */
export type OwnCode =
  | 'SCENARIO'
  | 'SIGNATURE_REQUIRED'
  | 'SIGNATURE_REFUSED'
  | 'FACILITY_MATCH'
  | 'CLAIM_COUNT'
  | 'KIND_UNEXPECTED'
  | 'FORM_CONTENT';

/** Why a backup cannot be used; the value is a file, a table or a migration. */
export type BackupProblem = 'DAMAGED' | 'NEWER' | 'STORE_NOT_EMPTY';

/** Every sentence of this package that exists in both languages. */
export interface Messages {
  readonly findings: Readonly<Record<OwnCode, (value: string) => string>>;
  readonly scenarioDamaged: (id: string, keys: string) => string;
  readonly storeUnavailable: (place: string, reason: string) => string;
  readonly storeHint: string;
  readonly cannotListen: (address: string, reason: string) => string;
  readonly listenHint: string;
  readonly backup: Readonly<
    Record<BackupProblem, (detail: string) => { readonly message: string; readonly hint: string }>
  >;
}
