import {
  calculatePayroll,
  contributionSentence,
  monthsBetween,
  readRegionTable,
  readRoster,
  type Absence,
  type ContributionLine,
  type ContributionSentenceCode,
  type PayrollContributions,
  type PayrollPerson,
  type Region,
  type Scheme,
} from '@bhxh/sdk/contributions';
import { maskValue } from '@bhxh/sdk/messages';
import { openSpecifications, type Specifications } from '@bhxh/sdk/specifications';
import { cliError } from '../cli-error.ts';
import { flagOption, textOption, type CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { numberOption } from '../number-option.ts';
import { csvOf, money, writeTable, type TableRow } from '../table-file.ts';
import { textTable } from '../terminal/table.ts';

const command = 'contributions calculate';

/** Calculates one wage, or everybody of a roster, month by month; a roster with a wrong row calculates nothing. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages, language } = context;
  const month = textOption(options, 'month');
  if (month === undefined) throw missing('--month', 'yyyy-MM');
  const people = await readPeople(context);
  if (people === undefined) return exitCodes.findings;
  const specifications = openSpecifications();
  const choice = {
    region: Number(textOption(options, 'region') ?? '1') as Region,
    scheme: (textOption(options, 'scheme') ?? 'enterprise') as Scheme,
    hasReducedOccupational: flagOption(options, 'reduced'),
  };
  const months = monthsBetween(month, textOption(options, 'until') ?? month).map((each) =>
    calculatePayroll(specifications, people, { ...choice, month: each }),
  );
  const isShown = flagOption(options, 'reveal');
  const out = textOption(options, 'out');
  if (out !== undefined) {
    const rows = [tableHeading, ...months.flatMap((each) => tableRows(each, true))];
    await writeTable(out, rows, flagOption(options, 'force'));
    streams.note(`${messages.words.files}: ${out}\n`);
  }
  if (context.format === 'json') {
    streams.write(`${JSON.stringify(documentOf(months, specifications, isShown))}\n`);
  } else if (context.format === 'csv') {
    streams.write(csvOf([tableHeading, ...months.flatMap((each) => tableRows(each, isShown))]));
  } else {
    const word = (code: ContributionSentenceCode): string => contributionSentence(code)[language];
    for (const each of months) {
      const region = contributionSentence('REGION', { region: String(choice.region) })[language];
      streams.write(`${each.month} · ${region} · ${choice.scheme}\n`);
      const [only] = each.items;
      streams.write(
        textOption(options, 'roster') === undefined && only !== undefined
          ? linesTable(only.contribution.lines, specifications, word)
          : peopleTable(each, isShown, word),
      );
      const columns = Object.fromEntries(
        Object.entries(each.columns).map(([name, amount]) => [name, money(amount as number)]),
      );
      streams.write(`${contributionSentence('COLUMNS', columns)[language]}\n`);
    }
  }
  return exitCodes.done;
}

function missing(option: string, why: string): Error {
  return cliError('ERR_OPTION_INVALID', { option, value: '', why, command });
}

/** Undefined when the roster has problems, which are then told. */
async function readPeople(context: CommandContext): Promise<readonly PayrollPerson[] | undefined> {
  const { options, streams, language } = context;
  const path = textOption(options, 'roster');
  const wage = numberOption(options, 'salary', command, { least: 0, most: 1_000_000_000_000, whole: true });
  if ((path === undefined) === (wage === undefined)) throw missing('--salary', '--salary N | --roster FILE');
  if (path === undefined) {
    const absence = (textOption(options, 'absence') ?? null) as Absence | null;
    return [{ key: '', wage: wage ?? 0, absence }];
  }
  const regions = textOption(options, 'regions');
  const { people, problems } = await readRoster(
    path,
    regions === undefined
      ? undefined
      : { table: await readRegionTable(regions), day: `${textOption(options, 'month') ?? ''}-01` },
  );
  for (const { row, column, code, message } of problems)
    streams.note(`${path}:${row}:${column}: ${code}: ${message[language]}\n`);
  return problems.length === 0 ? people : undefined;
}

const tableHeading = [
  'month',
  'key',
  'name',
  'wage',
  'employerSicknessMaternity',
  'employerRetirementDeath',
  'employerOccupational',
  'employerUnemployment',
  'employerHealth',
  'employeeRetirementDeath',
  'employeeUnemployment',
  'employeeHealth',
  'employer',
  'employee',
  'total',
] as const;

function tableRows({ month, items }: PayrollContributions, isShown: boolean): readonly TableRow[] {
  return items.map(({ person, contribution: { wage, amounts } }) => [
    month,
    isShown ? person.key : maskValue(person.key),
    isShown ? (person.name ?? '') : maskValue(person.name ?? ''),
    wage,
    amounts.employerSicknessMaternity,
    amounts.employerRetirementDeath,
    amounts.employerOccupational,
    amounts.employerUnemployment,
    amounts.employerHealth,
    amounts.employeeRetirementDeath,
    amounts.employeeUnemployment,
    amounts.employeeHealth,
    amounts.employer,
    amounts.employee,
    amounts.total,
  ]);
}

function documentOf(
  months: readonly PayrollContributions[],
  specifications: Specifications,
  isShown: boolean,
): object {
  return {
    schema: 'bhxh-contributions/1',
    specs: { hash: specifications.hash },
    months: months.map(({ month, items, amounts, columns }) => ({
      month,
      columns,
      amounts,
      people: items.map(({ person, contribution }) => ({
        key: isShown ? person.key : maskValue(person.key),
        wage: contribution.wage,
        amounts: contribution.amounts,
        lines: contribution.lines,
      })),
    })),
  };
}

type Word = (code: ContributionSentenceCode) => string;

const fundCodes = {
  'sickness-maternity': 'FUND_SICKNESS_MATERNITY',
  'retirement-death': 'FUND_RETIREMENT_DEATH',
  occupational: 'FUND_OCCUPATIONAL',
  unemployment: 'FUND_UNEMPLOYMENT',
  health: 'FUND_HEALTH',
} as const;
const exemptCodes = {
  unpaid: 'EXEMPT_UNPAID',
  sickness: 'EXEMPT_SICKNESS',
  maternity: 'EXEMPT_MATERNITY',
} as const;

function linesTable(lines: readonly ContributionLine[], specifications: Specifications, word: Word): string {
  const rows = lines.map((line) => {
    const bound =
      line.bound === null ? '' : ` (${word(line.bound === 'ceiling' ? 'BOUND_CEILING' : 'BOUND_FLOOR')})`;
    const legal = line.parameters.map(
      ({ legal: id, from }) => `${specifications.legal(id)?.number ?? id} (${from})`,
    );
    const isCertain = line.parameters.every(({ confidence }) => confidence === 'high');
    return [
      word(fundCodes[line.fund]),
      word(line.side === 'employer' ? 'SIDE_EMPLOYER' : 'SIDE_EMPLOYEE'),
      `${money(line.base)}${bound}`,
      `${String(line.ratePerMillion / 10_000)} %`,
      money(line.amount),
      `${[...new Set(legal)].join('; ')}${isCertain ? '' : ` · ${word('UNCERTAIN')}`}`,
    ];
  });
  const exempt = lines[0]?.exempt ?? null;
  const heading = [
    word('HEAD_FUND'),
    word('HEAD_SIDE'),
    word('HEAD_BASE'),
    word('HEAD_RATE'),
    word('HEAD_AMOUNT'),
    word('HEAD_LEGAL'),
  ];
  return `${textTable(heading, rows)}${exempt === null ? '' : `${word(exemptCodes[exempt])}\n`}`;
}

function peopleTable({ items, amounts }: PayrollContributions, isShown: boolean, word: Word): string {
  const rows = items.map(({ person, contribution }) => [
    [person.key, person.name ?? '']
      .filter((text) => text !== '')
      .map((text) => (isShown ? text : maskValue(text)))
      .join(' '),
    money(contribution.wage),
    money(contribution.amounts.employer),
    money(contribution.amounts.employee),
    money(contribution.amounts.total),
  ]);
  const heading = [
    word('HEAD_PERSON'),
    word('HEAD_WAGE'),
    word('HEAD_EMPLOYER'),
    word('HEAD_EMPLOYEE'),
    word('HEAD_TOTAL'),
  ];
  const wages = items.reduce((sum, { contribution }) => sum + contribution.wage, 0);
  const last = [
    word('HEAD_TOTAL'),
    money(wages),
    money(amounts.employer),
    money(amounts.employee),
    money(amounts.total),
  ];
  return textTable(heading, [...rows, last]);
}
