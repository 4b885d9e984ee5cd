/** One line of the server's log: names, codes and durations only; values of documents and credentials never enter it. */
export interface LogEntry {
  readonly at: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly [detail: string]: string | number | boolean | undefined;
}

export type Logger = (entry: LogEntry) => void;

export const silent: Logger = () => undefined;

/** JSON lines to a stream. */
export function jsonLogger(write: (line: string) => void): Logger {
  return (entry) => write(`${JSON.stringify(entry)}\n`);
}

/** First two and last three characters, as much as one needs to recognise a value one already knows. */
export function masked(value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  return value.length <= 5 ? '*'.repeat(value.length) : `${value.slice(0, 2)}***${value.slice(-3)}`;
}
