import { argument, cells, dayOf, knownForms, type DossierCheck } from './check.ts';

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
      if (standing !== 'in-force')
        yield {
          code: standing === 'closed' ? 'PROVINCE_CLOSED' : 'PROVINCE_UNKNOWN',
          path,
          values: { value },
        };
    }
  }
};
