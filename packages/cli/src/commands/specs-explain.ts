import {
  openSpecifications,
  type FieldSpec,
  type ResponseCode,
  type Specifications,
} from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { fullId, ruleText } from './specs-show.ts';

/** Explains a rule (`R030`), a field (`XML3.T_BHTT` or `T_BHTT`) or a response code (`401`) by the standard of a date. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, language, messages } = context;
  const what = context.arguments[0] ?? '';
  const specifications = openSpecifications();
  const override = textOption(options, 'ruleset');
  const { ruleset, legal } = specifications.chooseRuleset({
    decidingDate: dateOption(options, 'on', 'specs explain') ?? context.now().toISOString().slice(0, 10),
    ...(override === undefined ? {} : { override: fullId(specifications.rulesetIds(), override) }),
  });
  const rule = ruleset.rules.find(({ id }) => id === what);
  const fields = fieldsNamed(specifications, ruleset.id, what);
  const responses = responsesFor(specifications, what);
  if (rule === undefined && fields.length === 0 && responses.length === 0) {
    throw cliError('ERR_OPTION_INVALID', {
      option: '<what>',
      value: what,
      why: 'R030, XML3.T_BHTT, 401',
      command: 'specs explain',
    });
  }
  if (context.format === 'json') {
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-explain/1', ruleset: ruleset.id, rule: rule ?? null, fields, responses }, null, 2)}\n`,
    );
    return exitCodes.done;
  }
  const { words } = messages;
  if (rule !== undefined) {
    streams.write(
      `${ruleset.id} · ${legal.map(({ text, at }) => `${text} ${at}`.trim()).join('; ')}\n${ruleText(rule, language, messages)}`,
    );
  }
  for (const { table, field } of fields) {
    streams.write(
      `${ruleset.id} ${table}.${field.code} (${field.order}): ${field.label[language]}\n  ${field.type}, max ${field.maxLength ?? '–'}, ${field.required} · ${words.origin}: ${field.origin} (${field.source}) · ${words.confidence}: ${field.confidence}\n`,
    );
    if (field.note !== undefined) streams.write(`  ${field.note}\n`);
  }
  for (const { family, response } of responses) {
    streams.write(
      `${family} ${response.code}: ${response.meaning[language]} (${response.category}, ${response.retry})\n`,
    );
    if (response.hint !== undefined) streams.write(`  → ${response.hint[language]}\n`);
  }
  return exitCodes.done;
}

function fieldsNamed(
  specifications: Specifications,
  ruleset: string,
  what: string,
): readonly { table: string; field: FieldSpec }[] {
  const [first = '', second] = what.split('.');
  return Object.values(specifications.ruleset(ruleset).tables)
    .filter((table) => second === undefined || table.code === first)
    .flatMap((table) =>
      table.fields
        .filter((field) => field.code === (second ?? first))
        .map((field) => ({ table: table.code, field })),
    );
}

function responsesFor(
  specifications: Specifications,
  code: string,
): readonly { family: string; response: ResponseCode }[] {
  return Object.entries(specifications.responses('claims')).flatMap(([family, responses]) =>
    responses.filter((response) => response.code === code).map((response) => ({ family, response })),
  );
}
