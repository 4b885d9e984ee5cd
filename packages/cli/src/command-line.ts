import { Command as Parser, CommanderError, Option } from 'commander';
import { commands, type Command } from './command-table.ts';
import type { CommandContext, OptionValues } from './command-context.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { everywhere, flags, type Flag, type FlagName } from './flags.ts';
import { en } from './messages/en.ts';
import type { CommandName, Messages } from './messages/messages.ts';
import { vi } from './messages/vi.ts';
import { languageFrom, type Language } from './terminal/language.ts';
import { version } from './version.ts';

/** Parses the words after `bhxh`, runs one command and returns its exit code. Never throws. */
export async function runCommandLine(words: readonly string[]): Promise<ExitCode> {
  const language = chosenLanguage(words);
  let code: ExitCode = exitCodes.done;
  const parser = commandParser(language, async (command, positional, options) => {
    const { runCommand } = await import('./run-command.ts');
    code = await runCommand(command, positional, options, language);
  });
  try {
    await parser.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      const { showError } = await import('./run-command.ts');
      const { cliError } = await import('./cli-error.ts');
      const detail = error.message.replace(/^error: /, '').replace(/\.$/, '');
      return showError(
        cliError('ERR_COMMAND_UNKNOWN', { detail }),
        language,
        words.includes('json') ? 'json' : 'text',
      );
    }
    const { showError } = await import('./run-command.ts');
    return showError(error, language, 'text');
  }
}

type Action = (command: Command, positional: readonly string[], options: OptionValues) => Promise<void>;

/** The whole command tree; nothing of a command's own code is loaded. */
export function commandParser(language: Language, action: Action): Parser {
  const messages = language === 'vi' ? vi : en;
  const root = prepare(new Parser('bhxh'), 'bhxh', messages).version(version, '--version');
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    let parent = root;
    if (second !== undefined) {
      parent = groups.get(first) ?? prepare(root.command(first), first as CommandName, messages);
      groups.set(first, parent);
    }
    const parser = prepare(parent.command(second ?? first), command.name as CommandName, messages);
    if (command.arguments !== undefined) parser.arguments(command.arguments);
    for (const name of command.flags) parser.addOption(optionOf(name, messages));
    for (const name of everywhere) {
      const option = optionOf(name, messages);
      if (name === 'format') option.choices([...command.formats]);
      parser.addOption(option);
    }
    parser.action(async () => {
      await action(command, parser.args, parser.opts());
    });
  }
  return root;
}

function prepare(parser: Parser, name: CommandName, messages: Messages): Parser {
  return parser
    .description(messages.commands[name])
    .helpOption('-h, --help')
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({
      styleTitle: (title) => {
        if (title.startsWith('Usage')) return `${messages.words.usage}:`;
        if (title.startsWith('Commands')) return `${messages.words.commands}:`;
        if (title.startsWith('Options')) return `${messages.words.options}:`;
        return title;
      },
    });
}

function optionOf(name: FlagName, messages: Messages): Option {
  const flag: Flag = flags[name];
  const option = new Option(flag.syntax, messages.flags[name]);
  if (flag.choices !== undefined) option.choices([...flag.choices]);
  if (flag.repeats === true)
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (flag.default !== undefined) option.default(flag.default);
  return option;
}

/** `--lang` must be known before help is printed, so it is looked for before parsing. */
function chosenLanguage(words: readonly string[]): Language {
  const index = words.indexOf('--lang');
  const given = words.find((word) => word.startsWith('--lang='))?.slice('--lang='.length) ?? words[index + 1];
  if ((index >= 0 || words.some((word) => word.startsWith('--lang='))) && (given === 'vi' || given === 'en'))
    return given;
  return languageFrom(process.env);
}

export type { CommandContext };
