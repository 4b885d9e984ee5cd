import type { AmountVnd } from '../amount.ts';
import { paymentError } from '../payment-error.ts';
import { controlFigures, type OutgoingObject } from '../write-message.ts';
import type { DisbursementData } from './disbursement-data.ts';
import type { Payee, Voucher } from './voucher.ts';

export interface DisbursementLine {
  /** End-to-end id: the voucher's number and the number of the attempt. */
  readonly id: string;
  readonly voucher: string;
  readonly payee: Payee;
  readonly amount: AmountVnd;
  readonly text: string;
}

/** A transfer list (bảng kê chuyển tiền) on one debit account. */
export interface DisbursementBatch {
  readonly id: string;
  readonly debitAccount: string;
  /** Eight digits of the branch that holds it. */
  readonly debitClearing: string;
  readonly payer: string;
  readonly purpose: string;
  /** Requested day. */
  readonly on: string;
  readonly lines: readonly DisbursementLine[];
}

/**
 * A batch of vouchers of one purpose. `attempt` gives how often a voucher was put into a batch before; a line that came
 * back or was refused is paid again under a new number, never under the old one.
 *
 * @throws BhxhError ERR_BATCH for none, two purposes or a voucher that stands in it twice.
 */
export function buildBatch(
  head: Omit<DisbursementBatch, 'lines' | 'purpose'>,
  vouchers: readonly Voucher[],
  attempts: (voucher: string) => number = () => 0,
): DisbursementBatch {
  const refused = (why: string): Error => paymentError('ERR_BATCH', 'usage', { batch: head.id, why });
  const [first] = vouchers;
  if (first === undefined || !/^[A-Za-z0-9.-]{1,35}$/.test(head.id)) throw refused('0');
  const other = vouchers.find(({ purpose }) => purpose !== first.purpose);
  if (other !== undefined) throw refused(`${first.purpose}, ${other.purpose}`);
  const seen = new Set<string>();
  const lines = vouchers.map((voucher): DisbursementLine => {
    if (seen.has(voucher.id)) throw refused(voucher.id);
    seen.add(voucher.id);
    const { id, payee, amount, text } = voucher;
    return { id: `${id}-${attempts(id) + 1}`, voucher: id, payee, amount, text };
  });
  return { ...head, purpose: first.purpose, lines };
}

/** Content of pain.001 for `writeMessage`. `createdAt` is `yyyy-MM-ddTHH:mm:ss+07:00`. */
export function batchMessage(
  batch: DisbursementBatch,
  data: DisbursementData,
  createdAt: string,
): OutgoingObject {
  const { count, sum } = controlFigures(batch.lines.map(({ amount }) => amount));
  const category = data.purposes.find(({ code }) => code === batch.purpose)?.category;
  if (category === undefined)
    throw paymentError('ERR_BATCH', 'usage', { batch: batch.id, why: batch.purpose });
  const payer = { Nm: batch.payer };
  return {
    GrpHdr: { MsgId: batch.id, CreDtTm: createdAt, NbOfTxs: count, CtrlSum: sum, InitgPty: payer },
    PmtInf: [
      {
        PmtInfId: batch.id,
        PmtMtd: 'TRF',
        BtchBookg: false,
        NbOfTxs: count,
        CtrlSum: sum,
        PmtTpInf: { CtgyPurp: { Cd: category } },
        ReqdExctnDt: { Dt: batch.on },
        Dbtr: payer,
        DbtrAcct: { Id: { Othr: { Id: batch.debitAccount } } },
        DbtrAgt: agent(batch.debitClearing),
        CdtTrfTxInf: batch.lines.map(({ id, payee, amount, text }) => ({
          PmtId: { InstrId: id, EndToEndId: id },
          Amt: { InstdAmt: amount },
          ...('account' in payee
            ? {
                CdtrAgt: agent(payee.clearing),
                Cdtr: { Nm: payee.name },
                CdtrAcct: { Id: { Othr: { Id: payee.account } } },
              }
            : {
                CdtrAgt: agent(payee.postOffice),
                Cdtr: { Nm: payee.name, Id: { PrvtId: { Othr: { Id: payee.identity } } } },
              }),
          ...(text === '' ? {} : { RmtInf: { Ustrd: [text] } }),
        })),
      },
    ],
  };
}

function agent(clearing: string): OutgoingObject {
  return { FinInstnId: { ClrSysMmbId: { MmbId: clearing } } };
}
