import type { Specifications } from '../specifications/specifications.ts';
import { paymentError } from './payment-error.ts';

/** `specs/payments/vietqr.yaml`. */
export interface VietqrLayout {
  readonly payloadFormat: string;
  readonly initiation: Readonly<Record<'static' | 'dynamic', string>>;
  readonly tags: Readonly<
    Record<
      | 'payloadFormat'
      | 'initiation'
      | 'account'
      | 'currency'
      | 'amount'
      | 'country'
      | 'additional'
      | 'checksum',
      string
    >
  >;
  readonly accountTags: Readonly<Record<'guid' | 'beneficiary' | 'service', string>>;
  readonly beneficiaryTags: Readonly<Record<'bank' | 'account', string>>;
  readonly additionalTags: Readonly<Record<'purpose', string>>;
  readonly guid: string;
  readonly services: Readonly<Record<'account' | 'card', string>>;
  readonly currency: string;
  readonly country: string;
  readonly lengths: Readonly<Record<'amount' | 'purpose' | 'account' | 'bank', number>>;
}

export interface VietqrPayment {
  /** NAPAS bank identifier (BIN), six digits. */
  readonly bin: string;
  readonly account: string;
  readonly service?: 'account' | 'card';
  /** Integer đồng; a code with an amount is dynamic. */
  readonly amount?: number;
  /** At most 25 characters: the official remittance text does not fit. */
  readonly purpose?: string;
}

export type VietqrProblem =
  | 'STRUCTURE'
  | 'CHECKSUM'
  | 'TAG_DUPLICATE'
  | 'PAYLOAD_FORMAT'
  | 'GUID'
  | 'SERVICE'
  | 'CURRENCY'
  | 'COUNTRY'
  | 'AMOUNT'
  | 'PURPOSE_LENGTH'
  | 'ACCOUNT';

export interface VietqrReading {
  readonly payment: VietqrPayment | null;
  /** Empty for a sound payload. */
  readonly problems: readonly VietqrProblem[];
}

export function vietqrLayout(specifications: Specifications): VietqrLayout {
  return specifications.payments('vietqr') as VietqrLayout;
}

/** CRC-16/CCITT-FALSE (polynomial 1021, start FFFF) of the UTF-8 bytes, four capital hexadecimal digits. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, 'utf8')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/**
 * The payload of a VietQR code.
 *
 * @throws BhxhError ERR_QR_FIELD; ERR_QR_PURPOSE_TOO_LONG when the purpose has more than 25 characters.
 */
export function buildVietqr(payment: VietqrPayment, layout: VietqrLayout): string {
  const { tags, lengths } = layout;
  const refuse = (field: string): never => {
    throw paymentError('ERR_QR_FIELD', 'usage', { field });
  };
  if (!/^\d+$/.test(payment.bin) || payment.bin.length !== lengths.bank) refuse('bin');
  if (!/^[0-9A-Z]{6,}$/.test(payment.account) || payment.account.length > lengths.account) refuse('account');
  const { amount, purpose } = payment;
  if (
    amount !== undefined &&
    (!Number.isSafeInteger(amount) || amount <= 0 || String(amount).length > lengths.amount)
  )
    refuse('amount');
  if (purpose !== undefined) {
    if (!/^[\u0020-\u007E]+$/.test(purpose)) refuse('purpose');
    if (purpose.length > lengths.purpose)
      throw paymentError('ERR_QR_PURPOSE_TOO_LONG', 'usage', {
        length: String(purpose.length),
        limit: String(lengths.purpose),
      });
  }
  const beneficiary =
    field(layout.beneficiaryTags.bank, payment.bin) + field(layout.beneficiaryTags.account, payment.account);
  const account =
    field(layout.accountTags.guid, layout.guid) +
    field(layout.accountTags.beneficiary, beneficiary) +
    field(layout.accountTags.service, layout.services[payment.service ?? 'account']);
  const body =
    field(tags.payloadFormat, layout.payloadFormat) +
    field(tags.initiation, amount === undefined ? layout.initiation.static : layout.initiation.dynamic) +
    field(tags.account, account) +
    field(tags.currency, layout.currency) +
    (amount === undefined ? '' : field(tags.amount, String(amount))) +
    field(tags.country, layout.country) +
    (purpose === undefined ? '' : field(tags.additional, field(layout.additionalTags.purpose, purpose))) +
    `${tags.checksum}04`;
  return body + crc16(body);
}

/** Reads a payload. Total: whatever is wrong with it is a problem of the reading. */
export function readVietqr(payload: string, layout: VietqrLayout): VietqrReading {
  const { tags, lengths } = layout;
  const problems = new Set<VietqrProblem>();
  const outer = fieldsOf(payload);
  if (outer === undefined) return { payment: null, problems: ['STRUCTURE'] };
  if (outer.hasDuplicate) problems.add('TAG_DUPLICATE');
  const get = (tag: string): string | undefined => outer.values.get(tag);
  if (outer.last !== tags.checksum || crc16(payload.slice(0, -4)) !== get(tags.checksum))
    problems.add('CHECKSUM');
  if (outer.first !== tags.payloadFormat || get(tags.payloadFormat) !== layout.payloadFormat)
    problems.add('PAYLOAD_FORMAT');
  if (get(tags.currency) !== layout.currency) problems.add('CURRENCY');
  if (get(tags.country) !== layout.country) problems.add('COUNTRY');
  const account = fieldsOf(get(tags.account) ?? '');
  if (account?.values.get(layout.accountTags.guid) !== layout.guid) problems.add('GUID');
  const service = account?.values.get(layout.accountTags.service);
  const knownService = (['account', 'card'] as const).find((name) => layout.services[name] === service);
  if (knownService === undefined) problems.add('SERVICE');
  const beneficiary = fieldsOf(account?.values.get(layout.accountTags.beneficiary) ?? '');
  const bin = beneficiary?.values.get(layout.beneficiaryTags.bank) ?? '';
  const number = beneficiary?.values.get(layout.beneficiaryTags.account) ?? '';
  if (
    bin.length !== lengths.bank ||
    !/^\d+$/.test(bin) ||
    !/^[0-9A-Z]{6,}$/.test(number) ||
    number.length > lengths.account
  )
    problems.add('ACCOUNT');
  const amountText = get(tags.amount);
  const amount =
    amountText === undefined ? undefined : /^[1-9]\d*$/.test(amountText) ? Number(amountText) : Number.NaN;
  if (amount !== undefined && (!Number.isSafeInteger(amount) || (amountText ?? '').length > lengths.amount))
    problems.add('AMOUNT');
  const purpose = fieldsOf(get(tags.additional) ?? '')?.values.get(layout.additionalTags.purpose);
  if (purpose !== undefined && purpose.length > lengths.purpose) problems.add('PURPOSE_LENGTH');
  return {
    payment: problems.has('ACCOUNT')
      ? null
      : {
          bin,
          account: number,
          ...(knownService === undefined ? {} : { service: knownService }),
          ...(amount === undefined || problems.has('AMOUNT') ? {} : { amount }),
          ...(purpose === undefined ? {} : { purpose }),
        },
    problems: [...problems],
  };
}

function field(tag: string, value: string): string {
  return `${tag}${String(value.length).padStart(2, '0')}${value}`;
}

interface Fields {
  readonly values: ReadonlyMap<string, string>;
  readonly first: string;
  readonly last: string;
  readonly hasDuplicate: boolean;
}

function fieldsOf(text: string): Fields | undefined {
  const values = new Map<string, string>();
  let first = '';
  let last = '';
  let hasDuplicate = false;
  let at = 0;
  while (at < text.length) {
    const head = text.slice(at, at + 4);
    if (!/^\d{4}$/.test(head)) return undefined;
    const end = at + 4 + Number(head.slice(2));
    if (end > text.length) return undefined;
    last = head.slice(0, 2);
    if (first === '') first = last;
    hasDuplicate ||= values.has(last);
    values.set(last, text.slice(at + 4, end));
    at = end;
  }
  return first === '' ? undefined : { values, first, last, hasDuplicate };
}
