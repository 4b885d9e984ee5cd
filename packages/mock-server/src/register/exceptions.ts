import type { Fund } from '@bhxh/sdk/contributions';

/** Funds that somebody does not pay through a unit; null for whoever pays all of them, as nearly everybody does. */
export type Exceptions = readonly Fund[] | null;

/** The order in which they are kept. */
const FUNDS: readonly Fund[] = [
  'sickness-maternity',
  'retirement-death',
  'occupational',
  'unemployment',
  'health',
];

/** Somebody joins or leaves one fund. */
export function settleFund(exceptions: Exceptions, fund: Fund, isPaid: boolean): Exceptions {
  const without = FUNDS.filter((one) => (one === fund ? !isPaid : exceptions?.includes(one) === true));
  return without.length === 0 ? null : without;
}

/** Of somebody who pays one fund and no other, as with a second contract. */
export function allBut(fund: Fund): Exceptions {
  return FUNDS.filter((one) => one !== fund);
}

export function paysNothing(exceptions: Exceptions): boolean {
  return exceptions?.length === FUNDS.length;
}

const read = new Map<string, Exceptions>();

/** As the register keeps them: names apart by blanks. What names no fund is left out. */
export function readExceptions(text: string | null): Exceptions {
  if (text === null) return null;
  const known = read.get(text);
  if (known !== undefined) return known;
  const names = new Set(text.split(' '));
  const without = FUNDS.filter((fund) => names.has(fund));
  const exceptions = without.length === 0 ? null : without;
  read.set(text, exceptions);
  return exceptions;
}

export function writeExceptions(exceptions: Exceptions): string | null {
  return exceptions === null ? null : exceptions.join(' ');
}
