import { readTable, sheetNames } from '../contributions/read-rows.ts';
import type { Specifications } from '../specifications/specifications.ts';
import { declarationError } from './declaration-error.ts';
import { readFormTable, ownMapping, type TableProblem } from './read-form-table.ts';
import { declarationSpecs, type DeclarationSpecs } from './specs.ts';
import type { FormDocument, FormRow, FormSpec, Values } from './types.ts';

/** A sheet of our own template: a heading of field codes, and what is filled in already. */
export interface TemplateSheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

const dossierSheet = 'HoSo';
const appendixOf = (form: FormSpec): string => `${form.form}.PhuLuc`;
/** Column of an appendix: the number (stt) of the row that the member belongs to. */
const ownerColumn = 'dong';

const groups = [
  ['provider', 'ThongTinIVAN'],
  ['unit', 'ThongTinDonVi'],
  ['dossier', 'ThongTinHoSo'],
] as const;

function formsOf(specs: DeclarationSpecs, procedure: string): readonly FormSpec[] {
  const found = specs.procedures.find(({ code }) => code === procedure);
  if (found === undefined)
    throw declarationError('ERR_PROCEDURE_UNKNOWN', 'usage', { procedure, known: procedureCodes(specs) });
  const { mandatory, optional } = found.forms;
  return [...mandatory, ...optional].flatMap((form) => specs.forms.get(form) ?? []);
}

function procedureCodes({ procedures }: DeclarationSpecs): string {
  return procedures.map(({ code }) => code).join(', ');
}

/** The sheets of an empty template for one procedure. Throws `ERR_PROCEDURE_UNKNOWN`. */
export function templateSheets(specifications: Specifications, procedure: string): readonly TemplateSheet[] {
  const specs = declarationSpecs(specifications);
  const forms = formsOf(specs, procedure);
  const label = specs.procedures.find(({ code }) => code === procedure)?.label.vi ?? '';
  const given: Values = { MaThuTuc: procedure, TenThuTuc: label };
  const fields = groups.flatMap(([group, element]) =>
    (specs.envelope.groups.find((one) => one.element === element)?.fields ?? [])
      .filter((field) => field !== 'SoLuongFile')
      .map((field) => [group, field, given[field] ?? '']),
  );
  return [
    { name: dossierSheet, rows: [['nhom', 'truong', 'giaTri'], ...fields] },
    ...forms.flatMap((form): TemplateSheet[] => [
      { name: form.form, rows: [form.fields.map(({ code }) => code)] },
      ...(form.appendix === undefined
        ? []
        : [
            {
              name: appendixOf(form),
              rows: [[ownerColumn, ...(form.appendixFields ?? []).map(({ code }) => code)]],
            },
          ]),
    ]),
    {
      name: 'HuongDan',
      rows: [
        ['mau', 'truong', 'nhan', 'batBuoc', 'kieu'],
        ...forms.flatMap((form) =>
          form.fields.map(({ code, label: { vi }, required, type }) => [
            form.form,
            code,
            vi,
            required ? 'x' : '',
            type,
          ]),
        ),
      ],
    },
  ];
}

export interface ReadTemplate {
  readonly provider: Values;
  readonly unit: Values;
  readonly dossier: Values;
  readonly forms: readonly FormDocument[];
  readonly problems: readonly TableProblem[];
}

/**
 * Reads a filled template (XLSX). Forms whose sheet has no rows are left out, and their headers say what the dossier says.
 * Throws `ERR_TEMPLATE_UNREADABLE`, and what reading a table throws.
 */
export async function readTemplate(specifications: Specifications, path: string): Promise<ReadTemplate> {
  const specs = declarationSpecs(specifications);
  const refuse = (cause: unknown): never => {
    throw declarationError('ERR_TEMPLATE_UNREADABLE', 'input', { path, sheet: dossierSheet }, cause);
  };
  const facts = await readTable(path, dossierSheet).catch(refuse);
  const names = new Set(await sheetNames(path).catch(refuse));
  const groupOf = (group: string): Values =>
    Object.fromEntries(
      facts
        .slice(1)
        .filter(([own]) => own?.trim() === group)
        .map(([, field = '', value = '']) => [field.trim(), value.trim()]),
    );
  const [provider, unit, dossier] = [groupOf('provider'), groupOf('unit'), groupOf('dossier')];
  const forms: FormDocument[] = [];
  const problems: TableProblem[] = [];
  for (const form of specs.forms.values()) {
    if (!names.has(form.form)) continue;
    const mapping = await ownMapping(specifications, path, form.form, form.form);
    const table = await readFormTable(specifications, path, mapping);
    problems.push(...table.problems);
    const members = names.has(appendixOf(form)) ? await readTable(path, appendixOf(form)) : [];
    if (table.rows.length > 0)
      forms.push({
        form: form.form,
        header: formHeader(form, unit, dossier),
        rows: table.rows.map((row) => withAppendix(row, members)),
      });
  }
  return { provider, unit, dossier, forms, problems };
}

function withAppendix({ values }: FormRow, members: readonly (readonly string[])[]): FormRow {
  const [heading = []] = members;
  const owner = heading.indexOf(ownerColumn);
  const own = members
    .slice(1)
    .filter((cells) => owner >= 0 && cells[owner]?.trim() === values['stt'])
    .map((cells) =>
      Object.fromEntries(
        heading
          .map((code, index) => [code, cells[index]?.trim() ?? ''] as const)
          .filter(([code, value]) => code !== ownerColumn && value !== ''),
      ),
    );
  return own.length === 0 ? { values } : { values, appendix: own };
}

/** Header fields of forms by what the envelope says of unit and dossier. */
const headerSources: ReadonlyMap<string, readonly ['unit' | 'dossier', string]> = new Map([
  ['TenDonVi', ['unit', 'TenDoiTuong']],
  ['MaDonVi', ['unit', 'MaSoBHXH']],
  ['MaSoThue', ['unit', 'MaSoThue']],
  ['DienThoai', ['unit', 'DienThoai']],
  ['TenDoiTuong', ['unit', 'TenDoiTuong']],
  ['LoaiDoiTuong', ['unit', 'LoaiDoiTuong']],
  ['MaCoQuan', ['unit', 'CoQuanQuanLy']],
  ['KyKeKhai', ['dossier', 'KyKeKhai']],
  ['NgayLap', ['dossier', 'NgayLap']],
]);

/** A form's header as far as the envelope says it. */
export function formHeader({ header }: FormSpec, unit: Values, dossier: Values): Values {
  return Object.fromEntries(
    header.flatMap(({ code }) => {
      const [group, field] = headerSources.get(code) ?? [];
      const value = field === undefined ? '' : ((group === 'unit' ? unit : dossier)[field] ?? '');
      return value === '' ? [] : [[code, value]];
    }),
  );
}
