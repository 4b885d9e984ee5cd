import type { SigningErrorDetails } from '../errors.ts';
import { SigningError } from '../errors.ts';
import { ckf, CryptokiError } from './cryptoki.ts';
import { returnValue } from './return-values.ts';

/** Whether the token, or our session with it, is no longer there. */
export const isTokenGone = (error: unknown): boolean =>
  error instanceof CryptokiError && returnValue(error.returnValue).code === 'ERR_TOKEN_GONE';

/** Turns whatever a module threw into the one error users see; errors of ours pass through. */
export function tokenError(error: unknown, details: SigningErrorDetails = {}): SigningError {
  if (error instanceof SigningError) return error;
  if (!(error instanceof CryptokiError)) return new SigningError('ERR_TOKEN', details, error);
  const { code, name } = returnValue(error.returnValue);
  return new SigningError(code, { ...details, function: error.functionName, returnValue: name }, error);
}

/** The state of the PIN counter, from the flags of C_GetTokenInfo. */
export type PinState = 'ok' | 'count-low' | 'final-try' | 'locked' | 'not-set';

export function pinState(flags: number): PinState {
  if ((flags & ckf.userPinLocked) !== 0) return 'locked';
  if ((flags & ckf.userPinFinalTry) !== 0) return 'final-try';
  if ((flags & ckf.userPinCountLow) !== 0) return 'count-low';
  return (flags & ckf.userPinInitialized) === 0 ? 'not-set' : 'ok';
}

/** Refuses to spend the last attempt, or to try where trying cannot help. */
export function refuseHopelessPin(state: PinState, details: SigningErrorDetails = {}): void {
  if (state === 'locked') throw new SigningError('ERR_PIN_LOCKED', details);
  if (state === 'final-try') throw new SigningError('ERR_PIN_FINAL_TRY', details);
  if (state === 'not-set') throw new SigningError('ERR_PIN_NOT_SET', details);
}
