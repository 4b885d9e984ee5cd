import { cliError } from '../cli-error.ts';
import { commands } from '../command-table.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { everywhere, flags, type FlagName } from '../flags.ts';

/** Prints a completion script made from the command table. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const shell = context.arguments[0] ?? '';
  const script = scripts.get(shell);
  if (script === undefined) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '<shell>',
      value: shell,
      why: [...scripts.keys()].join(', '),
      command: 'completion',
    });
  }
  context.streams.write(script());
  return exitCodes.done;
}

const long = (name: FlagName): string => flags[name].syntax.split(' ')[0] ?? '';
const firstWords = (): string[] => [...new Set(commands.map((command) => command.name.split(' ')[0] ?? ''))];
const secondWords = (first: string): string[] =>
  commands
    .filter((command) => command.name.startsWith(`${first} `))
    .map((command) => command.name.split(' ')[1] ?? '');
const optionsOf = (first: string): string[] => [
  ...new Set(
    commands
      .filter((command) => command.name === first || command.name.startsWith(`${first} `))
      .flatMap((command) => [...command.flags, ...everywhere])
      .map(long),
  ),
];

const scripts: ReadonlyMap<string, () => string> = new Map([
  ['bash', bash],
  ['zsh', () => `#compdef bhxh\nautoload -U bashcompinit && bashcompinit\n${bash()}`],
  ['fish', fish],
  ['powershell', powershell],
]);

function bash(): string {
  const cases = firstWords()
    .map((first) => `    ${first}) words="${[...secondWords(first), ...optionsOf(first)].join(' ')}" ;;`)
    .join('\n');
  return `_bhxh() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then words="${firstWords().join(' ')}"; else
    case "\${COMP_WORDS[1]}" in
${cases}
    esac
  fi
  COMPREPLY=( $(compgen -W "$words" -- "$current") )
  [ "\${#COMPREPLY[@]}" -eq 0 ] && COMPREPLY=( $(compgen -f -- "$current") )
}
complete -F _bhxh bhxh
`;
}

function fish(): string {
  const lines = [`complete -c bhxh -n __fish_use_subcommand -a '${firstWords().join(' ')}'`];
  for (const first of firstWords()) {
    const seconds = secondWords(first);
    if (seconds.length > 0)
      lines.push(`complete -c bhxh -n '__fish_seen_subcommand_from ${first}' -a '${seconds.join(' ')}'`);
    for (const option of optionsOf(first)) {
      lines.push(
        `complete -c bhxh -n '__fish_seen_subcommand_from ${first}' -l ${option.replace(/^--/, '')}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function powershell(): string {
  const table = firstWords()
    .map(
      (first) =>
        `    '${first}' = @(${[...secondWords(first), ...optionsOf(first)].map((word) => `'${word}'`).join(', ')})`,
    )
    .join('\n');
  return `Register-ArgumentCompleter -Native -CommandName bhxh -ScriptBlock {
  param($word, $ast, $position)
  $table = @{
${table}
  }
  $elements = $ast.CommandElements
  $words = if ($elements.Count -le 2 -and $word -ne '') { $table.Keys } elseif ($elements.Count -eq 1) { $table.Keys } else { $table["$($elements[1])"] }
  $words | Where-Object { $_ -like "$word*" } | Sort-Object | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}
