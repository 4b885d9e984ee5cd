import { checkAmount, type AmountVnd } from '../amount.ts';
import type { JournalEntry } from '../ledger.ts';
import { paymentError } from '../payment-error.ts';
import type { DisbursementData, VoucherFamily } from './disbursement-data.ts';

/** Who gets the money: into an account, or in cash at a post office on an identity number. */
export type Payee =
  | { readonly name: string; readonly account: string; readonly clearing: string }
  | { readonly name: string; readonly identity: string; readonly postOffice: string };

/** A disbursement voucher (chứng từ chi): one payee, one amount, one document that it rests on. */
export interface Voucher {
  /** At most 30 characters, so that the lines made of it keep within 35. */
  readonly id: string;
  readonly family: VoucherFamily;
  readonly purpose: string;
  /** The settlement, decision or order; a row of it behind `#`. */
  readonly document: string;
  readonly payee: Payee;
  readonly amount: AmountVnd;
  /** `yyyy-MM-dd`. */
  readonly on: string;
  readonly text: string;
}

/** An accepted monthly settlement 01/BH of a facility. */
export interface MonthlySettlement {
  readonly number: string;
  readonly facility: string;
  /** `yyyy-MM`. */
  readonly month: string;
  /** What adjudication accepted. */
  readonly accepted: AmountVnd;
  /** What was advanced on it already. */
  readonly advanced?: AmountVnd;
}

/** A decision C70a-HD as it is read (`readForm` of `@bhxh/sdk/declarations`). */
export interface BenefitDecision {
  readonly form: string;
  readonly header: Readonly<Record<string, string>>;
  readonly rows: readonly { readonly values: Readonly<Record<string, string>> }[];
}

/** The voucher of an accepted settlement; undefined when the advances cover it. Throws ERR_VOUCHER, ERR_AMOUNT_NOT_WHOLE. */
export function voucherOfSettlement(
  settlement: MonthlySettlement,
  payee: Payee,
  on: string,
  data: DisbursementData,
): Voucher | undefined {
  const { number, facility, month, accepted, advanced = 0 } = settlement;
  const rest = checkAmount(accepted) - checkAmount(advanced);
  if (rest <= 0) return undefined;
  return voucherOf(data, 'settlement-01bh', {
    id: number,
    document: number,
    payee,
    amount: rest,
    on,
    text: `THANH TOAN KCB BHYT ${facility} ${month}`,
  });
}

/**
 * One voucher for each row of a decision that has an amount; a row without one is decided by other rules and gives none.
 * `payeeOf` knows the account or post office of a person by mã số BHXH; undefined keeps the row waiting.
 *
 * @throws BhxhError ERR_VOUCHER for a form that is no decision, a row without number or a fraction of a đồng.
 */
export function vouchersOfDecision(
  decision: BenefitDecision,
  payeeOf: (insuranceNumber: string, name: string) => Payee | undefined,
  on: string,
  data: DisbursementData,
): { readonly vouchers: readonly Voucher[]; readonly waiting: readonly string[] } {
  const number = decision.header['SoHoSo'] ?? '';
  if (decision.form !== 'C70A-HD' || number === '')
    throw paymentError('ERR_VOUCHER', 'input', { voucher: number === '' ? decision.form : number });
  const vouchers: Voucher[] = [];
  const waiting: string[] = [];
  for (const { values } of decision.rows) {
    const row = values['stt'] ?? '';
    const id = `${number}-${row}`;
    const text = values['SoTien'] ?? '';
    if (text === '') continue;
    if (!/^\d{1,15}$/.test(text) || row === '' || vouchers.some((voucher) => voucher.id === id))
      throw paymentError('ERR_VOUCHER', 'input', { voucher: id });
    if (Number(text) === 0) continue;
    const payee = payeeOf(values['MaSoBhxh'] ?? '', values['HoTen'] ?? '');
    if (payee === undefined) {
      waiting.push(row);
      continue;
    }
    vouchers.push(
      voucherOf(data, 'decision-c70a', {
        id,
        document: `${number}#${row}`,
        payee,
        amount: Number(text),
        on,
        text: `CHI TRA CHE DO BHXH ${number}`,
      }),
    );
  }
  return { vouchers, waiting };
}

/** The voucher of a document kind of the data, whose purpose and family it takes. Throws ERR_VOUCHER. */
export function voucherOf(
  data: DisbursementData,
  documentKind: string,
  voucher: Omit<Voucher, 'family' | 'purpose'>,
): Voucher {
  const kind = data.documents.find(({ code }) => code === documentKind);
  const purpose = data.purposes.find(({ code }) => code === kind?.purpose);
  const refused = (): Error => paymentError('ERR_VOUCHER', 'usage', { voucher: voucher.id });
  if (purpose === undefined || !/^[A-Z0-9/.-]{1,30}$/i.test(voucher.id)) throw refused();
  if (checkAmount(voucher.amount) === 0) throw refused();
  return { ...voucher, family: purpose.family, purpose: purpose.code };
}

/** Owed to a payee from now on: the cost of its purpose against the voucher's own account. */
export function voucherEntry(voucher: Voucher): JournalEntry {
  const { id, purpose, document, amount, on } = voucher;
  return {
    id: `voucher:${id}`,
    kind: 'voucher',
    on,
    postings: [
      { account: `cost:${purpose}`, debit: amount, credit: 0 },
      { account: `payable:${id}`, debit: 0, credit: amount },
    ],
    sources: [document, ...(document.includes('#') ? [document.slice(0, document.indexOf('#'))] : [])],
  };
}
