import { paymentSentences, type PaymentRefusal } from '../messages/payments.ts';
import { Refused } from '../problem.ts';

const STATUS: Readonly<Partial<Record<PaymentRefusal, number>>> = {
  NO_PARTY: 403,
  NOT_YOURS: 403,
  SIDE_WRONG: 403,
  DUTY_MISSING: 403,
  MAKER_IS_CHECKER: 403,
  BANK_NOT_LIVE: 403,
  ENVELOPE_SENDER: 403,
  VERSION_MISSING: 428,
  VERSION_CHANGED: 412,
  STATE_WRONG: 409,
  MESSAGE_ID_REUSED: 409,
  OWN_ID_REUSED: 409,
  RUN_ORDER: 409,
  CREDIT_NOT_IN_SUSPENSE: 409,
  REFUND_TOO_MUCH: 409,
  ACCOUNT_CLOSED: 409,
  PAGE_UNKNOWN: 404,
  UNIT_UNKNOWN: 404,
  ACCOUNT_UNKNOWN: 404,
};

export interface MessageFinding {
  readonly code: string;
  readonly path?: string;
  readonly entry?: number;
  readonly page?: number;
}

/** Ends a call of the bank gateway with a stable code and its sentence in both languages. Nothing it did is kept. */
export function refusePayment(
  code: PaymentRefusal,
  more: { readonly detail?: string; readonly findings?: readonly MessageFinding[] } = {},
): Refused {
  const { detail, findings } = more;
  return new Refused({
    status: STATUS[code] ?? 422,
    code,
    title: paymentSentences[code].en,
    ...(detail === undefined ? {} : { detail }),
    more: { message: paymentSentences[code], ...(findings === undefined ? {} : { findings }) },
  });
}
