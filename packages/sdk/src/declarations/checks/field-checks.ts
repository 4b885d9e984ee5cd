import { parseSocialInsuranceNumber, parseTaxCode } from '../../identifiers/index.ts';
import type { FormFieldType } from '../types.ts';
import { cells, dayOf, knownForms, monthOf, type DossierCheck } from './check.ts';

const formats: Readonly<Record<FormFieldType, (value: string) => boolean>> = {
  text: () => true,
  code: () => true,
  integer: (value) => /^\d{1,9}$/.test(value),
  amount: (value) => /^\d{1,12}$/.test(value),
  decimal: (value) => /^-?\d{1,15}(?:\.\d{1,4})?$/.test(value),
  flag: (value) => value === '0' || value === '1',
  date: (value) => dayOf(value) !== undefined,
  birth: (value) =>
    dayOf(value) !== undefined || monthOf(value) !== undefined || /^(?:19|20)\d{2}$/.test(value),
  month: (value) => monthOf(value) !== undefined,
  email: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value),
  identity: (value) => /^(?:\d{12}|\d{9}|[A-Z]\d{7,8})$/.test(value),
  insuranceNumber: (value) => parseSocialInsuranceNumber(value).ok,
  // The check digit is a rule of its own, because implementations differ on remainder 0.
  taxCode: (value) => /^(?:\d{10}(?:-?\d{3})?|\d{12})$/.test(value),
  unitCode: (value) => /^[A-Z0-9]{1,20}$/.test(value),
  facility: (value) => /^[0-9A-Z]{5}$/.test(value),
  province: (value) => /^\d{2}$/.test(value),
  district: (value) => /^\d{3}$/.test(value),
  ward: (value) => /^\d{5}$/.test(value),
};

export const requiredFields: DossierCheck = function* (input) {
  for (const { document, spec } of knownForms(input)) {
    if (document.rows.length === 0)
      yield { code: 'FORM_EMPTY', path: document.form, values: { form: document.form } };
    for (const { field, value, path } of cells(document, spec))
      if (field.required && value === '')
        yield { code: 'FIELD_MISSING', path, values: { field: field.code } };
  }
};

export const maxLength: DossierCheck = function* (input) {
  for (const { document, spec } of knownForms(input))
    for (const { field, value, path } of cells(document, spec)) {
      const length = [...value].length;
      if (field.maxLength !== undefined && length > field.maxLength)
        yield {
          code: 'FIELD_TOO_LONG',
          path,
          values: { field: field.code, length: String(length), most: String(field.maxLength) },
        };
    }
};

export const fieldFormat: DossierCheck = function* (input) {
  for (const { document, spec } of knownForms(input))
    for (const { field, value, path } of cells(document, spec))
      if (value !== '' && !formats[field.type](value))
        yield { code: 'FIELD_FORMAT', path, values: { field: field.code, type: field.type } };
};

export const codeValues: DossierCheck = function* (input) {
  for (const { document, spec } of knownForms(input))
    for (const { field, value, path } of cells(document, spec)) {
      if (value === '') continue;
      const isKnown =
        (field.values === undefined || field.values.includes(value)) &&
        (field.codeList === undefined ||
          input.codeLists.find(field.codeList, value, input.today).standing === 'in-force');
      if (!isKnown) yield { code: 'CODE_UNKNOWN', path, values: { field: field.code, value } };
    }
};

/** The unit's tax code, and every other one that a form names. */
export const taxCode: DossierCheck = function* (input) {
  const own = input.dossier.unit['MaSoThue'] ?? '';
  const hits = [{ value: own, path: 'unit.MaSoThue' }];
  for (const { document, spec } of knownForms(input))
    for (const { field, value, path } of cells(document, spec))
      if (field.type === 'taxCode' && value !== own) hits.push({ value, path });
  for (const { value, path } of hits) {
    if (value === '') continue;
    const read = parseTaxCode(value);
    if (read.ok) continue;
    const { code, expected } = read;
    yield code === 'MST_CHECK_DIGIT' && expected !== undefined
      ? { code, path, values: { value, expected } }
      : { code: 'TAX_CODE', path, values: { value } };
  }
};
