/** What the card register takes over at its next daily run. Days are `yyyyMMdd`. */
export type CardChange =
  | {
      readonly kind: 'give';
      readonly bhxhNumber: string;
      readonly card: string;
      readonly from: string;
      readonly to: string;
      readonly facility: string;
    }
  /** Cards of one object code end on a day. */
  | { readonly kind: 'end'; readonly bhxhNumber: string; readonly object: string; readonly on: string }
  /** The card is given again: what was noted against it goes, the registered facility may change. */
  | { readonly kind: 'reissue'; readonly bhxhNumber: string; readonly facility: string | null };

/** Has no end of its own. */
export const OPEN_END = '99991231';

/** Card number: object code, benefit level, the reserved province and the mã số BHXH. */
export const cardNumber = (object: string, level: string, bhxhNumber: string): string =>
  `${object}${level}99${bhxhNumber}`;
