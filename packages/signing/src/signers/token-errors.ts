import type { SigningErrorCode, SigningErrorDetails } from '../errors.ts';
import { SigningError } from '../errors.ts';
import { ckf, ckr, CryptokiError } from './cryptoki.ts';

/** Return values that mean the same to a user: the token, or our session with it, is no longer there. */
const goneValues: ReadonlySet<number> = new Set([
  ckr.slotIdInvalid,
  ckr.deviceError,
  ckr.deviceRemoved,
  ckr.keyHandleInvalid,
  ckr.objectHandleInvalid,
  ckr.sessionClosed,
  ckr.sessionHandleInvalid,
  ckr.tokenNotPresent,
  ckr.tokenNotRecognized,
  ckr.userNotLoggedIn,
  ckr.cryptokiNotInitialized,
]);

const codes: ReadonlyMap<number, SigningErrorCode> = new Map([
  [ckr.cancel, 'ERR_SIGNING_CANCELLED'],
  [ckr.functionCanceled, 'ERR_SIGNING_CANCELLED'],
  [ckr.functionRejected, 'ERR_SIGNING_CANCELLED'],
  [ckr.keyFunctionNotPermitted, 'ERR_CERTIFICATE_NOT_FOR_SIGNING'],
  [ckr.mechanismInvalid, 'ERR_MECHANISM_MISSING'],
  [ckr.mechanismParamInvalid, 'ERR_MECHANISM_MISSING'],
  [ckr.pinIncorrect, 'ERR_PIN_INCORRECT'],
  [ckr.pinInvalid, 'ERR_PIN_INVALID'],
  [ckr.pinLenRange, 'ERR_PIN_INVALID'],
  [ckr.pinExpired, 'ERR_PIN_EXPIRED'],
  [ckr.pinLocked, 'ERR_PIN_LOCKED'],
  [ckr.userPinNotInitialized, 'ERR_PIN_NOT_SET'],
]);

export const isTokenGone = (error: unknown): boolean =>
  error instanceof CryptokiError && goneValues.has(error.returnValue);

/** Turns whatever a module threw into the one error users see; errors of ours pass through. */
export function tokenError(error: unknown, details: SigningErrorDetails = {}): SigningError {
  if (error instanceof SigningError) return error;
  if (!(error instanceof CryptokiError)) return new SigningError('ERR_TOKEN', details, error);
  const code = goneValues.has(error.returnValue)
    ? 'ERR_TOKEN_GONE'
    : (codes.get(error.returnValue) ?? 'ERR_TOKEN');
  return new SigningError(
    code,
    { ...details, function: error.functionName, returnValue: `0x${error.returnValue.toString(16)}` },
    error,
  );
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
export function refuseHopelessPin(state: PinState): void {
  if (state === 'locked') throw new SigningError('ERR_PIN_LOCKED');
  if (state === 'final-try') throw new SigningError('ERR_PIN_FINAL_TRY');
  if (state === 'not-set') throw new SigningError('ERR_PIN_NOT_SET');
}
