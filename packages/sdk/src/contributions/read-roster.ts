import type { Bilingual } from '../errors/bhxh-error.ts';
import { contributionSentence, type ContributionSentenceCode } from '../messages/contributions/index.ts';
import { contributionError } from './contribution-error.ts';
import type { PayrollPerson } from './payroll.ts';
import { readRows, type SheetRow } from './read-rows.ts';
import type { RegionTable } from './regions.ts';
import type { Absence, Fund, Region, Scheme } from './types.ts';

/** What is wrong with a row; `row` counts the heading as 1. */
export interface RosterProblem {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly message: Bilingual;
}

export interface Roster {
  readonly people: readonly PayrollPerson[];
  readonly problems: readonly RosterProblem[];
}

const absences: ReadonlySet<string> = new Set<Absence>(['unpaid', 'sickness', 'maternity']);
const schemes: ReadonlySet<string> = new Set<Scheme>(['enterprise', 'state', 'foreign', 'commune']);

const funds: ReadonlySet<string> = new Set<Fund>([
  'sickness-maternity',
  'retirement-death',
  'occupational',
  'unemployment',
  'health',
]);

/** Names of funds apart by blanks, commas or semicolons; undefined when one is none. */
export function fundsOf(text: string): readonly Fund[] | undefined {
  const names = text.split(/[\s,;]+/).filter((name) => name !== '');
  return names.every((name) => funds.has(name)) ? (names as Fund[]) : undefined;
}

/**
 * Reads a payroll (`key`, `name`, `salary`, `region`, `scheme`, `absence`, `reduced`, `without`, `ward`) from CSV, XLSX or JSON.
 * `without` names funds apart by blanks; `ward` gives the region by the table, on the day of its choice.
 * Rows with problems are left out and reported. Throws `ERR_ROSTER_UNREADABLE` and `ERR_ROSTER_COLUMN`.
 */
export async function readRoster(
  path: string,
  regions?: { readonly table: RegionTable; readonly day: string },
): Promise<Roster> {
  const rows = await readRows(path).catch((cause: unknown): readonly SheetRow[] => {
    throw contributionError('ERR_ROSTER_UNREADABLE', 'input', { path }, cause);
  });
  const [first] = rows;
  for (const column of ['key', 'salary'])
    if (first === undefined || !first.has(column))
      throw contributionError('ERR_ROSTER_COLUMN', 'input', { path, column });
  const people: PayrollPerson[] = [];
  const problems: RosterProblem[] = [];
  const seen = new Set<string>();
  rows.forEach((cells, index) => {
    const found: RosterProblem[] = [];
    const problem = (code: ContributionSentenceCode, column: string): void => {
      found.push({ row: index + 2, column, code, message: contributionSentence(code) });
    };
    const text = (column: string): string => (cells.get(column) ?? '').trim();
    const key = text('key');
    if (key === '') problem('ROSTER_KEY', 'key');
    else if (seen.has(key)) problem('ROSTER_KEY_TWICE', 'key');
    seen.add(key);
    const salary = text('salary');
    if (!/^\d{1,12}$/.test(salary)) problem('ROSTER_SALARY', 'salary');
    const ward = text('ward');
    const ofWard = ward === '' ? undefined : regions?.table.regionOf(ward, regions.day);
    if (ward !== '' && regions !== undefined && ofWard === undefined) problem('ROSTER_WARD', 'ward');
    const region = text('region') === '' ? String(ofWard ?? '') : text('region');
    if (!/^[1-4]?$/.test(region)) problem('ROSTER_REGION', 'region');
    const scheme = text('scheme');
    if (scheme !== '' && !schemes.has(scheme)) problem('ROSTER_SCHEME', 'scheme');
    const absence = text('absence');
    if (absence !== '' && !absences.has(absence)) problem('ROSTER_ABSENCE', 'absence');
    const reduced = text('reduced');
    if (!/^(?:yes|no)?$/.test(reduced)) problem('ROSTER_FLAG', 'reduced');
    const without = fundsOf(text('without'));
    if (without === undefined) problem('ROSTER_WITHOUT', 'without');
    if (found.length > 0) {
      problems.push(...found);
      return;
    }
    people.push({
      key,
      ...(text('name') === '' ? {} : { name: text('name') }),
      wage: Number(salary),
      ...(region === '' ? {} : { region: Number(region) as Region }),
      ...(scheme === '' ? {} : { scheme: scheme as Scheme }),
      ...(absence === '' ? {} : { absence: absence as Absence }),
      ...(reduced === '' ? {} : { hasReducedOccupational: reduced === 'yes' }),
      ...(without === undefined || without.length === 0 ? {} : { without }),
    });
  });
  return { people, problems };
}
