import { accepted, isDigits, refused } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export interface FacilityCode {
  readonly text: string;
  /** Two digits of the province list of before 2025-07-01. Codes keep them, so they do not say where the facility is today. */
  readonly province: string;
  /** `NN000` stands for a province on temporary cards and is no facility. */
  readonly placeholder: boolean;
}

/** MA_CSKCB: five digits. */
export function parseFacilityCode(text: string): Outcome<FacilityCode> {
  if (!isDigits(text)) return refused('CSKCB_CHARSET');
  if (text.length !== 5) return refused('CSKCB_LENGTH');
  const province = text.slice(0, 2);
  return province === '00'
    ? refused('CSKCB_PROVINCE')
    : accepted({ text, province, placeholder: text.endsWith('000') });
}
