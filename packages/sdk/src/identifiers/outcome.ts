/** A number that was read, or the stable code of what is wrong with it. Codes: `MST_…` tax code, `CCCD_…` citizen id, `BHYT_…` card, `BHXH_…` social insurance number, `PHONE_…`, `CSKCB_…` facility. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly expected?: string };

export const accepted = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const refused = (code: string, expected?: string): Outcome<never> =>
  expected === undefined ? { ok: false, code } : { ok: false, code, expected };

/** Only ASCII digits count: full-width and Arabic-Indic digits look alike and are refused by the gateways. */
export const isDigits = (text: string): boolean => /^[0-9]+$/.test(text);

/** What people type between digit groups. */
export const withoutSeparators = (text: string): string => text.replace(/[ .-]/g, '');
