import { describe, expect, test } from 'vitest';
import { openSpecifications } from '../../specifications/index.ts';
import { readFacts } from './external-facts.ts';

const specifications = openSpecifications();

describe('outside facts', () => {
  test('catalogue rows are found by the code column of their kind', () => {
    const { catalogue } = readFacts(
      {
        catalogues: { '03/DM': [{ MA_THUOC: '40.48', DON_GIA: 470 }], ICD10: [{ MA: 'I10' }] },
      },
      specifications,
    );
    expect(catalogue?.has('03/DM')).toBe(true);
    expect(catalogue?.has('04/DM')).toBe(false);
    expect(catalogue?.find('03/DM', '40.48')).toEqual([{ MA_THUOC: '40.48', DON_GIA: '470' }]);
    expect(catalogue?.find('ICD10', 'I10')).toHaveLength(1);
    expect(catalogue?.find('ICD10', 'I11')).toEqual([]);
  });

  test('a practitioner is found by licence and by identity number, as the catalogue says', () => {
    const row = { MACCHN: '000001/SYN-CCHN', SO_DINH_DANH: '099080000001' };
    const { catalogue } = readFacts({ catalogues: { '02/DM': [row] } }, specifications);
    expect(catalogue?.find('02/DM', row.MACCHN)).toEqual([row]);
    expect(catalogue?.find('02/DM', row.SO_DINH_DANH)).toEqual([row]);
  });

  test('what is absent stays absent, so that its rules are skipped', () => {
    expect(readFacts({}, specifications)).toEqual({});
    expect([...(readFacts({ checkedIn: ['99001.V.0001'] }, specifications).checkedIn ?? [])]).toEqual([
      '99001.V.0001',
    ]);
  });

  test('another shape is refused and says where', () => {
    for (const document of [
      null,
      [],
      { rights: 'hiv' },
      { catalogues: { '03/DM': {} } },
      { eligibleClasses: { A: [1] } },
    ]) {
      expect(() => readFacts(document, specifications)).toThrow(
        expect.objectContaining({ code: 'ERR_FACTS' }),
      );
    }
    expect(() => readFacts({ catalogues: { '03/DM': {} } }, specifications)).toThrow(/catalogues\.03\/DM/u);
  });
});
