import { commands } from './command-table.ts';
import type { CommandName, Messages } from './messages/messages.ts';

/** What `bhxh --help` prints: every command with its sentence, wrapped to the width of the terminal. */
export function rootHelp(messages: Messages, width: number): string {
  const { words } = messages;
  const names = commands.map(({ name, arguments: positional }) =>
    [name, positional].filter(Boolean).join(' '),
  );
  const column = Math.min(Math.max(...names.map((name) => name.length)), 30);
  const lines = commands.map((command, index) => {
    const name = names[index] ?? '';
    const text = wrapped(messages.commands[command.name as CommandName], Math.max(width - column - 4, 30));
    const indent = ' '.repeat(column + 4);
    const first = name.length > column ? `  ${name}\n${indent}` : `  ${name.padEnd(column)}  `;
    return first + text.join(`\n${indent}`);
  });
  return `${words.usage}: bhxh [--lang vi|en] <command>\n\n${messages.commands.bhxh}\n\n${words.commands}:\n${lines.join('\n')}\n\nbhxh <command> --help · bhxh --version\n`;
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
