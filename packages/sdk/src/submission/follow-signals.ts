/** Two ways to be told to end: `signal` asks to finish what is under way, `abort` cuts it. */
export interface EndSignals {
  readonly signal?: AbortSignal;
  readonly abort?: AbortSignal;
}

/**
 * Calls `drain` at the first sign and `cut` when there is no time for that, also for a sign given before; the result
 * stops following.
 */
export function followSignals(
  { signal, abort }: EndSignals,
  { drain, cut }: { readonly drain: () => void; readonly cut: () => void },
): () => void {
  const onAbort = (): void => {
    drain();
    cut();
  };
  if (signal?.aborted) drain();
  if (abort?.aborted) onAbort();
  signal?.addEventListener('abort', drain);
  abort?.addEventListener('abort', onAbort);
  return () => {
    signal?.removeEventListener('abort', drain);
    abort?.removeEventListener('abort', onAbort);
  };
}
