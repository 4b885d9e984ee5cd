import type { FieldSpec, Severity, TableSpec } from '../../specifications/types.ts';
import type { FindingValue } from '../finding.ts';
import {
  milder,
  ownGround,
  publicValue,
  type Ground,
  type RecordFindings,
} from '../report/record-findings.ts';
import { isPartialDate, parseMinute } from '../rows/calendar.ts';
import { decimalPlaces, parseThousandths } from '../rows/decimal.ts';
import { FORM_MASK, form, NON_ASCII, type RowView, type TableRows } from '../rows/table-rows.ts';
import { toAscii, unusualCharacters } from '../rows/unusual-characters.ts';
import { fieldForm, planFields, type FieldPlan } from '../ruleset/field-plan.ts';
import type { NativeRules } from '../ruleset/native-rules.ts';

function isReadable(text: string): boolean {
  const bytes = Buffer.from(text);
  return !Number.isNaN(parseThousandths(bytes, 0, bytes.length));
}

/** Fields that need no value from a date on. */
interface Exemption {
  readonly fields: ReadonlySet<string>;
  readonly from: string;
}

const nfdGround = ownGround('TEXT_NOT_COMPOSED', 'info');
const invisibleGround = ownGround('TEXT_INVISIBLE', 'warning');

function exemptionsOf(native: NativeRules): readonly Exemption[] {
  return native
    .uses('required-fields')
    .flatMap(({ arguments: args, rule }) => {
      const { unless = [] } = args as {
        readonly unless?: readonly { readonly fields: readonly string[]; readonly from: string }[];
      };
      if (!Array.isArray(unless)) throw new Error(`rule ${rule.id}, required-fields: unless is not a list`);
      return unless.map(({ fields, from }) => ({ fields: new Set<string>(fields), from }));
    })
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

/**
 * Looks at every value of a table's rows: required, form, length, characters. A value whose form is wrong is marked as
 * refused, so that no rule judges it again.
 */
export class FieldsStep {
  readonly #table: TableSpec;
  readonly #plan: FieldPlan;
  readonly #native: NativeRules;
  readonly #numbers: Ground;
  readonly #places: Ground;
  readonly #dates: Ground;
  readonly #charset: Ground;
  readonly #length: Ground;
  readonly #required: Ground;
  readonly #missing: Ground;
  readonly #exemptions: readonly Exemption[];
  #exempt: Uint8Array | null = null;
  #exemptionsHolding = 0;
  readonly #noted: Uint8Array;
  /** Rows in which a field's element was missing, and the first of them. */
  readonly #absences: Int32Array;
  readonly #firstAbsence: (RowView | null)[];

  constructor(table: TableSpec, native: NativeRules) {
    this.#table = table;
    this.#plan = planFields(table);
    this.#native = native;
    this.#numbers = native.ground('field-types', 'NUMBER_FORMAT');
    const [places] = native.uses('decimal-places');
    this.#places = places?.ground ?? this.#numbers;
    this.#dates = native.ground('field-types', 'DATE_INVALID');
    this.#charset = native.ground('field-types', 'CHARSET');
    this.#length = native.ground('max-length', 'LENGTH_EXCEEDED');
    this.#required = native.ground('required-fields', 'REQUIRED_MISSING');
    this.#missing = native.ground('unknown-element', 'ELEMENT_MISSING', 'warning');
    this.#exemptions = exemptionsOf(native);
    this.#noted = new Uint8Array(2);
    this.#absences = new Int32Array(table.fields.length);
    this.#firstAbsence = table.fields.map(() => null);
  }

  run(rows: TableRows, decidingDate: string, findings: RecordFindings): void {
    if (rows.count === 0) return;
    const { forms: kinds, required, watched } = this.#plan;
    const { width, starts, ends, forms } = rows;
    this.#setDate(decidingDate);
    this.#noted.fill(0);
    let hasAbsences = false;
    for (let index = 0; index < rows.rows.length; index += 1) {
      const row = rows.rows[index] as RowView;
      const bytes = row.source!.bytes;
      const { base } = row;
      for (let field = 0; field < width; field += 1) {
        const cell = base + field;
        const cellForm = forms[cell]!;
        if (cellForm === form.absent) {
          if (required[field] === 1 && !this.#isExempt(field)) this.#missingValue(row, field, findings);
          else {
            hasAbsences = true;
            this.#noteAbsence(row, field);
          }
          continue;
        }
        const start = starts[cell]!;
        const end = ends[cell]!;
        if (start === end && (cellForm & FORM_MASK) !== form.assembled) {
          if (required[field] === 1 && !this.#isExempt(field)) this.#missingValue(row, field, findings);
          continue;
        }
        const kind = kinds[field]!;
        if (cellForm !== form.plain) {
          this.#unusual(rows, row, field, cellForm, findings);
          continue;
        }
        if (kind !== fieldForm.text && !this.#hasForm(rows, cell, bytes, start, end, kind, field)) {
          this.#wrongForm(row, field, kind, findings);
        } else if (end - start > watched[field]!) this.#tooLong(row, field, end - start, findings);
      }
    }
    if (hasAbsences) this.#reportAbsences(findings);
    for (const name of [
      'field-types',
      'decimal-places',
      'max-length',
      'required-fields',
      'unknown-element',
    ] as const)
      this.#native.decided(name);
  }

  /** Exemptions stand in the order of their dates, so that their number says which of them hold. */
  #setDate(date: string): void {
    let holding = 0;
    while (holding < this.#exemptions.length && this.#exemptions[holding]!.from <= date) holding += 1;
    if (holding === this.#exemptionsHolding) return;
    this.#exemptionsHolding = holding;
    const active = this.#exemptions.slice(0, holding);
    this.#exempt = Uint8Array.from(this.#table.fields, ({ code }) =>
      active.some(({ fields }) => fields.has(code)) ? 1 : 0,
    );
  }

  #isExempt(field: number): boolean {
    return this.#exempt !== null && this.#exempt[field] === 1;
  }

  #spec(field: number): FieldSpec {
    return this.#table.fields[field]!;
  }

  #severity(ground: Ground, field: number): Severity {
    return milder(ground.severity, this.#plan.ceilings[field]!);
  }

  /** Whether the bytes have the field's form; keeps the number they stand for. */
  #hasForm(
    rows: TableRows,
    cell: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    kind: number,
    field: number,
  ): boolean {
    switch (kind) {
      case fieldForm.integer:
      case fieldForm.decimal: {
        const value = parseThousandths(bytes, start, end);
        if (value !== value) return false;
        rows.keepNumber(cell, value, 1);
        if (kind === fieldForm.integer) return decimalPlaces(bytes, start, end) === 0;
        return decimalPlaces(bytes, start, end) <= (this.#spec(field).decimals ?? 3);
      }
      case fieldForm.day:
        if (end - start !== 8) return false;
        break;
      case fieldForm.minute:
        if (end - start !== 12) return false;
        break;
      case fieldForm.dayOrMinute:
        if (end - start !== 8 && end - start !== 12) return false;
        break;
      case fieldForm.partial: {
        const { format } = this.#spec(field);
        if (format === 'yyyyMMdd' && end - start !== 8) return false;
        if (format === 'yyyyMMddHHmm' && end - start !== 12) return false;
        return isPartialDate(bytes, start, end);
      }
      case fieldForm.list:
        return this.#hasListForm(bytes, start, end, field);
      default:
        return true;
    }
    const minute = parseMinute(bytes, start, end);
    rows.keepNumber(cell, minute, 2);
    return minute === minute;
  }

  #hasListForm(bytes: Uint8Array, start: number, end: number, field: number): boolean {
    const { separator, format } = this.#spec(field);
    const parts = Buffer.from(bytes.subarray(start, end)).toString('latin1').split(separator!);
    return parts.every((part) => {
      const text = part.trim();
      if (text === '') return true;
      const value = Buffer.from(text, 'latin1');
      if (format === 'integer' || format === 'decimal') {
        return parseThousandths(value, 0, value.length) === parseThousandths(value, 0, value.length);
      }
      const hasLength =
        (text.length === 8 && format !== 'yyyyMMddHHmm') || (text.length === 12 && format !== 'yyyyMMdd');
      return hasLength && !Number.isNaN(parseMinute(value, 0, value.length));
    });
  }

  /** References, CDATA, pieces, or characters beyond ASCII: the rarer path, over the decoded text. */
  #unusual(rows: TableRows, row: RowView, field: number, cellForm: number, findings: RecordFindings): void {
    const cell = row.base + field;
    let bytes: Uint8Array = row.source!.bytes;
    let start = rows.starts[cell]!;
    let end = rows.ends[cell]!;
    const kind = cellForm & FORM_MASK;
    if (kind === form.escaped || kind === form.assembled) {
      bytes = Buffer.from(row.text(field));
      start = 0;
      end = bytes.length;
      if (end === 0) {
        if (this.#plan.required[field] === 1 && !this.#isExempt(field))
          this.#missingValue(row, field, findings);
        return;
      }
    }
    if ((cellForm & NON_ASCII) !== 0) {
      const found = unusualCharacters(bytes, start, end);
      if (found.fullWidth && this.#plan.coded[field] === 1) {
        const value = row.text(field);
        const personal = this.#spec(field).personal === true;
        row.refuse(field);
        findings.addAtField(
          'fields',
          this.#charset,
          'CHARSET',
          row,
          field,
          [...this.#values(row, field), { name: 'suggested', value: toAscii(value), personal }],
          this.#severity(this.#charset, field),
        );
        return;
      }
      if (found.decomposed && this.#noted[0] === 0) {
        this.#noted[0] = 1;
        findings.addAtField('fields', nfdGround, 'TEXT_NOT_COMPOSED', row, field, this.#values(row, field));
      }
      if (found.invisible && this.#noted[1] === 0) {
        this.#noted[1] = 1;
        findings.addAtField(
          'fields',
          invisibleGround,
          'TEXT_INVISIBLE',
          row,
          field,
          this.#values(row, field),
        );
      }
    }
    const wanted = this.#plan.forms[field]!;
    if (wanted !== fieldForm.text && !this.#hasForm(rows, cell, bytes, start, end, wanted, field)) {
      this.#wrongForm(row, field, wanted, findings);
    } else if (end - start > this.#plan.watched[field]!) this.#tooLong(row, field, end - start, findings);
  }

  #values(row: RowView, field: number): FindingValue[] {
    const spec = this.#spec(field);
    return [
      publicValue('field', spec.code),
      { name: 'value', value: row.text(field), personal: spec.personal === true },
    ];
  }

  #tooLong(row: RowView, field: number, byteLength: number, findings: RecordFindings): void {
    const longest = this.#plan.longest[field]!;
    const length = [...row.text(field)].length;
    if (length <= this.#plan.watched[field]!) return;
    const isError = length > longest && byteLength > longest;
    findings.addAtField(
      'fields',
      this.#length,
      'LENGTH_EXCEEDED',
      row,
      field,
      [
        ...this.#values(row, field),
        publicValue('length', String(length)),
        publicValue('limit', String(isError ? longest : this.#spec(field).warnLength)),
      ],
      isError ? this.#severity(this.#length, field) : 'warning',
    );
  }

  #wrongForm(row: RowView, field: number, kind: number, findings: RecordFindings): void {
    row.refuse(field);
    const isNumber = kind === fieldForm.integer || kind === fieldForm.decimal;
    const { format = '', decimals, separator } = this.#spec(field);
    // A number that can be read, yet was refused, has too many places.
    const isDecimal = kind === fieldForm.decimal && isReadable(row.text(field));
    const isNumberList = kind === fieldForm.list && (format === 'integer' || format === 'decimal');
    const ground = !isNumber && !isNumberList ? this.#dates : isDecimal ? this.#places : this.#numbers;
    findings.addAtField(
      'fields',
      ground,
      isNumber || isNumberList ? 'NUMBER_FORMAT' : 'DATE_INVALID',
      row,
      field,
      [
        ...this.#values(row, field),
        publicValue('expected', separator === undefined ? format : `${format}${separator}${format}`),
        ...(decimals === undefined ? [] : [publicValue('decimals', String(decimals))]),
      ],
      this.#severity(ground, field),
    );
  }

  #missingValue(row: RowView, field: number, findings: RecordFindings): void {
    findings.addAtField(
      'fields',
      this.#required,
      'REQUIRED_MISSING',
      row,
      field,
      [publicValue('field', this.#spec(field).code)],
      this.#severity(this.#required, field),
    );
  }

  #noteAbsence(row: RowView, field: number): void {
    this.#absences[field]! += 1;
    this.#firstAbsence[field] ??= row;
  }

  /** One finding for each missing field of a table, at the first row that lacks it. */
  #reportAbsences(findings: RecordFindings): void {
    for (let field = 0; field < this.#absences.length; field += 1) {
      const row = this.#firstAbsence[field];
      if (row === null || row === undefined) continue;
      findings.addAtField(
        'structure',
        this.#missing,
        'ELEMENT_MISSING',
        row,
        field,
        [publicValue('field', this.#spec(field).code), publicValue('rows', String(this.#absences[field]))],
        milder(this.#missing.severity, 'warning'),
      );
      this.#firstAbsence[field] = null;
    }
    this.#absences.fill(0);
  }
}
