// Dossiers of the vectors of specs/declarations: a base with the changes of one case.
import type { Attachment, Dossier, FormRow } from '../src/declarations/index.ts';
import type { Specifications } from '../src/specifications/index.ts';

export interface DossierBase {
  readonly now: string;
  readonly provider: Record<string, string>;
  readonly unit: Record<string, string>;
  readonly dossier: Record<string, string>;
  readonly forms: { form: string; header: Record<string, string>; rows: MutableRow[] }[];
  readonly attachments: { readonly name: string; readonly bytes: number }[];
}
interface MutableRow {
  values: Record<string, string>;
  appendix?: Record<string, string>[];
}
export interface DossierCase {
  readonly name: string;
  readonly expect: 'pass' | 'fail';
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly removeForms?: readonly string[];
  /** Household members by row: `FORM[n]`. */
  readonly appendix?: Readonly<Record<string, Record<string, string>[]>>;
  readonly attachments?: DossierBase['attachments'];
}

export interface DossierVectors {
  readonly bases: Readonly<Record<string, DossierBase>>;
  readonly vectors: readonly {
    readonly rule: string;
    readonly base: string;
    readonly cases: readonly DossierCase[];
  }[];
}

export function dossierVectors(specifications: Specifications): DossierVectors {
  return specifications.declarations('vectors') as DossierVectors;
}

/** `unit.X`, `dossier.X`, `declared.X`, `FORM.X`, `FORM[n].X`, `FORM[n]/m.X`. */
function change(
  base: DossierBase,
  path: string,
  value: string | undefined,
  declared: Record<string, string>,
): void {
  const dot = path.lastIndexOf('.');
  const [owner, field] = [path.slice(0, dot), path.slice(dot + 1)];
  const target = ((): Record<string, string> => {
    if (owner === 'unit' || owner === 'dossier' || owner === 'provider') return base[owner];
    if (owner === 'declared') return declared;
    const [, form = '', row, member] = /^([A-Z0-9_-]+)(?:\[(\d+)\])?(?:\/(\d+))?$/.exec(owner) ?? [];
    const document = base.forms.find((each) => each.form === form);
    if (document === undefined) throw new Error(`no form ${form}`);
    if (row === undefined) return document.header;
    const found = document.rows[Number(row) - 1];
    if (found === undefined) throw new Error(`no row ${path}`);
    if (field === 'appendix') {
      delete found.appendix;
      return {};
    }
    return member === undefined ? found.values : (found.appendix?.[Number(member) - 1] ?? {});
  })();
  if (value === undefined) delete target[field];
  else target[field] = value;
}

export function materializeDossier(
  bases: DossierVectors['bases'],
  name: string,
  { set = {}, remove = [], removeForms = [], appendix = {}, attachments }: Partial<DossierCase>,
): { dossier: Dossier; now: Date } {
  const base = structuredClone(bases[name]);
  if (base === undefined) throw new Error(`no base ${name}`);
  const declared: Record<string, string> = {};
  for (const [path, value] of Object.entries(set)) change(base, path, value, declared);
  for (const path of remove) change(base, path, undefined, declared);
  const forms = base.forms.filter(({ form }) => !removeForms.includes(form));
  for (const { form, rows } of forms)
    for (const [index, row] of rows.entries()) {
      const members = appendix[`${form}[${index + 1}]`];
      if (members !== undefined) row.appendix = members;
    }
  return {
    now: new Date(base.now),
    dossier: {
      provider: base.provider,
      unit: base.unit,
      dossier: base.dossier,
      forms: forms.map(({ form, header, rows }) => ({ form, header, rows: rows satisfies FormRow[] })),
      attachments: (attachments ?? base.attachments).map(({ name: file, bytes }): Attachment => ({
        name: file,
        bytes: new Uint8Array(bytes),
      })),
      ...(declared['DoDaiFile'] === undefined
        ? {}
        : {
            declaredLengths: [{ name: '', declared: declared['DoDaiFile'], characters: 100, bytes: 75 }],
          }),
      ...(declared['SoLuongFile'] === undefined ? {} : { declaredCount: declared['SoLuongFile'] }),
    },
  };
}
