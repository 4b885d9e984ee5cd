import type { IdentityCodeLayouts, IdentityFieldName, IdentityFieldType } from '../specifications/types.ts';
import { parseCard } from './card.ts';
import { parseCitizenId } from './citizen-id.ts';
import { isDigits } from './outcome.ts';

/** What is wrong with a code; `field` where one part of it is meant. None of them quotes the code, which names a person. */
export interface IdentityCodeProblem {
  readonly code:
    | 'QR_LENGTH'
    | 'QR_CONTROL_CHARACTER'
    | 'QR_LAYOUT_UNKNOWN'
    | 'QR_FIELD_MISSING'
    | 'QR_FIELD_SHAPE'
    /** The text hides or reorders characters: the name shown is not the name stored. */
    | 'QR_FIELD_DECEPTIVE';
  readonly field?: IdentityFieldName;
}

export interface IdentityCodeReading {
  /** Id of the layout in `specs/identity-codes.yaml`, or null where none fits. */
  readonly layout: string | null;
  /** Days are `yyyy-MM-dd`, a birth year alone is `yyyy`, sexes are `male` and `female`; parts that do not fit are absent. */
  readonly fields: Readonly<Partial<Record<IdentityFieldName, string>>>;
  /** Empty for a sound code. */
  readonly problems: readonly IdentityCodeProblem[];
}

// Bidirectional controls, zero-width characters and the byte-order mark.
const deceptive = /[\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;
const control = /\p{Cc}/u;

/**
 * Reads the text of a QR code on a citizen id card or a health card. Takes any text, reads nothing but what a
 * layout says, and never throws. The codes carry no signature: what they say is a claim to be looked up.
 */
export function readIdentityCode(input: string, layouts: IdentityCodeLayouts): IdentityCodeReading {
  if (input.length > layouts.maxLength) return unread('QR_LENGTH');
  // Scanners end a code with a line break of their own.
  const text = input.replace(/[\r\n]+$/u, '');
  if (control.test(text)) return unread('QR_CONTROL_CHARACTER');
  const parts = text.split(layouts.separator).map((part) => part.trim());
  const layout = layouts.layouts.find(
    ({ parts: count, ending }) => parts.length === count && (ending === undefined || parts.at(-1) === ending),
  );
  if (layout === undefined) return unread('QR_LAYOUT_UNKNOWN');
  const fields: Partial<Record<IdentityFieldName, string>> = {};
  const problems: IdentityCodeProblem[] = [];
  layout.fields.forEach(({ name, type, required }, index) => {
    const part = parts[index] ?? '';
    if (layouts.empty.includes(part)) {
      if (required === true) problems.push({ code: 'QR_FIELD_MISSING', field: name });
      return;
    }
    const value = valueOf(part, type, layouts);
    if (value === undefined) problems.push({ code: 'QR_FIELD_SHAPE', field: name });
    else if (deceptive.test(value)) problems.push({ code: 'QR_FIELD_DECEPTIVE', field: name });
    else fields[name] = value;
  });
  return { layout: layout.id, fields, problems };
}

const unread = (code: IdentityCodeProblem['code']): IdentityCodeReading => ({
  layout: null,
  fields: {},
  problems: [{ code }],
});

function valueOf(part: string, type: IdentityFieldType, { sexes }: IdentityCodeLayouts): string | undefined {
  switch (type) {
    case 'text':
      return part;
    case 'name':
      return nameOf(part);
    case 'hexText':
      return textOfHex(part);
    case 'hexName': {
      const text = textOfHex(part);
      return text === undefined ? undefined : nameOf(text);
    }
    case 'citizenId':
      return parsed(parseCitizenId(part));
    case 'card':
      return parsed(parseCard(part));
    // Printed as `01 - 061`: province and facility.
    case 'facility': {
      const code = part.replace(/[ -]/gu, '');
      return isDigits(code) && code.length === 5 ? code : undefined;
    }
    case 'ddMMyyyy':
      return dayOf(/^(\d{2})(\d{2})(\d{4})$/u.exec(part));
    case 'dayWithSlashes':
      return dayOf(/^(\d{2})\/(\d{2})\/(\d{4})$/u.exec(part));
    case 'dayOrYear':
      return /^[12]\d{3}$/u.test(part) ? part : dayOf(/^(\d{2})\/(\d{2})\/(\d{4})$/u.exec(part));
    case 'sexWord':
      return own(sexes.words, part.normalize('NFC').toLowerCase());
    case 'sexDigit':
      return own(sexes.digits, part);
  }
}

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const parsed = (
  outcome: { readonly ok: true; readonly value: { readonly text: string } } | { readonly ok: false },
): string | undefined => (outcome.ok ? outcome.value.text : undefined);

function nameOf(text: string): string | undefined {
  const name = text.normalize('NFC').trim();
  return name !== '' && !control.test(name) && !/[\d<>&"]/u.test(name) ? name : undefined;
}

function textOfHex(part: string): string | undefined {
  if (part.length % 2 !== 0 || !/^[0-9a-fA-F]+$/u.test(part)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      .decode(Uint8Array.from(Buffer.from(part, 'hex')))
      .normalize('NFC');
    return control.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function dayOf(match: RegExpExecArray | null): string | undefined {
  if (match === null) return undefined;
  const [, day = '', month = '', year = ''] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(year) > 1000
    ? `${year}-${month}-${day}`
    : undefined;
}
