import { compareCitizenId, parseCitizenId } from '../../identifiers/index.ts';
import {
  argument,
  birthYearOf,
  cells,
  dayOf,
  knownForms,
  listArgument,
  monthOf,
  rowsOf,
  type DossierCheck,
} from './check.ts';

/** A birth of any precision that begins after today. */
export const birthInPast: DossierCheck = function* (input) {
  for (const { document, spec } of knownForms(input))
    for (const { field, value, path } of cells(document, spec)) {
      if (field.type !== 'birth') continue;
      const begins = dayOf(value) ?? monthOf(value) ?? (/^\d{4}$/.test(value) ? value : undefined);
      if (begins !== undefined && begins > input.today.slice(0, begins.length))
        yield { code: 'BIRTH_IN_FUTURE', path, values: {} };
    }
};

interface PersonFields {
  readonly form: string;
  readonly identity: string;
  readonly sex: string;
  readonly birth: string;
}

/** The reference profile writes 1 for a man and 0 for a woman; the comparison takes GIOI_TINH. */
const sexOfClaims: ReadonlyMap<string, string> = new Map([
  ['1', '1'],
  ['0', '2'],
]);

/** Sex and century of a citizen id against the row; ids of other kinds say nothing of either. */
export const identityAgrees: DossierCheck = function* (input) {
  const people = (input.rule.with?.['people'] ?? []) as readonly PersonFields[];
  for (const { form, identity, sex, birth } of people)
    for (const { row, at } of rowsOf(input, form)) {
      const id = parseCitizenId(row.values[identity] ?? '');
      if (!id.ok) continue;
      const year = birthYearOf(row.values[birth]);
      const stated = sexOfClaims.get(row.values[sex] ?? '');
      const problems = compareCitizenId(id.value, {
        ...(stated === undefined ? {} : { sex: stated }),
        ...(year === undefined ? {} : { birthDate: String(year) }),
      });
      for (const problem of problems)
        yield {
          code: problem === 'CCCD_SEX_MISMATCH' ? 'IDENTITY_SEX' : 'IDENTITY_YEAR',
          path: `${at}.${identity}`,
          values: { field: problem === 'CCCD_SEX_MISMATCH' ? sex : birth },
        };
    }
};

export const guardian: DossierCheck = function* (input) {
  const years = Number(argument(input.rule, 'years'));
  const field = argument(input.rule, 'field');
  for (const { row, at, document } of rowsOf(input, argument(input.rule, 'form'))) {
    const born = dayOf(row.values[argument(input.rule, 'birth')]);
    const day = dayOf(document.header['NgayLap']) ?? input.today;
    if (born === undefined || (row.values[field] ?? '') !== '') continue;
    const turns = `${String(Number(born.slice(0, 4)) + years)}${born.slice(4)}`;
    if (day < turns)
      yield { code: 'GUARDIAN_MISSING', path: `${at}.${field}`, values: { field, years: String(years) } };
  }
};

export const changeNamed: DossierCheck = function* (input) {
  const fields = listArgument(input.rule, 'fields');
  if (!listArgument(input.rule, 'procedures').includes(input.dossier.dossier['MaThuTuc'] ?? '')) return;
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form')))
    if (fields.every((field) => (row.values[field] ?? '') === ''))
      yield { code: 'CHANGE_MISSING', path: at, values: {} };
};

export const changeNumber: DossierCheck = function* (input) {
  const procedure = input.dossier.dossier['MaThuTuc'] ?? '';
  const field = argument(input.rule, 'field');
  if (!listArgument(input.rule, 'procedures').includes(procedure)) return;
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form')))
    if ((row.values[field] ?? '') === '')
      yield { code: 'CHANGE_NUMBER', path: `${at}.${field}`, values: { field, procedure } };
};
