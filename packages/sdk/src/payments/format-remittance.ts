import { paymentError } from './payment-error.ts';
import { normalizeText } from './normalize-text.ts';
import type { RemittanceSyntax } from './remittance-syntax.ts';

export interface RemittanceInput {
  /** Three digits; `103` when absent. */
  readonly type?: string;
  /** Two digits; `00` when absent. */
  readonly subtype?: string;
  readonly unitCode: string;
  readonly officeCode: string;
  readonly description?: string;
}

export interface RemittanceFormat {
  /** `plus`: the official form; `space`: for rails that drop the plus sign; `short`: for payment codes, acceptance not known. */
  readonly form?: 'plus' | 'space' | 'short';
  /** Where the text travels; decides its greatest length. `iso20022` when absent. */
  readonly rail?: string;
}

/** Characters that every rail carries: the X set of SWIFT without line breaks. */
const carried = /^[A-Za-z0-9/\-?:().,'+ ]*$/;

/**
 * The remittance text of a contribution. The text is refused, never cut, when the rail cannot carry it.
 *
 * @throws BhxhError ERR_REMITTANCE_FIELD, ERR_REMITTANCE_TOO_LONG, ERR_RAIL_UNKNOWN.
 */
export function formatRemittance(
  input: RemittanceInput,
  syntax: RemittanceSyntax,
  format: RemittanceFormat = {},
): string {
  const rail = syntax.rails.find(({ id }) => id === (format.rail ?? 'iso20022'));
  if (rail === undefined) {
    const known = syntax.rails.map(({ id }) => id).join(', ');
    throw paymentError('ERR_RAIL_UNKNOWN', 'usage', { rail: format.rail ?? '', known });
  }
  const type = input.type ?? syntax.types[0]?.code ?? '';
  const subtype = input.subtype ?? syntax.subtypes[0] ?? '';
  const unitCode = normalizeText(input.unitCode);
  const description = withoutDiacritics(input.description ?? syntax.description.default);
  check('type', /^\d{3}$/.test(type));
  check('subtype', /^\d{2}$/.test(subtype));
  check(
    'unitCode',
    /^[A-Z0-9]+$/.test(unitCode) &&
      unitCode.length <= syntax.unit.maxLength &&
      !syntax.placeholders.includes(unitCode),
  );
  check('officeCode', new RegExp(`^\\d{${syntax.office.digits}}$`).test(input.officeCode));
  check('description', carried.test(description) && !description.includes(syntax.formalSeparator));
  const text = {
    plus: `+${[syntax.prefix, type, subtype, unitCode, input.officeCode, description].join('+')}+`,
    space: [syntax.prefix, type, subtype, unitCode, input.officeCode, description].join(' '),
    short: `${syntax.prefix}${type} ${unitCode} ${input.officeCode}`,
  }[format.form ?? 'plus'];
  if (text.length > rail.maxLength) {
    throw paymentError('ERR_REMITTANCE_TOO_LONG', 'usage', {
      length: String(text.length),
      rail: rail.id,
      limit: String(rail.maxLength),
    });
  }
  return text;
}

function check(field: string, isGood: boolean): void {
  if (!isGood) throw paymentError('ERR_REMITTANCE_FIELD', 'usage', { field });
}

function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll('\u0111', 'd')
    .replaceAll('\u0110', 'D')
    .trim();
}
