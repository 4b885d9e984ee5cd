import { Command as Parser, Option } from 'commander';
import type { OptionValues } from './command-context.ts';
import { commands, type Command } from './command-table.ts';
import { everywhere, flags, type Flag, type FlagName } from './flags.ts';
import type { CommandName, Messages } from './messages/messages.ts';

export { CommanderError } from 'commander';

type Action = (command: Command, positional: readonly string[], options: OptionValues) => Promise<void>;

/** The command tree. No command's own code is loaded, and only the commands that `words` can mean get their options. */
export function commandParser(words: readonly string[], messages: Messages, action: Action): Parser {
  const root = prepare(new Parser('bhxh'), 'bhxh', messages).enablePositionalOptions();
  const groups = new Map<string, Parser>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    let parent = root;
    if (second !== undefined) {
      parent = groups.get(first) ?? prepare(root.command(first), first as CommandName, messages);
      groups.set(first, parent);
    }
    const parser = prepare(parent.command(second ?? first), command.name as CommandName, messages);
    // A command may have commands of its own: `receipts` and `receipts export`.
    if (second === undefined) groups.set(first, parser.enablePositionalOptions());
    if (command.arguments !== undefined) parser.arguments(command.arguments);
    if (first !== words[0]) continue;
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
