/** Prints what needs no command to run: help and the version. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** How many characters fit beside each other. */
export function terminalWidth(): number {
  return process.stdout.columns ?? 80;
}
