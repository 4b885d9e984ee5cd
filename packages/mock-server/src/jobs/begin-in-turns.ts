/**
 * Begins `work` for each item in a turn of the event loop of its own, so that requests come in between, and lets what was
 * begun run side by side: outcomes that are ready together share a commit. Resolves with how many were begun (a stop
 * leaves the rest) once all of these have ended; rejects then with the first failure.
 */
export async function beginInTurns<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  isStopped: () => boolean,
): Promise<number> {
  const failures: unknown[] = [];
  const begun: Promise<void>[] = [];
  for (const item of items) {
    if (isStopped()) break;
    // Heard from the start: one that fails while others are begun must not end the process as an unhandled rejection.
    begun.push(work(item).catch((error: unknown) => void failures.push(error)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(begun);
  if (failures.length > 0) throw failures[0];
  return begun.length;
}
