import type { Bilingual } from '../errors/bhxh-error.ts';
import type { Confidence, LegalPlace, Origin, Severity } from '../specifications/types.ts';

/** Values by official code; dates `dd/MM/yyyy`, months `MM/yyyy`, money whole đồng without separators. */
export type Values = Readonly<Record<string, string>>;

export interface FormRow {
  readonly values: Values;
  /** Household members of TK1-TS. */
  readonly appendix?: readonly Values[];
}

/** One form of a dossier: D02-TS, TK1-TS … */
export interface FormDocument {
  readonly form: string;
  readonly header: Values;
  readonly rows: readonly FormRow[];
}

/** A file besides the forms; `name` with its extension. */
export interface Attachment {
  readonly name: string;
  readonly description?: string;
  readonly bytes: Uint8Array;
}

/** What an employer sends for one procedure: the content of `BHXHDienTu.xml`. */
export interface Dossier {
  /** ThongTinIVAN: MaIVAN, TenIVAN. */
  readonly provider: Values;
  /** ThongTinDonVi: TenDoiTuong, MaSoBHXH (unit code), MaSoThue, LoaiDoiTuong, NguoiKy, DienThoai, CoQuanQuanLy. */
  readonly unit: Values;
  /** ThongTinHoSo without SoLuongFile: TenThuTuc, MaThuTuc, KyKeKhai, NgayLap, QuyTrinhISO. */
  readonly dossier: Values;
  readonly forms: readonly FormDocument[];
  readonly attachments: readonly Attachment[];
  /** SoLuongFile as a file that was read declares it. */
  readonly declaredCount?: string;
  /** DoDaiFile of each file as it was read, beside what it may count: characters of the Base64 text, or bytes. */
  readonly declaredLengths?: readonly DeclaredLength[];
}

export interface DeclaredLength {
  readonly name: string;
  readonly declared: string;
  readonly characters: number;
  readonly bytes: number;
}

/** Writes and reads the inner XML of forms. The reference profile is one; a licensed I-VAN brings the official schemas. */
export interface FormSerializer {
  /** A form with an empty element where its signature goes. */
  write(document: FormDocument): Uint8Array;
  read(bytes: Uint8Array): FormDocument;
}

export type FormFieldType =
  | 'text'
  | 'code'
  | 'integer'
  | 'amount'
  | 'decimal'
  | 'flag'
  | 'date'
  | 'birth'
  | 'month'
  | 'email'
  | 'identity'
  | 'insuranceNumber'
  | 'taxCode'
  | 'unitCode'
  | 'facility'
  | 'province'
  | 'district'
  | 'ward';

export interface FormField {
  readonly code: string;
  readonly label: Bilingual;
  readonly type: FormFieldType;
  readonly maxLength?: number;
  readonly required: boolean;
  readonly values?: readonly string[];
  readonly codeList?: string;
  readonly plan?: true;
  readonly personal?: true;
  readonly source: string;
  readonly confidence: Confidence;
  readonly origin: Origin;
}

/** A form as a field table. `profile: reference`: the inner element names are ours, because the official schema is not public. */
export interface FormSpec {
  readonly form: string;
  readonly edition: string;
  readonly label: Bilingual;
  readonly direction: 'sent' | 'received';
  readonly elements: {
    readonly root: string;
    readonly header: string;
    readonly list: string;
    readonly row: string;
    readonly signature: string;
    /** The list stands inside the header element, as in registration dossiers. */
    readonly nested?: true;
  };
  readonly fileStem: string;
  readonly profile: 'reference' | 'official';
  readonly legal: readonly LegalPlace[];
  readonly header: readonly FormField[];
  readonly fields: readonly FormField[];
  readonly appendix?: {
    readonly code: string;
    readonly label: Bilingual;
    readonly list: string;
    readonly row: string;
  };
  readonly appendixFields?: readonly FormField[];
  readonly print?: FormPrint;
}

/** The statutory layout of a form on paper. */
export interface FormPrint {
  readonly title: Bilingual;
  /** Mẫu D02-LT. */
  readonly model: string;
  /** `record`: the numbered indicators of one person or unit below each other. */
  readonly layout: 'table' | 'record';
  readonly columns?: readonly {
    readonly label: Bilingual;
    readonly number?: string;
    readonly fields: readonly string[];
    readonly width: number;
  }[];
  /** Rows by group of their plan; `*` takes what no other section has, an empty list is a heading. */
  readonly sections?: readonly { readonly label: Bilingual; readonly groups: readonly string[] }[];
  readonly sums?: readonly string[];
  readonly signers: readonly Bilingual[];
}

/** A plan (phương án) of one form; the same letters mean other things on another. */
export interface PlanSpec {
  readonly form: string;
  readonly code: string;
  readonly group: string;
  readonly label: Bilingual;
  readonly needs?: readonly string[];
  readonly wage?: true;
  readonly decision?: true;
  readonly endNotFuture?: true;
  /** What products write into ghiChu, with fields of the row in braces. */
  readonly note?: string;
}

export interface ProcedureSpec {
  readonly code: string;
  readonly label: Bilingual;
  readonly forms: { readonly mandatory: readonly string[]; readonly optional: readonly string[] };
  readonly filedBy: string;
  readonly workingDays: number | null;
  /** Deadline of the office before a change of the law. */
  readonly earlier?: { readonly workingDays: number; readonly until: string };
  /** The employer's own clock, since the obligation arose or the papers came in. */
  readonly employerWithin?: {
    readonly count: number;
    readonly unit: 'days' | 'working-days';
    readonly since: 'obligation' | 'papers';
  };
  readonly paper?: true;
  readonly confidence: Confidence;
}

export interface EnvelopeSpec {
  readonly root: string;
  readonly content: string;
  readonly signature: string;
  readonly fileName: string;
  readonly groups: readonly {
    readonly element: string;
    readonly fields: readonly string[];
    readonly files?: { readonly list: string; readonly row: string; readonly fields: readonly string[] };
  }[];
  readonly attachments: {
    readonly code: string;
    readonly files: number;
    readonly bytes: number;
    readonly kinds: readonly string[];
  };
}

/** A sub-type of M01B-HSB and the fields it takes. */
export interface BenefitKindSpec {
  readonly code: string;
  readonly procedure: string;
  /** Products require these. */
  readonly needs: readonly string[];
  /** These follow from the blocks of the form. */
  readonly expects: readonly string[];
  /** At least one field of each list. */
  readonly anyOf?: readonly (readonly string[])[];
  /** Ids of the parameters that give the amount. */
  readonly pays: {
    readonly rate?: string;
    readonly divisor?: string;
    readonly average?: string;
    readonly byMonth?: true;
    readonly lump?: string;
    readonly ofReference?: string;
  };
}

export interface BenefitsSpec {
  readonly form: string;
  readonly kind: string;
  readonly part: { readonly field: string; readonly new: string; readonly adjustment: string };
  readonly adjustment: readonly string[];
  readonly kinds: readonly BenefitKindSpec[];
}

export interface DossierRule {
  readonly id: string;
  readonly title: Bilingual;
  readonly severity: Severity;
  /** A draft may still lack this. */
  readonly completeness?: true;
  readonly check: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly legal: readonly LegalPlace[];
  readonly origin: Origin;
  readonly confidence: Confidence;
  readonly source: string;
}

/** A problem of a dossier. Values that are personal are masked when `message` is asked for. */
export interface DossierFinding {
  readonly ruleId: string;
  /** The mechanism that the rule names. */
  readonly check: string;
  readonly code: string;
  readonly severity: Severity;
  readonly origin: Origin;
  readonly confidence: Confidence;
  /** `D02-TS[3].pa`, rows from 1; a header field has no row, an appendix row stands after a slash. */
  readonly path: string;
  readonly values: Values;
  readonly legal: readonly LegalPlace[];
  readonly message: Bilingual;
}
