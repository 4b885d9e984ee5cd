import { XmlWriter } from '@bhxh/xml';
import type { Specifications } from '../specifications/specifications.ts';
import { declarationError } from './declaration-error.ts';
import { declarationSpecs } from './specs.ts';
import type { Dossier, FormDocument, FormField, FormSerializer, Values } from './types.ts';

/** A file of the envelope: a form (signed by now, or not) or an attachment. */
export interface DossierFile {
  /** MaToKhai: the form's code, or CT-DK for an attachment. */
  readonly code: string;
  readonly description: string;
  readonly name: string;
  /** LoaiFile, with the dot. */
  readonly kind: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes one form in the reference profile of `specs/declarations/forms`: header, rows in the order of the field table, and
 * an empty element for the signature. Fields without a value are left out. Throws `ERR_FORM_UNKNOWN`, `ERR_FIELD_UNKNOWN`.
 */
export function buildForm(specifications: Specifications, document: FormDocument): Uint8Array {
  const spec = declarationSpecs(specifications).form(document.form);
  const { elements } = spec;
  const writer = new XmlWriter();
  writer.start(elements.root).start(elements.header);
  writeFields(writer, spec.header, document.header, document.form);
  if (elements.nested !== true) writer.end();
  writer.start(elements.list);
  for (const row of document.rows) {
    writer.start(elements.row);
    writeFields(writer, spec.fields, row.values, document.form);
    if (spec.appendix !== undefined && row.appendix !== undefined && row.appendix.length > 0) {
      writer.start(spec.appendix.list);
      for (const member of row.appendix) {
        writer.start(spec.appendix.row);
        writeFields(writer, spec.appendixFields ?? [], member, document.form);
        writer.end();
      }
      writer.end();
    }
    writer.end();
  }
  if (elements.nested === true) writer.end();
  return writer.end().empty(elements.signature).end().finish();
}

function writeFields(writer: XmlWriter, fields: readonly FormField[], values: Values, form: string): void {
  const known = new Set(fields.map(({ code }) => code));
  const unknown = Object.keys(values).find((code) => !known.has(code));
  if (unknown !== undefined) throw declarationError('ERR_FIELD_UNKNOWN', 'input', { field: unknown, form });
  for (const { code } of fields) {
    const value = values[code];
    if (value !== undefined && value !== '') writer.start(code).text(value).end();
  }
}

/** Forms as files of the envelope, unsigned; sign each before it is put into one. */
export function formFiles(
  specifications: Specifications,
  dossier: Dossier,
  serializer: Pick<FormSerializer, 'write'> = { write: (document) => buildForm(specifications, document) },
): readonly DossierFile[] {
  const specs = declarationSpecs(specifications);
  return dossier.forms.map((document) => {
    const spec = specs.form(document.form);
    return {
      code: document.form,
      description: spec.label.vi,
      name: `${spec.fileStem}.xml`,
      kind: '.xml',
      bytes: serializer.write(document),
    };
  });
}

/** Attachments as files of the envelope. */
export function attachmentFiles(specifications: Specifications, dossier: Dossier): readonly DossierFile[] {
  const { code } = declarationSpecs(specifications).envelope.attachments;
  return dossier.attachments.map(({ name, description, bytes }) => ({
    code,
    description: description ?? name,
    name,
    kind: extensionOf(name),
    bytes,
  }));
}

export function extensionOf(name: string): string {
  return /\.[^.]+$/.exec(name)?.[0].toLowerCase() ?? '';
}

/**
 * Writes `BHXHDienTu.xml` around its files, with an empty element for the unit's signature. DoDaiFile is the length of the
 * Base64 text, as the implementations seen write it.
 */
export function buildEnvelope(
  specifications: Specifications,
  dossier: Dossier,
  files: readonly DossierFile[],
): Uint8Array {
  const { envelope } = declarationSpecs(specifications);
  const groups: Readonly<Record<string, Values>> = {
    ThongTinIVAN: dossier.provider,
    ThongTinDonVi: dossier.unit,
    ThongTinHoSo: { ...dossier.dossier, SoLuongFile: String(files.length) },
  };
  const writer = new XmlWriter();
  writer.start(envelope.root).start(envelope.content);
  for (const group of envelope.groups) {
    const values = groups[group.element] ?? {};
    writer.start(group.element);
    for (const field of group.fields)
      writer
        .start(field)
        .text(values[field] ?? '')
        .end();
    if (group.files !== undefined) {
      writer.start(group.files.list);
      for (const file of files) {
        const content = Buffer.from(file.bytes).toString('base64');
        const own: Values = {
          MaToKhai: file.code,
          MoTaToKhai: file.description,
          TenFile: file.name,
          LoaiFile: file.kind,
          DoDaiFile: String(content.length),
          NoiDungFile: content,
        };
        writer.start(group.files.row);
        for (const field of group.files.fields)
          writer
            .start(field)
            .text(own[field] ?? '')
            .end();
        writer.end();
      }
      writer.end();
    }
    writer.end();
  }
  return writer.end().empty(envelope.signature).end().finish();
}

/** Signs the bytes of one document at its place; `@bhxh/signing` with the profile `declaration-xml` makes one. */
export type SignDocument = (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * Builds the whole dossier: every form signed in its `Cky`, then the envelope in `CKy_Dvi`. Without `sign` both stay empty.
 * A registration dossier (04, 05, 06) is its own envelope and is signed once. `serializer` writes forms in another schema than
 * the reference profile.
 */
export async function buildDossier(
  specifications: Specifications,
  dossier: Dossier,
  sign: SignDocument = (bytes) => Promise.resolve(bytes),
  serializer?: Pick<FormSerializer, 'write'>,
): Promise<Uint8Array> {
  const registration = dossier.forms.find(
    ({ form }) => declarationSpecs(specifications).form(form).elements.nested === true,
  );
  if (registration !== undefined) return await sign(buildForm(specifications, registration));
  const forms: DossierFile[] = [];
  for (const file of formFiles(specifications, dossier, serializer))
    forms.push({ ...file, bytes: await sign(file.bytes) });
  return sign(
    buildEnvelope(specifications, dossier, [...forms, ...attachmentFiles(specifications, dossier)]),
  );
}
