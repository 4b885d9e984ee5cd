import { extensionOf } from '../build.ts';
import { argument, knownForms, rowsOf, type DossierCheck } from './check.ts';

export const fileCount: DossierCheck = function* ({ dossier, specs }) {
  const count = dossier.forms.length + dossier.attachments.length;
  const most = specs.envelope.attachments.files;
  if (count > most)
    yield { code: 'FILES_TOO_MANY', path: 'dossier', values: { count: String(count), most: String(most) } };
};

/** The forms count by their text, which is a little less than the XML that is sent. */
export const totalBytes: DossierCheck = function* ({ dossier, specs }) {
  const forms = dossier.forms.flatMap(({ header, rows }) => [
    ...Object.values(header),
    ...rows.flatMap(({ values, appendix = [] }) =>
      [values, ...appendix].flatMap((each) => Object.values(each)),
    ),
  ]);
  const bytes =
    forms.reduce((sum, value) => sum + Buffer.byteLength(value), 0) +
    dossier.attachments.reduce((sum, file) => sum + file.bytes.length, 0);
  const most = specs.envelope.attachments.bytes;
  if (bytes > most)
    yield { code: 'FILES_TOO_LARGE', path: 'dossier', values: { bytes: String(bytes), most: String(most) } };
};

export const fileKind: DossierCheck = function* ({ dossier, specs }) {
  const { kinds } = specs.envelope.attachments;
  for (const [index, { name }] of dossier.attachments.entries())
    if (!kinds.includes(extensionOf(name)))
      yield {
        code: 'FILE_KIND',
        path: `attachments[${index + 1}]`,
        values: { kind: extensionOf(name), kinds: kinds.join(', ') },
      };
};

export const procedureKnown: DossierCheck = function* ({ dossier, specs }) {
  const code = dossier.dossier['MaThuTuc'] ?? '';
  if (!specs.procedures.some((procedure) => procedure.code === code))
    yield { code: 'PROCEDURE_UNKNOWN', path: 'dossier.MaThuTuc', values: { code } };
};

export const formsOfProcedure: DossierCheck = function* ({ dossier, specs }) {
  const procedure = specs.procedures.find(({ code }) => code === dossier.dossier['MaThuTuc']);
  if (procedure === undefined) return;
  const { mandatory, optional } = procedure.forms;
  const present = dossier.forms.map(({ form }) => form);
  for (const form of mandatory)
    if (specs.forms.has(form) && !present.includes(form))
      yield { code: 'FORM_MISSING', path: form, values: { form, procedure: procedure.code } };
  for (const form of present)
    if (!mandatory.includes(form) && !optional.includes(form))
      yield { code: 'FORM_UNEXPECTED', path: form, values: { form, procedure: procedure.code } };
};

export const declaredCount: DossierCheck = function* ({ dossier }) {
  const count = String(dossier.forms.length + dossier.attachments.length);
  if (dossier.declaredCount !== undefined && dossier.declaredCount !== count)
    yield {
      code: 'COUNT_DIFFERS',
      path: 'dossier.SoLuongFile',
      values: { declared: dossier.declaredCount, count },
    };
};

/** Software counts characters of the Base64 text or bytes; both are taken. */
export const declaredLength: DossierCheck = function* ({ dossier }) {
  for (const [index, { declared, characters, bytes }] of (dossier.declaredLengths ?? []).entries())
    if (declared !== String(characters) && declared !== String(bytes))
      yield {
        code: 'LENGTH_DIFFERS',
        path: `files[${index + 1}].DoDaiFile`,
        values: { declared, characters: String(characters), bytes: String(bytes) },
      };
};

export const procedureOnline: DossierCheck = function* ({ dossier, specs }) {
  const code = dossier.dossier['MaThuTuc'] ?? '';
  if (specs.procedures.find((procedure) => procedure.code === code)?.paper === true)
    yield { code: 'PROCEDURE_ON_PAPER', path: 'dossier.MaThuTuc', values: { code } };
};

export const papersAttached: DossierCheck = function* (input) {
  const field = argument(input.rule, 'field');
  const names = new Set(input.dossier.attachments.map(({ name }) => name));
  for (const { row, at } of rowsOf(input, argument(input.rule, 'form'))) {
    const name = row.values[field] ?? '';
    if (name !== '' && !names.has(name))
      yield { code: 'PAPER_NOT_ATTACHED', path: `${at}.${field}`, values: {} };
  }
};

export const unitAgrees: DossierCheck = function* (input) {
  const pairs = (input.rule.with?.['pairs'] ?? []) as readonly (readonly [string, string])[];
  for (const { document } of knownForms(input))
    for (const [field, own] of pairs) {
      const [stated, expected] = [document.header[field] ?? '', input.dossier.unit[own] ?? ''];
      if (stated !== '' && expected !== '' && stated !== expected)
        yield { code: 'UNIT_DIFFERS', path: `${document.form}.${field}`, values: { field } };
    }
};
