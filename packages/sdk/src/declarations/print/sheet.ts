import { createCodeLists, type CodeLists } from '../../code-lists/lookup.ts';
import type { Bilingual } from '../../errors/bhxh-error.ts';
import { declarationSentence, type FindingSentenceCode } from '../../messages/declarations/index.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import { dayOf } from '../checks/check.ts';
import { declarationSpecs, type DeclarationSpecs } from '../specs.ts';
import type { FormDocument, FormField, FormRow, FormSpec, Values } from '../types.ts';

export type PrintLanguage = keyof Bilingual;

export interface SheetColumn {
  readonly label: string;
  readonly number: string;
  /** Share of the page beside the other columns. */
  readonly width: number;
  readonly isNumeric: boolean;
}

export type SheetRow =
  | { readonly kind: 'section'; readonly text: string }
  | { readonly kind: 'cells' | 'sums'; readonly cells: readonly string[] };

export interface SheetTable {
  readonly kind: 'table';
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly SheetRow[];
}

/** The indicators of one person or unit, each with what was declared. */
export interface SheetRecord {
  readonly kind: 'record';
  readonly entries: readonly { readonly label: string; readonly value: string }[];
}

/** One form as it stands on paper, before it becomes HTML or PDF. */
export interface Sheet {
  readonly form: string;
  readonly language: PrintLanguage;
  readonly model: string;
  readonly title: string;
  readonly period: string;
  readonly unit: readonly { readonly label: string; readonly value: string }[];
  readonly blocks: readonly (SheetTable | SheetRecord)[];
  readonly day: string;
  readonly signers: readonly string[];
  readonly isWide: boolean;
}

const narrowColumns = 8;
const numeric: ReadonlySet<string> = new Set(['amount', 'decimal', 'integer']);

/** Lays a form out as `print` of its specification says; codes are written with their meaning. Throws `ERR_FORM_UNKNOWN`. */
export function sheetOf(
  specifications: Specifications,
  document: FormDocument,
  language: PrintLanguage,
): Sheet {
  const specs = declarationSpecs(specifications);
  const spec = specs.form(document.form);
  const day = dayOf(document.header['NgayLap']);
  const shown = valueWriter(createCodeLists(specifications), day ?? '9999-12-31', language);
  const blocks =
    spec.print?.layout === 'record'
      ? document.rows.flatMap((row) => recordBlocks(spec, row, language, shown))
      : [tableOf(specs, spec, document, language, shown)];
  const [table] = blocks;
  return {
    form: spec.form,
    language,
    model: spec.print?.model ?? spec.edition,
    title: spec.print?.title[language] ?? spec.label[language],
    period: document.header['KyKeKhai'] ?? '',
    unit: spec.header
      .filter(({ code }) => code !== 'KyKeKhai' && code !== 'NgayLap' && (document.header[code] ?? '') !== '')
      .map((field) => ({ label: field.label[language], value: shown(field, document.header) })),
    blocks,
    day:
      day === undefined
        ? ''
        : declarationSentence('PRINT_DAY', {
            day: day.slice(8),
            month: day.slice(5, 7),
            year: day.slice(0, 4),
          })[language],
    signers: (spec.print?.signers ?? []).map((signer) => signer[language]),
    isWide: table?.kind === 'table' && table.columns.length > narrowColumns,
  };
}

type ValueWriter = (field: FormField, values: Values) => string;

const sexFields: ReadonlySet<string> = new Set(['Gioitinh', 'GioiTinh', 'DieuChinhGioiTinh']);

function valueWriter(codeLists: CodeLists, day: string, language: PrintLanguage): ValueWriter {
  const labelOf = (list: string, code: string): string => {
    const { entry } = codeLists.find(list, code, day);
    return entry === undefined ? code : `${entry.label[language]} (${code})`;
  };
  const word = (code: FindingSentenceCode): string => declarationSentence(code)[language];
  return (field, values) => {
    const value = values[field.code] ?? '';
    if (value === '') return '';
    if (field.type === 'amount' || (field.type === 'decimal' && /^-?\d{4,}$/.test(value)))
      return money(value);
    if (field.type === 'flag') return value === '1' ? word('PRINT_YES') : word('PRINT_NO');
    if (field.type === 'province') return labelOf('provinces', value);
    if (field.type === 'ward') return labelOf('wards', value);
    if (sexFields.has(field.code)) return value === '1' ? word('PRINT_MAN') : word('PRINT_WOMAN');
    return field.codeList === undefined ? value : labelOf(field.codeList, value);
  };
}

/** Thousands apart, as forms are filled in. */
export function money(value: string): string {
  return value.replaceAll(/\B(?=(?:\d{3})+$)/g, '.');
}

function recordBlocks(
  spec: FormSpec,
  { values, appendix = [] }: FormRow,
  language: PrintLanguage,
  shown: ValueWriter,
): readonly (SheetTable | SheetRecord)[] {
  const record: SheetRecord = {
    kind: 'record',
    entries: spec.fields
      .filter(({ code }) => code !== 'stt')
      .map((field) => ({ label: field.label[language], value: shown(field, values) })),
  };
  if (appendix.length === 0 || spec.appendix === undefined) return [record];
  const fields = usedFields(spec.appendixFields ?? [], appendix);
  return [
    record,
    {
      kind: 'table',
      columns: fields.map((field) => columnOf(field, language)),
      rows: [
        { kind: 'section', text: spec.appendix.label[language] },
        ...appendix.map((member): SheetRow => ({
          kind: 'cells',
          cells: fields.map((field) => shown(field, member)),
        })),
      ],
    },
  ];
}

function tableOf(
  specs: DeclarationSpecs,
  spec: FormSpec,
  { rows, form }: FormDocument,
  language: PrintLanguage,
  shown: ValueWriter,
): SheetTable {
  const fieldOf = new Map(spec.fields.map((field) => [field.code, field]));
  const stated = spec.print?.columns?.map((column) => ({
    label: column.label[language],
    number: column.number ?? '',
    width: column.width,
    isNumeric: column.fields.every((code) => numeric.has(fieldOf.get(code)?.type ?? '')),
    fields: column.fields,
  }));
  const columns =
    stated ??
    usedFields(
      spec.fields,
      rows.map(({ values }) => values),
    ).map((field) => ({ ...columnOf(field, language), fields: [field.code] }));
  const cellsOf = ({ values }: FormRow): readonly string[] =>
    columns.map(({ fields }) =>
      fields
        .map((code) => fieldOf.get(code))
        .map((field) => (field === undefined ? '' : shown(field, values)))
        .filter((text) => text !== '')
        .join(' – '),
    );
  const body = inSections(specs, spec, rows, language).map((entry): SheetRow =>
    typeof entry === 'string' ? { kind: 'section', text: entry } : { kind: 'cells', cells: cellsOf(entry) },
  );
  const sums = spec.print?.sums ?? [];
  const total: readonly SheetRow[] =
    sums.length === 0
      ? []
      : [
          {
            kind: 'sums',
            cells: columns.map(({ fields }, index) => {
              const [only = ''] = fields;
              if (index === 1) return declarationSentence('PRINT_TOTAL', { form })[language];
              return sums.includes(only) ? money(sumOf(rows, only)) : '';
            }),
          },
        ];
  return {
    kind: 'table',
    columns: columns.map(({ label, number, width, isNumeric }) => ({ label, number, width, isNumeric })),
    rows: [...body, ...total],
  };
}

/** Whole đồng only: a coefficient is no part of a sum. */
function sumOf(rows: readonly FormRow[], field: string): string {
  let sum = 0n;
  for (const { values } of rows) {
    const value = values[field] ?? '';
    if (/^\d{4,15}$/.test(value)) sum += BigInt(value);
  }
  return String(sum);
}

function inSections(
  specs: DeclarationSpecs,
  spec: FormSpec,
  rows: readonly FormRow[],
  language: PrintLanguage,
): readonly (string | FormRow)[] {
  const sections = spec.print?.sections;
  if (sections === undefined) return rows;
  const planField = spec.fields.find(({ plan }) => plan === true)?.code ?? '';
  const named = new Set(sections.flatMap(({ groups }) => groups));
  return sections.flatMap(({ label, groups }): readonly (string | FormRow)[] => {
    const own = rows.filter(({ values }) => {
      const group = specs.plan(spec.form, values[planField] ?? '')?.group ?? '';
      return groups.includes(group) || (groups.includes('*') && !named.has(group));
    });
    return [label[language], ...own];
  });
}

function usedFields(fields: readonly FormField[], rows: readonly Values[]): readonly FormField[] {
  return fields.filter(({ code, required }) => required || rows.some((row) => (row[code] ?? '') !== ''));
}

const shortest = 4;
const longest = 14;

function columnOf(field: FormField, language: PrintLanguage): SheetColumn {
  return {
    label: field.label[language],
    number: '',
    width:
      field.code === 'stt'
        ? shortest
        : Math.min(longest, Math.max(shortest + 2, Math.ceil((field.maxLength ?? 10) / 10) + 4)),
    isNumeric: numeric.has(field.type),
  };
}
