import type { Bilingual } from '../errors/bhxh-error.ts';
import { readTable } from '../contributions/read-rows.ts';
import { declarationSentence, type FindingSentenceCode } from '../messages/declarations/index.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { openChannel } from './channels.ts';
import { declarationError } from './declaration-error.ts';
import { declarationSpecs } from './specs.ts';
import type { FormField, FormRow, Values } from './types.ts';

/** How a table of another layout becomes rows of a form. */
export interface TableMapping {
  readonly form: string;
  /** Channel whose codes the table writes; the reference profile's own where it is missing. */
  readonly channel?: string;
  /** Name of the sheet, or its number from 1; the first where it is missing. */
  readonly sheet?: string | number;
  /** Row of the heading, from 1; the first where it is missing. Rows below `firstRow` are data. */
  readonly headingRow?: number;
  readonly firstRow?: number;
  /** Field code to the text of a heading, or to a column letter. */
  readonly columns: Readonly<Record<string, string>>;
  /** Field code to one value for every row. */
  readonly constants?: Readonly<Record<string, string>>;
  /** `,` where the table writes a decimal comma. */
  readonly decimal?: '.' | ',';
}

export interface TableProblem {
  /** Row of the file, from 1. */
  readonly row: number;
  readonly column: string;
  readonly code: FindingSentenceCode;
  readonly message: Bilingual;
}

export interface FormTable {
  readonly form: string;
  readonly rows: readonly FormRow[];
  readonly problems: readonly TableProblem[];
}

/**
 * Reads rows of a form from CSV, XLSX or JSON: our own template, whose headings are field codes, or any other layout with a
 * mapping. Rows are numbered where the table does not. What is wrong with a value is left to the rules of dossiers; problems
 * are codes that the channel does not know. Throws `ERR_TABLE_UNREADABLE`, `ERR_TABLE_COLUMN`, `ERR_CHANNEL_UNKNOWN`,
 * `ERR_FORM_UNKNOWN`.
 */
export async function readFormTable(
  specifications: Specifications,
  path: string,
  mapping: TableMapping,
): Promise<FormTable> {
  const spec = declarationSpecs(specifications).form(mapping.form);
  const headingRow = mapping.headingRow ?? 1;
  const table = await readTable(path, mapping.sheet).catch((cause: unknown) => {
    throw declarationError('ERR_TABLE_UNREADABLE', 'input', { path }, cause);
  });
  const heading = (table[headingRow - 1] ?? []).map(plain);
  const placeOf = (field: string, column: string): number => {
    const byName = heading.indexOf(plain(column));
    const place = byName >= 0 ? byName : letterOf(column);
    if (place === undefined)
      throw declarationError('ERR_TABLE_COLUMN', 'input', { path, column, field, form: spec.form });
    return place;
  };
  const places = spec.fields.flatMap((field): { field: FormField; place: number }[] => {
    const column = Object.hasOwn(mapping.columns, field.code) ? mapping.columns[field.code] : undefined;
    return column === undefined ? [] : [{ field, place: placeOf(field.code, column) }];
  });
  const stray = [...Object.keys(mapping.columns), ...Object.keys(mapping.constants ?? {})].find(
    (code) => !spec.fields.some((field) => field.code === code),
  );
  if (stray !== undefined)
    throw declarationError('ERR_FIELD_UNKNOWN', 'input', { field: stray, form: spec.form });
  const channel = mapping.channel === undefined ? undefined : openChannel(specifications, mapping.channel);
  const rows: FormRow[] = [];
  const problems: TableProblem[] = [];
  const first = mapping.firstRow ?? headingRow + 1;
  for (const [index, cells] of table.entries()) {
    if (index + 1 < first || places.every(({ place }) => (cells[place] ?? '').trim() === '')) continue;
    const values: Record<string, string> = {};
    for (const { field, place } of places) {
      const text = textOf(field, (cells[place] ?? '').trim(), mapping.decimal ?? '.');
      const own = text === '' || channel === undefined ? text : channel.toOwn(field.code, text);
      if (own === undefined)
        problems.push({
          row: index + 1,
          column: field.code,
          code: 'CHANNEL_CODE',
          message: declarationSentence('CHANNEL_CODE', {
            field: field.code,
            value: text,
            channel: mapping.channel ?? '',
          }),
        });
      else if (own !== '') values[field.code] = own;
    }
    rows.push({ values: numbered(spec.fields, { ...mapping.constants, ...values }, rows.length + 1) });
  }
  return { form: spec.form, rows, problems };
}

/** The mapping of our own template: headings are field codes. Columns of a table that the form does not know are refused. */
export async function ownMapping(
  specifications: Specifications,
  path: string,
  form: string,
  sheet?: string,
): Promise<TableMapping> {
  const spec = declarationSpecs(specifications).form(form);
  const [heading = []] = await readTable(path, sheet).catch((cause: unknown) => {
    throw declarationError('ERR_TABLE_UNREADABLE', 'input', { path }, cause);
  });
  const columns = new Map<string, string>();
  for (const cell of heading.map((text) => text.trim()).filter((text) => text !== '')) {
    const field = spec.fields.find(({ code }) => plain(code) === plain(cell));
    if (field === undefined) throw declarationError('ERR_FIELD_UNKNOWN', 'input', { field: cell, form });
    columns.set(field.code, cell);
  }
  return { form, columns: Object.fromEntries(columns), ...(sheet === undefined ? {} : { sheet }) };
}

function numbered(fields: readonly FormField[], values: Values, number: number): Values {
  const counts = fields.some(({ code }) => code === 'stt') && (values['stt'] ?? '') === '';
  return counts ? { stt: String(number), ...values } : values;
}

function plain(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim().toLocaleLowerCase('vi');
}

/** `A` is 0, `AA` is 26. */
function letterOf(column: string): number | undefined {
  if (!/^[A-Z]{1,3}$/.test(column)) return undefined;
  return [...column].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** What sheets write otherwise than forms: separated thousands, a decimal comma, a date with one digit, an ISO date. */
function textOf({ type }: FormField, text: string, decimal: '.' | ','): string {
  if (type === 'amount' || type === 'integer') return text.replaceAll(/[\s.,](?=\d{3}(?:\D|$))/g, '');
  if (type === 'decimal') {
    if (decimal === ',') return text.replaceAll(/[\s.](?=\d{3}(?:\D|$))/g, '').replace(',', '.');
    return text.replaceAll(/[\s,](?=\d{3}(?:\D|$))/g, '');
  }
  if (type === 'date' || type === 'birth') {
    const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    if (iso !== null) return `${iso[3]}/${iso[2]}/${iso[1]}`;
    const short = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
    if (short !== null) return `${short[1]?.padStart(2, '0')}/${short[2]?.padStart(2, '0')}/${short[3]}`;
  }
  if (type === 'month') {
    const short = /^(\d{1,2})\/(\d{4})$/.exec(text) ?? undefined;
    if (short !== undefined) return `${short[1]?.padStart(2, '0')}/${short[2]}`;
    const iso = /^(\d{4})-(\d{2})$/.exec(text);
    if (iso !== null) return `${iso[2]}/${iso[1]}`;
  }
  return text;
}
