import type { ErrorCategory } from '@bhxh/sdk/errors';

/** What the process says to the shell. Never a count. Part of the public contract (docs/exit-codes.md). */
export const exitCodes = {
  done: 0,
  findings: 1,
  usage: 2,
  specs: 3,
  auth: 4,
  unavailable: 5,
  rejected: 6,
  unknown: 7,
  key: 8,
  io: 9,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The most serious class first; usage errors end a command before work starts and never mix. */
const bySeriousness: readonly ExitCode[] = [70, 130, 7, 4, 8, 6, 5, 3, 9, 1, 2, 0];

/** The exit code of a run that met several classes. */
export function mostSerious(codes: Iterable<ExitCode>): ExitCode {
  const met = new Set(codes);
  return bySeriousness.find((code) => met.has(code)) ?? exitCodes.done;
}

const byCategory: Readonly<Record<ErrorCategory, ExitCode>> = {
  usage: exitCodes.usage,
  input: exitCodes.io,
  spec: exitCodes.specs,
  auth: exitCodes.auth,
  network: exitCodes.unavailable,
  unavailable: exitCodes.unavailable,
  rejected: exitCodes.rejected,
  'unknown-outcome': exitCodes.unknown,
  signing: exitCodes.key,
  internal: exitCodes.bug,
};

export function exitCodeOf(category: ErrorCategory): ExitCode {
  return byCategory[category];
}
