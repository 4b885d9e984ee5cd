import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { Messages } from './messages/messages.ts';
import { languageFrom, type Language } from './terminal/language.ts';
import { print, terminalWidth } from './terminal/print.ts';
import { version } from './version.ts';

/** Parses the words after `bhxh`, runs one command and returns its exit code. Never throws. */
export async function runCommandLine(typed: readonly string[]): Promise<ExitCode> {
  const language = chosenLanguage(typed);
  const words = afterLanguage(typed);
  const [first = '--help'] = words;
  if (first === '--version') {
    print(`${version}\n`);
    return exitCodes.done;
  }
  // Help must come at once, so it does not wait for the parser.
  if (first === '--help' || first === '-h') {
    const { rootHelp } = await import('./root-help.ts');
    print(rootHelp(await messagesIn(language), terminalWidth()));
    return exitCodes.done;
  }
  const { commandParser, CommanderError } = await import('./command-parser.ts');
  let code: ExitCode = exitCodes.done;
  const parser = commandParser(words, await messagesIn(language), async (command, positional, options) => {
    const { runCommand } = await import('./run-command.ts');
    code = await runCommand(command, positional, options, language);
  });
  try {
    await parser.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    const { showError } = await import('./run-command.ts');
    if (!(error instanceof CommanderError)) return showError(error, language, 'text');
    if (error.exitCode === 0) return exitCodes.done;
    const { cliError } = await import('./cli-error.ts');
    const detail =
      error.code === 'commander.help'
        ? await commandsBelow(first)
        : error.message.replace(/^error: /, '').replace(/\.$/, '');
    const format = words.includes('json') ? 'json' : 'text';
    return showError(cliError('ERR_COMMAND_UNKNOWN', { detail }), language, format);
  }
}

/** Only the language that is spoken is loaded, which is much of what `bhxh --help` costs. */
async function messagesIn(language: Language): Promise<Messages> {
  return language === 'vi' ? (await import('./messages/vi.ts')).vi : (await import('./messages/en.ts')).en;
}

/** `bhxh --lang en validate …` is `bhxh validate … --lang en`. */
function afterLanguage(words: readonly string[]): readonly string[] {
  if (words[0] === '--lang') return words.slice(2);
  return words[0]?.startsWith('--lang=') === true ? words.slice(1) : words;
}

/** What can follow a word that is no command by itself. */
async function commandsBelow(first: string): Promise<string> {
  const { commands } = await import('./command-table.ts');
  const below = commands.filter(({ name }) => name.startsWith(`${first} `));
  return `bhxh ${first} (${below.map(({ name }) => name.slice(first.length + 1)).join(', ')})`;
}

/** `--lang` must be known before help is printed, so it is looked for before parsing. */
function chosenLanguage(words: readonly string[]): Language {
  const index = words.indexOf('--lang');
  const given = words.find((word) => word.startsWith('--lang='))?.slice('--lang='.length) ?? words[index + 1];
  if ((index >= 0 || words.some((word) => word.startsWith('--lang='))) && (given === 'vi' || given === 'en'))
    return given;
  return languageFrom(process.env);
}
