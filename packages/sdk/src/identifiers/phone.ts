import { accepted, isDigits, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export interface Phone {
  readonly kind: 'mobile' | 'fixed' | 'service';
  /** `+84912345678`; service numbers (1800, 1900) stay as they are. */
  readonly e164: string;
}

const mobile = /^(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}$/;
const fixed = /^2[0-9]{9}$/;
const service = /^1[89]00[0-9]{4,6}$/;
/** Eleven-digit mobile prefixes that ended on 2018-11-15. */
const ended = /^0(12[0-9]|16[2-9]|18[68]|199)[0-9]{7}$/;

/** Reads one phone number of Vietnam, however its groups are written. */
export function parsePhone(input: string): Outcome<Phone> {
  const text = input.replace(/[ .()-]/g, '').replace(/^\+/, '00');
  if (!isDigits(text)) return refused('PHONE_CHARSET');
  if (service.test(text)) return accepted({ kind: 'service', e164: text });
  if (ended.test(text)) return refused('PHONE_ENDED');
  const national = text.startsWith('0084')
    ? text.slice(4)
    : text.startsWith('84') && text.length > 10
      ? text.slice(2)
      : text.startsWith('0')
        ? text.slice(1)
        : null;
  if (national === null) return refused('PHONE_PREFIX');
  if (mobile.test(national)) return accepted({ kind: 'mobile', e164: `+84${national}` });
  if (fixed.test(national)) return accepted({ kind: 'fixed', e164: `+84${national}` });
  return refused(national.length === 9 || national.length === 10 ? 'PHONE_PREFIX' : 'PHONE_LENGTH');
}
