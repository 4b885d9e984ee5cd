import { setFlagsFromString } from 'node:v8';

/**
 * A run that sends keeps little but makes and drops much, and left alone the collector takes more and more room for it.
 * Called before the work, this lets a hundred thousand documents need the memory of a thousand; why so, and what it
 * costs: decisions/0023-memory-of-a-submission.md.
 */
export function keepMemorySteady(): void {
  // Room for what is new stays as it is, and what lives on may grow by a tenth before it is collected.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=10');
  // The parser of HTTP stays as it was compiled first: making it faster needs 25 MB once, for answers of a few hundred bytes.
  setFlagsFromString('--liftoff-only');
}
