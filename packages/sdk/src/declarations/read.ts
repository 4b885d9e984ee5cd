import { decodeText, scan } from '@bhxh/xml';
import type { Specifications } from '../specifications/specifications.ts';
import type { DossierFile } from './build.ts';
import { declarationError } from './declaration-error.ts';
import { declarationSpecs } from './specs.ts';
import type {
  Attachment,
  DeclaredLength,
  Dossier,
  FormDocument,
  FormRow,
  FormSerializer,
  FormSpec,
  Values,
} from './types.ts';

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** The document as elements; a dossier is bounded by its size limit, so a tree is small. Throws `XmlError`. */
function parse(bytes: Uint8Array): Element {
  const top: Element = { name: '', children: [], text: '' };
  const open: Element[] = [top];
  scan(bytes, {
    startElement(scanner, nameStart, nameEnd) {
      const element: Element = {
        name: decodeText(scanner.bytes, nameStart - scanner.base, nameEnd - scanner.base, 0),
        children: [],
        text: '',
      };
      open.at(-1)?.children.push(element);
      open.push(element);
    },
    endElement() {
      open.pop();
    },
    text(scanner, start, end, kind) {
      const element = open.at(-1);
      if (element !== undefined)
        element.text += decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind);
    },
  });
  return top.children[0] ?? top;
}

const childOf = (element: Element | undefined, name: string): Element | undefined =>
  element?.children.find((child) => child.name === name);

function valuesOf(element: Element | undefined, names: readonly string[]): Values {
  const values: Record<string, string> = {};
  for (const child of element?.children ?? [])
    if (names.includes(child.name)) values[child.name] = child.text.trim();
  return values;
}

/** Reads one form of the reference profile. Throws `ERR_FORM_UNREADABLE` when its root is no form, and `XmlError`. */
export function readForm(specifications: Specifications, bytes: Uint8Array): FormDocument {
  const root = parse(bytes);
  const spec = formOfRoot(specifications, root);
  if (spec === undefined) throw declarationError('ERR_FORM_UNREADABLE', 'input', { root: root.name });
  return formOf(root, spec);
}

/** Registration dossiers share one root, and are told apart by the code their row names. */
function formOfRoot(specifications: Specifications, root: Element): FormSpec | undefined {
  return [...declarationSpecs(specifications).forms.values()].find(({ form, elements }) => {
    if (elements.root !== root.name) return false;
    if (elements.nested !== true) return true;
    const row = childOf(childOf(childOf(root, elements.header), elements.list), elements.row);
    return childOf(row, 'MaThuTuc')?.text.trim() === form;
  });
}

function formOf(root: Element, spec: FormSpec): FormDocument {
  const { elements } = spec;
  const header = childOf(root, elements.header);
  return {
    form: spec.form,
    header: valuesOf(
      header,
      spec.header.map(({ code }) => code),
    ),
    rows: (childOf(elements.nested === true ? header : root, elements.list)?.children ?? [])
      .filter(({ name }) => name === elements.row)
      .map((row) => readRow(row, spec)),
  };
}

function readRow(row: Element, spec: FormSpec): FormRow {
  const values = valuesOf(
    row,
    spec.fields.map(({ code }) => code),
  );
  const { appendix } = spec;
  const list = appendix === undefined ? undefined : childOf(row, appendix.list);
  if (list === undefined) return { values };
  const codes = (spec.appendixFields ?? []).map(({ code }) => code);
  return {
    values,
    appendix: list.children
      .filter(({ name }) => name === appendix?.row)
      .map((member) => valuesOf(member, codes)),
  };
}

export interface ReadDossier {
  readonly dossier: Dossier;
  /** Every file of the envelope with its decoded bytes, for verification of the forms' own signatures. */
  readonly files: readonly DossierFile[];
}

/**
 * Reads `BHXHDienTu.xml` with its forms and attachments. Signatures are not judged here: verify the same bytes first.
 * `serializer` reads forms in another schema than the reference profile. Throws `ERR_DOSSIER_UNREADABLE`, `ERR_FORM_UNREADABLE`
 * and `XmlError`.
 */
export function readDossier(
  specifications: Specifications,
  bytes: Uint8Array,
  serializer: Pick<FormSerializer, 'read'> = { read: (form) => readForm(specifications, form) },
): ReadDossier {
  const specs = declarationSpecs(specifications);
  const { envelope } = specs;
  const root = parse(bytes);
  const content = childOf(root, envelope.content);
  if (root.name !== envelope.root || content === undefined)
    throw declarationError('ERR_DOSSIER_UNREADABLE', 'input', { root: root.name });
  const registration = formOfRoot(specifications, root);
  if (registration !== undefined) return { files: [], dossier: registrationOf(root, registration) };
  const group = (name: string): Values =>
    valuesOf(childOf(content, name), envelope.groups.find(({ element }) => element === name)?.fields ?? []);
  const files: DossierFile[] = [];
  const declaredLengths: DeclaredLength[] = [];
  for (const { element, files: spec } of envelope.groups) {
    if (spec === undefined) continue;
    for (const row of childOf(childOf(content, element), spec.list)?.children ?? []) {
      if (row.name !== spec.row) continue;
      const own = valuesOf(row, spec.fields);
      const base64 = (own['NoiDungFile'] ?? '').replaceAll(/\s/g, '');
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0)
        throw declarationError('ERR_FILE_NOT_BASE64', 'input', { file: own['MaToKhai'] ?? '' });
      const content = Buffer.from(base64, 'base64');
      declaredLengths.push({
        name: own['TenFile'] ?? '',
        declared: own['DoDaiFile'] ?? '',
        characters: base64.length,
        bytes: content.length,
      });
      files.push({
        code: own['MaToKhai'] ?? '',
        description: own['MoTaToKhai'] ?? '',
        name: own['TenFile'] ?? '',
        kind: own['LoaiFile'] ?? '',
        bytes: content,
      });
    }
  }
  const { SoLuongFile: declaredCount = '', ...dossier } = group('ThongTinHoSo');
  return {
    files,
    dossier: {
      provider: group('ThongTinIVAN'),
      unit: group('ThongTinDonVi'),
      dossier,
      forms: files.filter(specs.isForm).map((file) => serializer.read(file.bytes)),
      attachments: files
        .filter((file) => !specs.isForm(file))
        .map(({ name, description, bytes: own }): Attachment => ({ name, description, bytes: own })),
      declaredCount,
      declaredLengths,
    },
  };
}

/** A registration dossier is one form without an envelope; what it says of the unit stands where a dossier has it. */
function registrationOf(root: Element, spec: FormSpec): Dossier {
  const document = formOf(root, spec);
  const { header, rows } = document;
  const row = rows[0]?.values ?? {};
  const [, period = ''] = /^\d{2}\/(\d{2}\/\d{4})$/.exec(header['NgayLap'] ?? '') ?? [];
  return {
    provider: { MaIVAN: row['MaIVAN'] ?? '', TenIVAN: row['TenIVAN'] ?? '' },
    unit: {
      TenDoiTuong: header['TenDoiTuong'] ?? '',
      MaSoBHXH: row['MaSoBHXH'] ?? '',
      MaSoThue: header['MaSoThue'] ?? '',
      LoaiDoiTuong: header['LoaiDoiTuong'] ?? '',
      NguoiKy: header['NguoiLienHe'] ?? '',
      DienThoai: header['DienThoai'] ?? '',
      CoQuanQuanLy: header['MaCoQuan'] ?? '',
    },
    dossier: {
      TenThuTuc: spec.label.vi,
      MaThuTuc: spec.form,
      KyKeKhai: period,
      NgayLap: header['NgayLap'] ?? '',
      QuyTrinhISO: '',
    },
    forms: [document],
    attachments: [],
  };
}
