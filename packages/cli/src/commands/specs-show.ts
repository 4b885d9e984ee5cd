import { openSpecifications, type RuleSpec, type Ruleset, type TableSpec } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import type { Messages } from '../messages/messages.ts';
import type { Language } from '../terminal/language.ts';
import { textTable } from '../terminal/table.ts';

/** Shows a standard: its tables and rules, or one of them (`XML3`, `R030`). */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [id = '', part] = context.arguments;
  const specifications = openSpecifications();
  const ruleset = specifications.ruleset(fullId(specifications.rulesetIds(), id));
  const shown =
    part === undefined ? ruleset : (ruleset.tables[part] ?? ruleset.rules.find((rule) => rule.id === part));
  if (shown === undefined) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '[part]',
      value: part ?? '',
      why: `${Object.keys(ruleset.tables).join(', ')}, ${ruleset.rules[0]?.id ?? ''} …`,
      command: 'specs show',
    });
  }
  if (context.format === 'json') context.streams.write(`${JSON.stringify(shown, null, 2)}\n`);
  else if ('tables' in shown) context.streams.write(rulesetText(shown, context.language, context.messages));
  else if ('fields' in shown) context.streams.write(tableText(shown, context.language, context.messages));
  else context.streams.write(ruleText(shown, context.language, context.messages));
  return exitCodes.done;
}

/** `qd3176` is short for `qd3176-2024`. */
export function fullId(ids: readonly string[], given: string): string {
  return ids.find((id) => id === given || id.startsWith(`${given}-`)) ?? given;
}

function rulesetText(ruleset: Ruleset, language: Language, { words }: Messages): string {
  return [
    `${ruleset.id} · ${ruleset.title[language]}`,
    `${words.legal}: ${ruleset.legal.map(({ text, at }) => `${text} ${at}`.trim()).join('; ')}`,
    '',
    textTable(
      ['XML', words.count, words.title],
      Object.values(ruleset.tables).map((table) => [
        table.code,
        String(table.fields.length),
        table.label[language],
      ]),
    ),
    textTable(
      [words.rule, words.verdict, words.origin, words.confidence, words.title],
      ruleset.rules.map((rule) => [
        rule.id,
        words[rule.severity],
        rule.origin,
        rule.confidence,
        rule.title[language],
      ]),
    ),
  ].join('\n');
}

function tableText(table: TableSpec, language: Language, { words }: Messages): string {
  return [
    `${table.code} ${table.root}${table.list === null ? '' : ` > ${table.list}`} > ${table.row}`,
    textTable(
      ['#', words.value, 'type', 'max', 'req', words.confidence, words.title],
      table.fields.map((field) => [
        String(field.order),
        field.code,
        field.type,
        field.maxLength === null ? '–' : String(field.maxLength),
        field.required,
        field.confidence,
        field.label[language],
      ]),
    ),
  ].join('\n');
}

export function ruleText(rule: RuleSpec, language: Language, { words }: Messages): string {
  return [
    `${rule.id} · ${words[rule.severity]} · ${rule.title[language]}`,
    `${words.origin}: ${rule.origin} (${rule.source}) · ${words.confidence}: ${rule.confidence}`,
    ...rule.checks.map((check) => `  ${check.check} ${JSON.stringify(check.with)}`),
    ...rule.legal.map(({ text, at }) => `${words.legal}: ${text} ${at}`.trimEnd()),
    ...(rule.hint === undefined ? [] : [`→ ${rule.hint[language]}`]),
    '',
  ].join('\n');
}
