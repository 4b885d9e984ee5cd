import type { ExitCode } from './exit-codes.ts';
import type { Messages } from './messages/messages.ts';
import type { Language } from './terminal/language.ts';
import type { Streams } from './terminal/streams.ts';
import type { AccountConfiguration, Configuration } from './config.ts';

/** Option values as commander gives them, by camel-case name. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** Everything a command may touch of the world. */
export interface CommandContext {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  readonly format: string;
  readonly language: Language;
  readonly messages: Messages;
  readonly streams: Streams;
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Monotonic milliseconds, for rates only. */
  readonly elapsed: () => number;
  /** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal;
  readonly stdin: AsyncIterable<Uint8Array>;
}

export type CommandRun = (context: CommandContext) => Promise<ExitCode>;

export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function flagOption(options: OptionValues, name: string): boolean {
  return options[name] === true;
}

export function listOption(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** The account that `--account` names, or the default one; undefined when the configuration has none. */
export function chosenAccount(context: CommandContext): AccountConfiguration | undefined {
  const { accounts, defaultAccount } = context.configuration;
  const name = textOption(context.options, 'account') ?? defaultAccount;
  return name === undefined ? undefined : accounts.find((account) => account.name === name);
}
