import { describe, expect, it } from 'vitest';
import { openSpecifications } from './index.ts';

const specifications = openSpecifications();
const choose = (decidingDate: string, tablesPresent: string[] = ['XML1', 'XML2', 'XML3']): string =>
  specifications.chooseRuleset({ decidingDate, tablesPresent }).ruleset.id;

describe('the ruleset of a date', () => {
  it.each([
    ['2018-01-01', 'qd4210-2017'],
    ['2024-06-30', 'qd4210-2017'],
    ['2024-07-01', 'qd4750-2023'],
    ['2024-12-31', 'qd4750-2023'],
    ['2025-01-01', 'qd3176-2024'],
    ['2025-01-02', 'qd3176-2024'],
    ['2026-06-30', 'qd3176-2024'],
    ['2026-07-01', 'qd1931-2026'],
    ['2030-01-01', 'qd1931-2026'],
  ])('%s is %s', (date, id) => {
    expect(specifications.chooseRuleset({ decidingDate: date }).ruleset.id).toBe(id);
  });
  it('is explained with the dates and the article', () => {
    const choice = specifications.chooseRuleset({ decidingDate: '2024-12-31', tablesPresent: ['XML1'] });
    expect(choice.reason).toEqual({
      code: 'RULESET_BY_DATE',
      values: { ruleset: 'qd4750-2023', date: '2024-12-31', from: '2024-07-01', to: '2024-12-31' },
    });
    expect(choice.legal).toEqual([{ text: 'qd4750-2023', at: 'Điều 2' }]);
    expect(choice.entry?.ruleset).toBe('qd4750-2023');
  });
  it('does not exist before the first standard', () => {
    expect(() => specifications.chooseRuleset({ decidingDate: '2017-12-31' })).toThrow(
      expect.objectContaining({ code: 'ERR_NO_RULESET_FOR_DATE', category: 'spec' }),
    );
  });
});

describe('alternatives during a pilot', () => {
  it('take the standard whose tables the file has', () => {
    expect(choose('2024-05-01', ['XML1', 'XML2', 'XML3', 'XML7', 'XML8'])).toBe('qd130-2023');
    expect(choose('2024-05-01', ['XML1', 'XML2', 'XML14'])).toBe('qd4750-2023');
    expect(choose('2024-05-01', ['XML1', 'XML2', 'XML3'])).toBe('qd4210-2017');
  });
  it('tell standards with the same tables apart by their fields', () => {
    const fieldsOf = (id: string): string[] =>
      specifications.ruleset(id).tables['XML1']?.fields.map((field) => field.code) ?? [];
    for (const id of ['qd4210-2017', 'qd130-2023', 'qd4750-2023']) {
      const choice = specifications.chooseRuleset({
        decidingDate: '2024-05-01',
        tablesPresent: ['XML1', 'XML2', 'XML3'],
        fieldsPresent: { XML1: fieldsOf(id) },
      });
      expect(choice.ruleset.id).toBe(id);
    }
  });
  it('are not open outside the pilot', () => {
    expect(choose('2023-01-01', ['XML1', 'XML7'])).toBe('qd4210-2017');
    expect(choose('2024-03-31', ['XML1', 'XML7', 'XML13'])).toBe('qd130-2023');
    expect(choose('2024-07-01', ['XML1', 'XML2', 'XML3'])).toBe('qd4750-2023');
  });
  it('are named as the reason', () => {
    expect(
      specifications.chooseRuleset({ decidingDate: '2024-05-01', tablesPresent: ['XML1', 'XML7'] }).reason,
    ).toEqual({
      code: 'RULESET_ALTERNATIVE',
      values: { ruleset: 'qd130-2023', date: '2024-05-01', regular: 'qd4210-2017' },
    });
  });
});

describe('an override', () => {
  it('wins over the date and says so', () => {
    const choice = specifications.chooseRuleset({ decidingDate: '2024-12-31', override: 'qd3176-2024' });
    expect(choice.ruleset.id).toBe('qd3176-2024');
    expect(choice.reason.code).toBe('RULESET_OVERRIDDEN');
  });
  it('must name a known ruleset', () => {
    expect(() =>
      specifications.chooseRuleset({ decidingDate: '2024-12-31', override: 'qd9999-2099' }),
    ).toThrow(expect.objectContaining({ code: 'ERR_RULESET_UNKNOWN' }));
  });
});
