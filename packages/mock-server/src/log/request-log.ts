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
