import type { CodeLists } from '../../code-lists/lookup.ts';
import type { Specifications } from '../../specifications/specifications.ts';
import type { DeclarationSpecs } from '../specs.ts';
import type { Dossier, DossierRule, FormDocument, FormField, FormRow, FormSpec, Values } from '../types.ts';

/** What a check says: the place, the code of the sentence and its values. */
export interface Hit {
  readonly code: string;
  readonly path: string;
  readonly values: Values;
}

export interface CheckInput {
  readonly dossier: Dossier;
  readonly specifications: Specifications;
  readonly specs: DeclarationSpecs;
  readonly codeLists: CodeLists;
  readonly rule: DossierRule;
  /** Today in Vietnam, `yyyy-MM-dd`. */
  readonly today: string;
}

/** A mechanism that rules of dossiers name. */
export type DossierCheck = (input: CheckInput) => Iterable<Hit>;

/** Every field of a form with its value and place: header, rows, appendix rows. */
export function* cells(
  document: FormDocument,
  spec: FormSpec,
): Generator<{ readonly field: FormField; readonly value: string; readonly path: string }> {
  for (const field of spec.header)
    yield { field, value: document.header[field.code] ?? '', path: `${document.form}.${field.code}` };
  for (const [index, row] of document.rows.entries()) {
    const at = `${document.form}[${index + 1}]`;
    for (const field of spec.fields)
      yield { field, value: row.values[field.code] ?? '', path: `${at}.${field.code}` };
    for (const [member, values] of (row.appendix ?? []).entries())
      for (const field of spec.appendixFields ?? [])
        yield { field, value: values[field.code] ?? '', path: `${at}/${member + 1}.${field.code}` };
  }
}

/** Forms of the dossier that the specifications know, with their field tables. */
export function* knownForms({ dossier, specs }: CheckInput): Generator<{
  readonly document: FormDocument;
  readonly spec: FormSpec;
}> {
  for (const document of dossier.forms) {
    const spec = specs.forms.get(document.form);
    if (spec !== undefined) yield { document, spec };
  }
}

/** Rows of one form, with their places. */
export function* rowsOf(
  { dossier }: CheckInput,
  form: string,
): Generator<{ readonly row: FormRow; readonly at: string; readonly document: FormDocument }> {
  for (const document of dossier.forms) {
    if (document.form !== form) continue;
    for (const [index, row] of document.rows.entries()) yield { row, at: `${form}[${index + 1}]`, document };
  }
}

/** `dd/MM/yyyy` as `yyyy-MM-dd`, or undefined when it is no day. */
export function dayOf(text: string | undefined): string | undefined {
  const parts = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text ?? '');
  if (parts === null) return undefined;
  const day = `${parts[3]}-${parts[2]}-${parts[1]}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) || !new Date(time).toISOString().startsWith(day) ? undefined : day;
}

/** `MM/yyyy` as `yyyy-MM`, or undefined when it is no month. */
export function monthOf(text: string | undefined): string | undefined {
  const parts = /^(0[1-9]|1[0-2])\/(\d{4})$/.exec(text ?? '');
  return parts === null ? undefined : `${parts[2]}-${parts[1]}`;
}

/** The year of a birth of any precision: `dd/MM/yyyy`, `MM/yyyy` or `yyyy`. */
export function birthYearOf(text: string | undefined): number | undefined {
  const year = /(?:^|\/)(\d{4})$/.exec(text ?? '')?.[1];
  return year === undefined ? undefined : Number(year);
}

/** A text argument of a rule. */
export function argument(rule: DossierRule, name: string): string {
  const value = rule.with?.[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function listArgument(rule: DossierRule, name: string): readonly string[] {
  const value = rule.with?.[name];
  return Array.isArray(value) ? value.map(String) : [];
}
