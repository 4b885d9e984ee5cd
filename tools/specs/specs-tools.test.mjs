import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { applyChanges, compileField } from './compile-fields.mjs';
import { compileSpecs } from './compile.mjs';
import { compareFrozen } from './frozen.mjs';
import { xsdOf } from './xsd.mjs';

const specs = fileURLToPath(new URL('../../specs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'bhxh-specs-tools-'));
const copy = join(scratch, 'specs');
beforeAll(() =>
  cpSync(specs, copy, { recursive: true, filter: (path) => !/node_modules|[\\/]dist$/.test(path) }),
);
afterAll(() => rmSync(scratch, { recursive: true }));

/** What the files that stay the same say. */
const parsed = new Map();

/** Compiles a copy in which one file is different. */
const withChange = (file, change) => {
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, change(before));
  try {
    return compileSpecs(copy, parsed);
  } finally {
    writeFileSync(path, before);
  }
};

describe('named changes', () => {
  const fields = ['A', 'B', 'C'].map((code) => ({ code, type: 'string', length: 5, required: 'always' }));
  const where = (at) => `here:${at}`;
  const apply = (changes) => applyChanges(fields, changes, where).map((field) => field.code);
  it('insert after a field, before one, or at the top', () => {
    expect(apply([{ insert: { code: 'X' }, after: 'B' }])).toEqual(['A', 'B', 'X', 'C']);
    expect(apply([{ insert: { code: 'X' }, before: 'B' }])).toEqual(['A', 'X', 'B', 'C']);
    expect(apply([{ insert: { code: 'X' } }])).toEqual(['X', 'A', 'B', 'C']);
  });
  it('remove and rename in place', () => {
    expect(apply([{ remove: 'A' }, { rename: 'B', to: 'Y', set: {} }])).toEqual(['Y', 'C']);
  });
  it('amend several fields at once and clear what no longer holds', () => {
    const changed = applyChanges(
      fields,
      [{ amend: ['A', 'C'], set: { length: 9 }, clear: ['required'] }],
      where,
    );
    expect(changed[0]).toEqual({ code: 'A', type: 'string', length: 9 });
    expect(changed[1]).toEqual(fields[1]);
  });
  it('refuse what is not there or is there already', () => {
    expect(() => apply([{ remove: 'Z' }])).toThrow('here:0: there is no field Z to change');
    expect(() => apply([{ insert: { code: 'A' } }])).toThrow('A is there already');
  });
});

describe('lengths', () => {
  const field = {
    code: 'A',
    required: 'always',
    label: {},
    origin: 'legal',
    confidence: 'high',
    source: 'x',
  };
  it.each([
    [{ length: 5 }, 5, undefined],
    [{ length: 5, gatewayLength: 4 }, 5, 4],
    [{ length: 4, gatewayLength: 5 }, 5, 4],
    [{ length: 'unlimited', gatewayLength: 4000 }, null, 4000],
    [{ length: 'unlimited' }, null, undefined],
    [{ length: 'unknown', seenLength: 20 }, null, 20],
  ])('of %j', (given, maxLength, warnLength) => {
    const compiled = compileField({ ...field, ...given }, 1);
    expect([compiled.maxLength, compiled.warnLength]).toEqual([maxLength, warnLength]);
  });
});

describe('the compiler', () => {
  it('gives the same bytes every time, wherever it runs', () => {
    const here = compileSpecs(specs);
    const there = compileSpecs(copy);
    expect(there.hash).toBe(here.hash);
    expect([...there.files]).toEqual([...here.files]);
  });
  it('changes only the hash of the standard that changed, and of those that extend it', () => {
    const before = compileSpecs(copy).rulesets;
    const after = withChange('claims/qd4750-2023/tables/xml14.yaml', (text) =>
      text.replace('length: 50', 'length: 51'),
    ).rulesets;
    const changed = [...after.values()]
      .filter(({ id, hash }) => hash !== before.get(id).hash)
      .map(({ id }) => id);
    expect(changed.sort()).toEqual(['draft-next', 'qd1931-2026', 'qd3176-2024', 'qd4750-2023']);
  });
  it('takes a sixth standard from a folder alone', () => {
    const folder = join(copy, 'claims', 'qd9999-2099');
    cpSync(join(copy, 'claims', 'draft-next'), folder, { recursive: true });
    writeFileSync(
      join(folder, 'ruleset.yaml'),
      readFileSync(join(folder, 'ruleset.yaml'), 'utf8')
        .replaceAll('draft-next', 'qd9999-2099')
        .replace('text: qd9999-2099', 'text: draft-next'),
    );
    try {
      const { rulesets, files } = compileSpecs(copy);
      expect(
        rulesets.get('qd9999-2099').tables.XML1.fields.find(({ code }) => code === 'SO_CCCD').required,
      ).toBe('always');
      expect(files.has('specs/dist/xsd/qd9999-2099/xml1.xsd')).toBe(true);
      expect(files.has('packages/sdk/src/generated/claims/qd9999-2099.ts')).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it.each([
    [
      'a property nobody knows',
      'claims/qd130-2023/tables/xml1.yaml',
      (text) => text.replace('length: 100', 'length: 100\n    lenght: 99'),
      /^claims\/qd130-2023\/tables\/xml1\.yaml:\d+: .*lenght/,
    ],
    ['broken YAML', 'limits.yaml', (text) => text.replace('depth: 64', 'depth: [64'), /^limits\.yaml:\d+: /],
    [
      'a key twice',
      'limits.yaml',
      (text) => text.replace('  depth: 64', '  depth: 64\n  depth: 65'),
      /^limits\.yaml:\d+: .*unique/,
    ],
    [
      'a change of a field that is not there',
      'claims/qd1931-2026/tables/xml2.yaml',
      (text) => text.replace('amend: MUC_HUONG', 'amend: MUC_HUONGG'),
      /xml2\.yaml:\d+: there is no field MUC_HUONGG/,
    ],
    [
      'a legal text that is not there',
      'claims/qd3176-2024/ruleset.yaml',
      (text) => text.replace('text: qd3176-2024', 'text: qd3177-2024'),
      /ruleset\.yaml:\d+: there is no legal text qd3177-2024/,
    ],
    [
      'a code list that is not there',
      'claims/qd130-2023/tables/xml1.yaml',
      (text) => text.replace('codeList: GIOI_TINH', 'codeList: GIOI_TINHH'),
      /there is no code list GIOI_TINHH/,
    ],
    [
      'a gap in the timeline',
      'claims/rulesets.yaml',
      (text) =>
        text.replace("to: '2024-12-31'", "to: '2024-12-30'").replace('to: 2024-12-31', 'to: 2024-12-30'),
      /rulesets\.yaml:\d+: qd3176-2024 does not begin the day after/,
    ],
    [
      'a threshold that does not follow from the base salary',
      'parameters/low-cost-threshold.yaml',
      (text) => text.replace('379500', '379000'),
      /low-cost-threshold\.yaml:\d+: 379500 follows from base-salary/,
    ],
    [
      'a response code without a retry class',
      'responses/claims.yaml',
      (text) => text.replace(/\n\s+retry: never/, ''),
      /^responses\/claims\.yaml:\d+: /,
    ],
    [
      'a plan that needs a field its form does not have',
      'declarations/plans.yaml',
      (text) => text.replace('needs: [Masobhxh, denThang]', 'needs: [Masobhxh, denNam]'),
      /^declarations\/plans\.yaml:\d+: D02-TS has no field denNam/,
    ],
    [
      'a vector of a rule that is not there',
      'declarations/vectors/D001.yaml',
      (text) => text.replace('rule: D001', 'rule: D999'),
      /^declarations\/vectors\/D001\.yaml:\d+: there is no rule D999/,
    ],
  ])('refuses %s with file and line', (_name, file, change, expected) => {
    const before = readFileSync(join(copy, file), 'utf8');
    expect(change(before), 'the change must change something').not.toBe(before);
    let message = '';
    try {
      withChange(file, change);
    } catch (error) {
      message = `${error.name}: ${error.message}`;
    }
    expect(message).toMatch(/^SpecError: /);
    expect(message.slice('SpecError: '.length)).toMatch(expected);
  });
});

describe('frozen standards', () => {
  const released = (hash, errata = []) => [{ id: 'a', hash, errata }];
  it('pass unchanged', () => {
    expect(compareFrozen(released('1'), { a: '1' }).problems).toEqual([]);
  });
  it('fail when changed, also with --update', () => {
    expect(compareFrozen(released('2'), { a: '1' }).problems).toHaveLength(1);
    expect(compareFrozen(released('2'), { a: '1' }, { update: true })).toMatchObject({
      problems: [expect.stringContaining('errata')],
      next: { a: '1' },
    });
  });
  it('may change with an erratum that names the new content', () => {
    const erratum = [{ date: '2026-11-21', why: 'x', link: 'y', hash: '2' }];
    expect(compareFrozen(released('2', erratum), { a: '1' }, { update: true })).toEqual({
      problems: [],
      next: { a: '2' },
    });
    expect(compareFrozen(released('3', erratum), { a: '1' }, { update: true }).problems).toHaveLength(1);
  });
  it('are recorded once with --update, and may not disappear', () => {
    expect(compareFrozen(released('1'), {}).problems).toHaveLength(1);
    expect(compareFrozen(released('1'), {}, { update: true })).toEqual({ problems: [], next: { a: '1' } });
    expect(compareFrozen([], { a: '1' }, { update: true }).problems).toEqual(['a was released and is gone']);
  });
});

describe('schemas of the tables', () => {
  const { rulesets } = compileSpecs(specs);
  const sample = {
    yyyyMMdd: '20250101',
    yyyyMMddHHmm: '202501010800',
    'yyyyMMdd[HHmm]': '20250101',
    integer: '1',
    decimal: '1.5',
  };
  const rowOf = (
    table,
    value = (field) => (field.required === 'always' ? (sample[field.format] ?? 'x') : ''),
  ) =>
    `<${table.row}>${table.fields.map((field) => (value(field) === null ? '' : `<${field.code}>${value(field)}</${field.code}>`)).join('')}</${table.row}>`;
  const documentOf = (table, row) => {
    if (table.root === table.row) return row;
    const inner =
      table.list === null || table.list === table.root
        ? row + row
        : `<${table.list}>${row}${row}</${table.list}>`;
    return `<${table.root}>${inner}</${table.root}>`;
  };
  const schemaOf = (ruleset, table) =>
    xsdOf(table, { ruleset: ruleset.id, hash: ruleset.hash, signed: table.code === 'XML0' });
  /** True for each document that libxml2 finds valid. */
  const judge = (ruleset, table, ...documents) => {
    const schema = XmlDocument.fromString(schemaOf(ruleset, table));
    const validator = XsdValidator.fromDoc(schema);
    const verdicts = documents.map((xml) => {
      const document = XmlDocument.fromString(xml);
      try {
        validator.validate(document);
        return true;
      } catch {
        return false;
      } finally {
        document.dispose();
      }
    });
    validator.dispose();
    schema.dispose();
    return verdicts;
  };
  it.each(
    [...rulesets.values()].flatMap((ruleset) =>
      Object.values(ruleset.tables).map((table) => [ruleset.id, table.code]),
    ),
  )(
    'accept a generated sample of %s %s and refuse its fields in another order',
    (id, code) => {
      const ruleset = rulesets.get(id);
      const table = ruleset.tables[code];
      const reversed = { ...table, fields: [...table.fields].reverse() };
      expect(
        judge(ruleset, table, documentOf(table, rowOf(table)), documentOf(table, rowOf(reversed))),
      ).toEqual([true, false]);
    },
    20_000,
  );
  it('refuse an empty required field, a long value and a number with a thousands separator or a fourth decimal', () => {
    const ruleset = rulesets.get('qd3176-2024');
    const table = ruleset.tables.XML2;
    const changed = (code, value) =>
      documentOf(
        table,
        rowOf(table, (field) =>
          field.code === code ? value : field.required === 'always' ? (sample[field.format] ?? 'x') : '',
        ),
      );
    const optional = table.fields.find(({ required }) => required === 'optional').code;
    expect(
      judge(
        ruleset,
        table,
        changed('MA_LK', ''),
        changed('MA_LK', 'x'.repeat(101)),
        changed('DON_GIA', '1,000'),
        changed('DON_GIA', '1000.1234'),
        changed(optional, null),
        changed('DON_GIA', '1000.123'),
      ),
    ).toEqual([false, false, false, false, true, true]);
  });
  it('are read by xmllint alike', () => {
    const ruleset = rulesets.get('qd3176-2024');
    const table = ruleset.tables.XML3;
    const schema = join(scratch, 'table.xsd');
    writeFileSync(schema, schemaOf(ruleset, table));
    const good = join(scratch, 'good.xml');
    const bad = join(scratch, 'bad.xml');
    writeFileSync(good, documentOf(table, rowOf(table)));
    writeFileSync(bad, documentOf(table, rowOf({ ...table, fields: [...table.fields].reverse() })));
    expect(spawnSync('xmllint', ['--noout', '--stream', '--schema', schema, good]).status).toBe(0);
    expect(spawnSync('xmllint', ['--noout', '--stream', '--schema', schema, bad]).status).not.toBe(0);
  });
});
