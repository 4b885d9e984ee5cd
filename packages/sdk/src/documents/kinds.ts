/** How the bytes of a document kind are laid out. */
export type DocumentLayout = 'envelope' | 'table' | 'catalogue' | 'dossier' | 'message';

/** Where the tables and rules of a kind come from: a dated ruleset, or one published layout. */
export type RulesetFamily = 'claims' | 'certificates' | 'catalogues' | 'declarations' | 'payments';

/** One kind of document, described once. Adding a kind is adding an entry to `documentKinds`. */
export interface DocumentKind {
  /** How reports name it. */
  readonly id: string;
  /** Root element. */
  readonly root: string;
  /** Namespace of the root, its beginning for messages; null when it has none. */
  readonly namespace: string | null;
  /** `envelope`: tables inside NOIDUNGFILE of HOSO; `table`: the root is one table of rows; `catalogue`: a list with an Id of rows; `dossier`: forms and attachments of an employer; `message`: a bank message, whose namespace names it. */
  readonly layout: DocumentLayout;
  readonly family: RulesetFamily;
  /** Table the document itself is; null for an envelope. */
  readonly table: string | null;
  /** Which date chooses the ruleset; null when the family is not dated. */
  readonly dateField: { readonly table: string; readonly field: string } | null;
  /** Element that holds the sender's signature, a child of the root. */
  readonly signatureIn: string;
  /** Profile that the signature of this kind has to follow. */
  readonly signatureProfile: string;
  /** True when one document may hold any number of records, so that only each record is limited. */
  readonly batch: boolean;
}

/** Every document kind this toolkit reads. */
export const documentKinds: readonly DocumentKind[] = [
  {
    id: 'GIAMDINHHS',
    root: 'GIAMDINHHS',
    namespace: null,
    layout: 'envelope',
    family: 'claims',
    table: null,
    dateField: { table: 'XML1', field: 'NGAY_RA' },
    signatureIn: 'CHUKYDONVI',
    signatureProfile: 'bhxh-xml',
    batch: true,
  },
  {
    id: 'XML0',
    root: 'CHI_TIEU_TRANG_THAI_KCB',
    namespace: null,
    layout: 'table',
    family: 'claims',
    table: 'XML0',
    dateField: { table: 'XML0', field: 'NGAY_VAO' },
    signatureIn: 'CHUKYDONVI',
    signatureProfile: 'bhxh-xml',
    batch: false,
  },
  {
    id: 'XML12',
    root: 'CHI_TIEU_GIAM_DINH_YKHOA',
    namespace: null,
    layout: 'table',
    family: 'claims',
    table: 'XML12',
    dateField: { table: 'XML12', field: 'NGAY_HOP' },
    signatureIn: 'CHUKYDONVI',
    signatureProfile: 'bhxh-xml',
    batch: false,
  },
  {
    id: 'HSCHUNGTU',
    root: 'HSCHUNGTU',
    namespace: null,
    layout: 'envelope',
    family: 'certificates',
    table: null,
    dateField: null,
    signatureIn: 'CHUKYDONVI',
    signatureProfile: 'bhxh-xml',
    batch: true,
  },
  {
    id: 'HSDANHMUC',
    root: 'HSDANHMUC',
    namespace: null,
    layout: 'catalogue',
    family: 'catalogues',
    table: null,
    dateField: null,
    signatureIn: 'CHUKYDONVI',
    signatureProfile: 'bhxh-xml',
    batch: false,
  },
  {
    id: 'Hoso',
    root: 'Hoso',
    namespace: null,
    layout: 'dossier',
    family: 'declarations',
    table: null,
    dateField: null,
    signatureIn: 'CKy_Dvi',
    signatureProfile: 'declaration-xml',
    batch: false,
  },
  {
    id: 'ISO20022',
    root: 'Document',
    namespace: 'urn:iso:std:iso:20022:tech:xsd:',
    layout: 'message',
    family: 'payments',
    table: null,
    dateField: null,
    signatureIn: 'Sgntr',
    signatureProfile: 'bhxh-xml',
    batch: false,
  },
];

const byRoot: ReadonlyMap<string, DocumentKind> = new Map(documentKinds.map((kind) => [kind.root, kind]));

/** The kind whose root element has this name, without prefix. */
export function kindOfRoot(root: string): DocumentKind | undefined {
  return byRoot.get(root);
}

/** The kind a report names. */
export function kindById(id: string): DocumentKind | undefined {
  return documentKinds.find((kind) => kind.id === id);
}
