import { convertProvince } from '../../code-lists/wards.ts';
import { argument, cells, dayOf, knownForms, rowsOf, type DossierCheck } from './check.ts';

export const noDistrict: DossierCheck = function* (input) {
  const from = argument(input.rule, 'from');
  for (const { document, spec } of knownForms(input)) {
    const day = dayOf(document.header['NgayLap']) ?? input.today;
    if (day < from) continue;
    for (const { field, value, path } of cells(document, spec))
      if (field.type === 'district' && value !== '')
        yield { code: 'DISTRICT_ABOLISHED', path, values: { field: field.code, from } };
  }
};

export const provinceOnDate: DossierCheck = function* (input) {
  for (const { document, spec } of knownForms(input)) {
    const day = dayOf(document.header['NgayLap']) ?? input.today;
    for (const { field, value, path } of cells(document, spec)) {
      if (field.type !== 'province' || !/^\d{2}$/.test(value)) continue;
      const { standing } = input.codeLists.find('provinces', value, day);
      if (standing === 'unknown') yield { code: 'PROVINCE_UNKNOWN', path, values: { value } };
      if (standing === 'closed')
        yield {
          code: 'PROVINCE_CLOSED',
          path,
          values: { value, successor: convertProvince(input.codeLists, value) ?? '' },
        };
    }
  }
};

export const wardOnDate: DossierCheck = function* (input) {
  const from = argument(input.rule, 'from');
  for (const { document, spec } of knownForms(input)) {
    const day = dayOf(document.header['NgayLap']) ?? input.today;
    if (day < from) continue;
    for (const { field, value, path } of cells(document, spec)) {
      if (field.type !== 'ward' || !/^\d{5}$/.test(value)) continue;
      if (input.codeLists.find('wards', value, day).standing !== 'in-force')
        yield { code: 'WARD_UNKNOWN', path, values: { value } };
    }
  }
};

/** Each pair of a ward and a province. A ward that is not in the list is told by the rule of wards. */
export const wardOfProvince: DossierCheck = function* (input) {
  const pairs = (input.rule.with?.['pairs'] ?? []) as readonly (readonly [string, string])[];
  const from = argument(input.rule, 'from');
  for (const { row, at, document } of rowsOf(input, argument(input.rule, 'form'))) {
    const day = dayOf(document.header['NgayLap']) ?? input.today;
    if (day < from) continue;
    for (const [ward, province] of pairs) {
      const [code, stated] = [row.values[ward] ?? '', row.values[province] ?? ''];
      const { standing, entry } = input.codeLists.find('wards', code, day);
      // A ward or a province that is not in force is told by its own rule.
      if (standing !== 'in-force' || entry?.['province'] === undefined) continue;
      if (input.codeLists.find('provinces', stated, day).standing !== 'in-force') continue;
      if (String(entry['province']) !== stated)
        yield { code: 'WARD_OF_PROVINCE', path: `${at}.${ward}`, values: { ward: code, province: stated } };
    }
  }
};
