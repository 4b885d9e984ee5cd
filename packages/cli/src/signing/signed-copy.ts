const slash = 0x2f;

/**
 * Whether `signed` is `original` with bytes put in at one place and nothing else changed; an empty tag may have been opened
 * for them (`<a/>` became `<a>…</a>`). Whether what was put in is a signature is for the verifier to say.
 */
export function isSignedCopy(original: Uint8Array, signed: Uint8Array): boolean {
  if (signed.length <= original.length) return false;
  let head = 0;
  while (head < original.length && original[head] === signed[head]) head++;
  let tail = 0;
  while (
    tail < original.length - head &&
    original[original.length - 1 - tail] === signed[signed.length - 1 - tail]
  )
    tail++;
  const changed = original.subarray(head, original.length - tail);
  return changed.length === 0 || (changed.length === 1 && changed[0] === slash);
}
