/** Findings this server adds to the validator's: what only the receiver can know. The value is named in `findings`. */
export type OwnCode =
  | 'SCENARIO'
  | 'SIGNATURE_REQUIRED'
  | 'SIGNATURE_REFUSED'
  | 'FACILITY_MATCH'
  | 'CLAIM_COUNT'
  | 'KIND_UNEXPECTED'
  | 'FORM_CONTENT';

/** Every sentence of this package that exists in both languages. */
export interface Messages {
  readonly findings: Readonly<Record<OwnCode, (value: string) => string>>;
  readonly scenarioDamaged: (id: string, keys: string) => string;
  readonly storeUnavailable: (place: string, reason: string) => string;
  readonly storeHint: string;
  readonly cannotListen: (address: string, reason: string) => string;
  readonly listenHint: string;
}
