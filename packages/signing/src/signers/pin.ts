import { SigningError } from '../errors.ts';
import type { PinSource } from '../types.ts';

/** Asks for the PIN or password once, lends its bytes to `use`, and overwrites them afterwards. */
export async function withPin<Result>(
  source: PinSource | undefined,
  use: (pin: Uint8Array) => Result | Promise<Result>,
): Promise<Result> {
  if (source === undefined) throw new SigningError('ERR_PIN_REQUIRED');
  const pin = await source();
  try {
    return await use(pin);
  } finally {
    pin.fill(0);
  }
}
