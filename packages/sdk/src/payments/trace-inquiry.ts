import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { checkAmount, type AmountVnd } from './amount.ts';
import { messageProfile } from './message-profile.ts';
import { paymentError } from './payment-error.ts';
import { writeMessage, type OutgoingObject } from './write-message.ts';

/** Why a trace inquiry is sent, and the message that carries it (`specs/payments/trace-inquiry.yaml`). */
export interface TraceReason {
  readonly code: string;
  /** Reason code of ISO 20022; NARR says only that the reason stands in words. */
  readonly iso: string;
  readonly message: 'camt.026' | 'camt.056' | 'camt.087';
  readonly label: Bilingual;
}

export interface TraceData {
  readonly limits: { readonly content: number; readonly further: number };
  readonly reasons: readonly TraceReason[];
}

export function traceData(specifications: Specifications): TraceData {
  return specifications.payments('trace-inquiry') as TraceData;
}

/** A trace inquiry (điện tra soát) about one movement. */
export interface TraceInquiry {
  readonly id: string;
  /** Code of a reason of the data. */
  readonly reason: string;
  /** Who asks and who is asked, by name. */
  readonly from: string;
  readonly to: string;
  /** The bank's number of the movement. */
  readonly reference: string;
  readonly amount: AmountVnd;
  /** Booking day of the movement. */
  readonly day: string;
  readonly content: string;
  /** What the amount should have been, for an inquiry about the amount. */
  readonly rightAmount?: AmountVnd;
  /** ISO 8601 with an offset. */
  readonly createdAt: string;
}

/** The message of an inquiry: its kind and its bytes. Throws ERR_TRACE, ERR_MESSAGE_FIELD, ERR_AMOUNT_NOT_WHOLE. */
export function writeTraceInquiry(
  specifications: Specifications,
  inquiry: TraceInquiry,
): { readonly message: TraceReason['message']; readonly bytes: Uint8Array } {
  const data = traceData(specifications);
  const { id, reason: code, reference, amount, day, content, createdAt } = inquiry;
  const refused = (why: string): Error => paymentError('ERR_TRACE', 'usage', { why });
  const reason = data.reasons.find((one) => one.code === code);
  if (reason === undefined) throw refused(`${code} (${data.reasons.map((one) => one.code).join(', ')})`);
  if (content.length > data.limits.content) throw refused(`${content.length} > ${data.limits.content}`);
  if (reference === '') throw refused('reference');
  const party = (name: string): OutgoingObject => ({ Pty: { Nm: name } });
  const assignment = { Id: id, Assgnr: party(inquiry.from), Assgne: party(inquiry.to), CreDtTm: createdAt };
  const about = { Id: id, Cretr: party(inquiry.from) };
  const movement = {
    OrgnlTxId: reference,
    OrgnlIntrBkSttlmAmt: checkAmount(amount),
    OrgnlIntrBkSttlmDt: day,
  };
  // The narrative of a message is shorter than the content of an inquiry.
  const words = (limit: number): readonly string[] =>
    content === '' ? [] : (content.match(new RegExp(`.{1,${limit}}`, 'gsu')) ?? []);
  const [first] = words(140);
  const information =
    reason.iso === 'NARR'
      ? { IncrrctInf: [{ Cd: reason.iso, ...(first === undefined ? {} : { AddtlIncrrctInf: first }) }] }
      : { MssngInf: [{ Cd: reason.iso, ...(first === undefined ? {} : { AddtlMssngInf: first }) }] };
  const contents: Readonly<Record<TraceReason['message'], () => OutgoingObject>> = {
    'camt.026': () => ({
      Assgnmt: assignment,
      Case: about,
      Undrlyg: { IntrBk: movement },
      Justfn: { MssngOrIncrrctInf: information },
    }),
    'camt.056': () => ({
      Assgnmt: assignment,
      Case: about,
      Undrlyg: [
        {
          TxInf: [
            {
              CxlId: id,
              ...movement,
              CxlRsnInf: [
                { Rsn: { Cd: reason.iso }, ...(words(105).length === 0 ? {} : { AddtlInf: words(105) }) },
              ],
            },
          ],
        },
      ],
    }),
    'camt.087': () => {
      if (inquiry.rightAmount === undefined) throw refused('rightAmount');
      return {
        Assgnmt: assignment,
        Case: about,
        Undrlyg: { IntrBk: movement },
        Mod: { IntrBkSttlmAmt: checkAmount(inquiry.rightAmount) },
      };
    },
  };
  const bytes = writeMessage(messageProfile(specifications, reason.message), contents[reason.message]());
  return { message: reason.message, bytes };
}
