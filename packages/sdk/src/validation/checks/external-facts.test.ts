import { describe, expect, test } from 'vitest';
import { readFacts } from './external-facts.ts';

describe('outside facts', () => {
  test('catalogue rows are found by the code column of their kind', () => {
    const { catalogue } = readFacts({
      catalogues: { '03/DM': [{ MA_THUOC: '40.48', DON_GIA: 470 }], ICD10: [{ MA: 'I10' }] },
    });
    expect(catalogue?.has('03/DM')).toBe(true);
    expect(catalogue?.has('04/DM')).toBe(false);
    expect(catalogue?.find('03/DM', '40.48')).toEqual([{ MA_THUOC: '40.48', DON_GIA: '470' }]);
    expect(catalogue?.find('ICD10', 'I10')).toHaveLength(1);
    expect(catalogue?.find('ICD10', 'I11')).toEqual([]);
  });

  test('what is absent stays absent, so that its rules are skipped', () => {
    expect(readFacts({})).toEqual({});
    expect([...(readFacts({ checkedIn: ['99001.V.0001'] }).checkedIn ?? [])]).toEqual(['99001.V.0001']);
  });

  test('another shape is refused and says where', () => {
    for (const document of [
      null,
      [],
      { rights: 'hiv' },
      { catalogues: { '03/DM': {} } },
      { eligibleClasses: { A: [1] } },
    ]) {
      expect(() => readFacts(document)).toThrow(expect.objectContaining({ code: 'ERR_FACTS' }));
    }
    expect(() => readFacts({ catalogues: { '03/DM': {} } })).toThrow(/catalogues\.03\/DM/u);
  });
});
