import { commands } from '../src/command-table.ts';
import { everywhere, flags, type FlagName } from '../src/flags.ts';
import { en } from '../src/messages/en.ts';
import type { CommandName } from '../src/messages/messages.ts';
import { vi } from '../src/messages/vi.ts';
import type { Language } from '../src/terminal/language.ts';

/** docs/cli.md in one language, made from the command table, the flags and the message catalogue. */
export function commandReference(language: Language): string {
  const messages = language === 'vi' ? vi : en;
  const { words } = messages;
  const row = (name: FlagName): string => {
    const flag = flags[name];
    const extra = [
      flag.choices?.join(', '),
      flag.default === undefined ? undefined : `= ${flag.default}`,
    ].filter((part) => part !== undefined);
    return `| \`${flag.syntax}\` | ${messages.flags[name]}${extra.length === 0 ? '' : ` (${extra.join('; ')})`} |`;
  };
  const table = (names: readonly FlagName[]): string => `| | |\n|---|---|\n${names.map(row).join('\n')}\n`;
  const sections = commands.map((command) => {
    const usage = ['bhxh', command.name, command.arguments].filter((part) => part !== undefined).join(' ');
    return `## bhxh ${command.name}\n\n${messages.commands[command.name as CommandName]}\n\n\`${usage}\` · \`--format ${command.formats.join('|')}\`\n${command.flags.length === 0 ? '' : `\n${table(command.flags)}`}`;
  });
  return `# bhxh\n\n${messages.commands.bhxh}\n\n${sections.join('\n')}\n## ${words.everywhere}\n\n${table(everywhere)}`;
}
