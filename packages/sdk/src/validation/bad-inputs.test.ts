import { beforeAll, describe, expect, it } from 'vitest';
import { openSpecifications, type Ruleset, type Specifications } from '../specifications/index.ts';
import { generateClaims } from '../synthetic/index.ts';
import { claimFile, packed, tableXml, type FixtureEnvelope, type FixtureRow } from './claim.fixture.ts';
import type { Finding } from './finding.ts';
import type { FileReport } from './report/file-report.ts';
import { createValidator, type ValidatorOptions } from './validator.ts';

type Tables = Record<string, FixtureRow[]>;

let specifications: Specifications;
let ruleset: Ruleset;
let base: Tables;

beforeAll(async () => {
  specifications = openSpecifications(undefined, { overlay: 'synthetic' });
  ruleset = specifications.ruleset('qd3176-2024');
  for await (const claim of generateClaims({
    count: 60,
    seed: 5,
    date: '2025-03-20',
    kinds: ['outpatient'],
  })) {
    base = Object.fromEntries(
      Object.entries(claim.tables).map(([table, rows]) => [
        table,
        rows.map((row) => ({ ...row }) as FixtureRow),
      ]),
    );
    // Papers repeat columns of XML1, and would have to be changed along with it.
    if (Object.keys(base).every((table) => ['XML1', 'XML2', 'XML3', 'XML4', 'XML5'].includes(table))) return;
  }
  throw new Error('no claim without papers');
});

function validate(bytes: Uint8Array, options: Partial<ValidatorOptions> = {}): Promise<FileReport> {
  const validator = createValidator({
    specifications,
    now: () => new Date('2026-11-21T03:00:00Z'),
    ...options,
  });
  return validator.validateFile({ path: 'claim.xml', source: bytes });
}

/** The base claim with some fields of XML1 set, or with other tables. */
function claim(change: FixtureRow = {}, more: Tables = {}, envelope: FixtureEnvelope = {}): Buffer {
  const tables: Tables = { ...base, ...more };
  tables['XML1'] = tables['XML1']!.map((row) => ({ ...row, ...change }));
  return claimFile(
    [Object.entries(tables).map(([table, rows]) => packed(table, tableXml(ruleset.tables[table]!, rows)))],
    envelope,
  );
}

const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ ruleId, code }) => `${ruleId} ${code}`);
const valueOf = (finding: Finding | undefined, name: string): string | undefined =>
  finding?.values.find((value) => value.name === name)?.value;

describe('a file that is no document', () => {
  it('says that an empty file is empty', async () => {
    const report = await validate(new Uint8Array(0));
    expect(told(report.findings)).toEqual(['FILE_EMPTY FILE_EMPTY']);
    expect(report.verdict).toBe('invalid');
  });

  it('names html when a login page was saved as XML', async () => {
    for (const page of [
      '<html><body>login</body></html>',
      '<!DOCTYPE html><html></html>',
      '<!doctype html>\n<html>',
    ]) {
      const report = await validate(Buffer.from(page));
      expect(told(report.findings)).toEqual(['ROOT_UNEXPECTED ROOT_UNEXPECTED']);
      expect(valueOf(report.findings[0], 'element')).toBe('html');
      expect(report.verdict).toBe('skipped');
    }
  });

  it('skips a document of an unknown kind', async () => {
    const report = await validate(Buffer.from('<note><to>x</to></note>'));
    expect(report.verdict).toBe('skipped');
    expect(report.kind).toBeNull();
    expect(report.findings[0]?.severity).toBe('warning');
  });

  it.each([
    ['<!DOCTYPE GIAMDINHHS [<!ENTITY a "x">]><GIAMDINHHS/>', 'XML_DTD_FORBIDDEN'],
    [`${'<a>'.repeat(100_000)}`, 'XML_DEPTH'],
    ['<GIAMDINHHS><THONGTINDONVI></GIAMDINHHS>', 'XML_NOT_WELL_FORMED'],
    ['<GIAMDINHHS>\u0000</GIAMDINHHS>', 'XML_CHAR'],
  ])('refuses %.40s', async (text, code) => {
    const report = await validate(Buffer.from(text.replaceAll('<a>', '<GIAMDINHHS>')));
    expect(report.findings.map((finding) => finding.code)).toContain(code);
    expect(report.verdict).toBe('invalid');
  });

  it('tells UTF-16 from UTF-8 and hints at it', async () => {
    const text = '<?xml version="1.0" encoding="utf-16"?><GIAMDINHHS/>';
    const report = await validate(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]));
    expect(report.findings[0]?.code).toBe('ENCODING_NOT_UTF8');
    expect(valueOf(report.findings[0], 'suspected')).toBe('UTF-16');
  });

  it('places legacy font bytes and guesses the encoding', async () => {
    const tcvn3 = Buffer.concat([
      Buffer.from('<GIAMDINHHS>\n<THONGTINDONVI>B'),
      Buffer.from([0xd6, 0x6e, 0x68, 0x20, 0x76, 0x69, 0xd6, 0x6e]),
      Buffer.from('</THONGTINDONVI></GIAMDINHHS>'),
    ]);
    const [finding] = (await validate(tcvn3)).findings;
    expect(finding?.code).toBe('XML_CHAR');
    expect(finding?.location).toMatchObject({ line: 2, column: 17 });
    expect(valueOf(finding, 'offset')).toBe('29');
    expect(valueOf(finding, 'suspected')).toBe('TCVN3');
  });

  it('refuses overlong sequences and lone surrogates', async () => {
    for (const bytes of [
      [0xc0, 0xaf],
      [0xed, 0xa0, 0x80],
    ]) {
      const report = await validate(
        Buffer.concat([Buffer.from('<GIAMDINHHS>'), Buffer.from(bytes), Buffer.from('</GIAMDINHHS>')]),
      );
      expect(report.findings[0]?.code).toBe('XML_CHAR');
    }
  });
});

describe('the packing of tables', () => {
  it('finds nothing in a good claim', async () => {
    const report = await validate(claim());
    expect(told(report.findings)).toEqual([]);
    expect(report.verdict).toBe('valid');
    expect(report.rulesets.map(({ id, date }) => [id, date])).toEqual([['qd3176-2024', '2025-03-20']]);
    expect([...report.evaluated]).toContain('R030');
  });

  it('takes base64 with line breaks and refuses wrong padding, the URL alphabet and stray bits', async () => {
    const xml1 = Buffer.from(tableXml(ruleset.tables['XML1']!, base['XML1']!)).toString('base64');
    const others = Object.entries(base)
      .filter(([table]) => table !== 'XML1')
      .map(([table, rows]) => packed(table, tableXml(ruleset.tables[table]!, rows)));
    const withContent = (content: string): Promise<FileReport> =>
      validate(claimFile([[{ type: 'XML1', content }, ...others]]));
    expect((await withContent(xml1.replaceAll(/.{76}/gu, '$&\r\n'))).verdict).toBe('valid');
    for (const content of [
      xml1.replace(/=*$/u, '='.repeat(3)),
      `${xml1.slice(0, -5)}-_==`,
      `${xml1.slice(0, 8)}=${xml1.slice(9)}`,
    ]) {
      const report = await withContent(content);
      expect(told(report.findings)).toContain('R011 BASE64_INVALID');
      expect(report.verdict).toBe('invalid');
    }
    expect(
      told((await withContent(Buffer.from('ab').toString('base64').replace('I=', 'J='))).findings),
    ).toContain('R011 BASE64_INVALID');
  });

  it('reads plain XML and passes over empty content, and flags both', async () => {
    const parts = Object.entries(base).map(([table, rows]) => ({
      type: table,
      content: tableXml(ruleset.tables[table]!, rows),
    }));
    const plain = await validate(claimFile([parts]));
    expect(new Set(told(plain.findings))).toEqual(new Set(['CONTENT_PLAIN CONTENT_PLAIN']));
    expect(plain.verdict).toBe('valid');
    const cdata = await validate(
      claimFile([parts.map(({ type, content }) => ({ type, content: `<![CDATA[${content}]]>` }))]),
    );
    expect(new Set(told(cdata.findings))).toEqual(new Set(['CONTENT_PLAIN CONTENT_PLAIN']));
    const empty = await validate(
      claimFile([
        [...parts.map(({ type, content }) => packed(type, content)), { type: 'XML4', content: '' }],
      ]),
    );
    expect(told(empty.findings)).toEqual(['CONTENT_EMPTY CONTENT_EMPTY']);
  });

  it('refuses a byte order mark in an inner table and legacy bytes with their place', async () => {
    const xml = tableXml(ruleset.tables['XML1']!, base['XML1']!);
    const marked = await validate(claimFile([[packed('XML1', `\uFEFF${xml}`)]]));
    expect(told(marked.findings)).toContain('R011 BOM_PRESENT');
    const at = xml.indexOf('<HO_TEN>') + '<HO_TEN>'.length;
    const broken = Buffer.concat([
      Buffer.from(xml.slice(0, at)),
      Buffer.from([0xb8, 0x6e]),
      Buffer.from(xml.slice(at)),
    ]);
    const finding = (await validate(claimFile([[packed('XML1', broken)]]))).findings.find(
      ({ code }) => code === 'XML_CHAR',
    );
    expect(finding?.ruleId).toBe('R011');
    expect(finding?.location).toMatchObject({ path: 'XML1', line: 1, column: at + 1 });
  });

  it('counts tables and records', async () => {
    const xml1 = packed('XML1', tableXml(ruleset.tables['XML1']!, base['XML1']!));
    expect(told((await validate(claimFile([[xml1, xml1]]))).findings)).toContain('R001 TABLE_COUNT');
    const miscounted = await validate(claim({}, {}, { count: '2' }));
    expect(told(miscounted.findings)).toEqual(['R012 RECORD_COUNT']);
    expect(miscounted.findings[0]?.location).toMatchObject({
      path: 'GIAMDINHHS/THONGTINHOSO/SOLUONGHOSO',
      line: 2,
    });
    expect(told((await validate(claim({}, {}, { facility: '99002' }))).findings)).toEqual([
      'R013 FACILITY_MISMATCH',
    ]);
    expect(told((await validate(claim(), { facts: { accountFacility: '99002' } })).findings)).toEqual([
      'R013 FACILITY_MISMATCH',
    ]);
  });
});

describe('values', () => {
  it.each([
    ['NGAY_RA', '202502300800', 'R006 DATE_INVALID'],
    ['NGAY_RA', '202503202400', 'R006 DATE_INVALID'],
    ['NGAY_RA', '202503201060', 'R006 DATE_INVALID'],
    ['T_BHTT', '1e3', 'R006 NUMBER_FORMAT'],
    ['T_BHTT', '1,000', 'R006 NUMBER_FORMAT'],
    ['T_BHTT', '-0', 'R006 NUMBER_FORMAT'],
    ['T_BHTT', 'NaN', 'R006 NUMBER_FORMAT'],
    ['T_BHTT', '12345678901234567890', 'R006 NUMBER_FORMAT'],
    ['T_BHTT', '1.123', 'R054 NUMBER_FORMAT'],
    ['MA_THE_BHYT', 'DN499０１２３456789', 'R006 CHARSET'],
    ['MA_LOAI_KCB', '1', 'R008 CODE_FORMAT'],
    ['MA_DOITUONG_KCB', '1.20', 'R024 CODE_UNKNOWN'],
    ['MA_BN', '', 'R009 REQUIRED_MISSING'],
    ['HO_TEN', 'x'.repeat(300), 'R007 LENGTH_EXCEEDED'],
  ])('a wrong %s is told once, by one rule (%#)', async (field, value, expected) => {
    const report = await validate(claim({ [field]: value }));
    expect([...new Set(told(report.findings))]).toEqual([expected]);
    expect(report.verdict).toBe('invalid');
  });

  it('suggests ASCII for full-width digits', async () => {
    const [finding] = (await validate(claim({ MA_THE_BHYT: 'DN499００００００００１２' }))).findings;
    expect(valueOf(finding, 'suggested')).toBe('DN4990000000012');
    expect(finding?.values.find(({ name }) => name === 'value')?.personal).toBe(true);
  });

  it('accepts names in NFD with a note and a birth date known to the year only', async () => {
    const report = await validate(claim({ HO_TEN: 'Nguyễn Văn Thử'.normalize('NFD') }));
    expect(report.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['TEXT_NOT_COMPOSED', 'info'],
    ]);
    expect(report.verdict).toBe('valid');
    const partial = await validate(claim({ NGAY_SINH: '195900000000' }));
    expect(told(partial.findings).filter((each) => each.startsWith('R006'))).toEqual([]);
  });

  it('takes the first date from the row, not from a comment', async () => {
    const xml = tableXml(ruleset.tables['XML1']!, base['XML1']!).replace(
      '<TONG_HOP>',
      '<TONG_HOP><!--<NGAY_RA>202408010800</NGAY_RA>-->',
    );
    const others = Object.entries(base)
      .filter(([table]) => table !== 'XML1')
      .map(([table, rows]) => packed(table, tableXml(ruleset.tables[table]!, rows)));
    const report = await validate(claimFile([[packed('XML1', xml), ...others]]));
    expect(report.rulesets.map(({ id }) => id)).toEqual(['qd3176-2024']);
    expect(told(report.findings)).toEqual([]);
  });
});

describe('elements', () => {
  const changed = (from: string | RegExp, to: string): Promise<FileReport> => {
    const parts = Object.entries(base).map(([table, rows]) => {
      const xml = tableXml(ruleset.tables[table]!, rows);
      return packed(table, table === 'XML1' ? xml.replace(from, to) : xml);
    });
    return validate(claimFile([parts]));
  };

  it('finds order, unknown, missing and repeated elements', async () => {
    expect(told((await changed(/(<MA_LK>[^<]*<\/MA_LK>)(<STT>[^<]*<\/STT>)/u, '$2$1')).findings)).toEqual([
      'R005 ELEMENT_ORDER',
    ]);
    expect(told((await changed('<STT>', '<LA>1</LA><STT>')).findings)).toEqual(['R010 ELEMENT_UNKNOWN']);
    expect(told((await changed(/<DU_PHONG>[^<]*<\/DU_PHONG>/u, '')).findings)).toEqual([
      'R010 ELEMENT_MISSING',
    ]);
    expect(told((await changed(/<STT>[^<]*<\/STT>/u, '$&$&')).findings)).toEqual(['R005 ELEMENT_REPEATED']);
    expect(told((await changed(/TONG_HOP/gu, 'TONGHOP')).findings)).toContain('R005 ELEMENT_UNEXPECTED');
  });

  it('says line and column in code points of the decoded table', async () => {
    const report = await changed(/<NGAY_RA>[^<]*/u, '\n  <!-- thử -->\n<GHI>é</GHI><NGAY_RA>20250230');
    const finding = report.findings.find(({ code }) => code === 'DATE_INVALID');
    expect(finding?.location).toMatchObject({ path: 'XML1/TONG_HOP/NGAY_RA', line: 3, column: 22 });
  });
});

describe('dates and lists', () => {
  it('says when a code was closed before the deciding date', async () => {
    const report = await validate(claim({ MA_DOITUONG_KCB: '1.8' }), {
      on: '2025-09-01',
      rulesetId: 'qd3176-2024',
    });
    const finding = report.findings.find(({ code }) => code === 'CODE_CLOSED');
    expect(finding?.ruleId).toBe('R024');
    expect([valueOf(finding, 'closed'), valueOf(finding, 'date')]).toEqual(['2025-06-30', '2025-09-01']);
    expect(report.rulesets.map(({ reason }) => reason.code)).toEqual(['RULESET_OVERRIDDEN']);
  });

  it('has no verdict on a date without a standard', async () => {
    const report = await validate(claim(), { on: '2001-01-01' });
    expect(told(report.findings)).toEqual(['NO_RULESET_FOR_DATE NO_RULESET_FOR_DATE']);
    expect(report.verdict).toBe('undetermined');
  });

  it('falls back to the date of the envelope when a claim has none', async () => {
    const report = await validate(claim({ NGAY_RA: '' }, {}, { createdOn: '20241105' }));
    expect(report.rulesets.map(({ id, date, reason }) => [id, date, reason.code])).toEqual([
      ['qd4750-2023', '2024-11-05', 'RULESET_BY_FALLBACK_DATE'],
    ]);
  });

  it('refuses a stay that ends in the future, beyond ten minutes of leeway', async () => {
    const at = (time: string): Promise<FileReport> => validate(claim(), { now: () => new Date(time) });
    const end = base['XML1']![0]!['NGAY_RA']!;
    const local = `${end.slice(0, 4)}-${end.slice(4, 6)}-${end.slice(6, 8)}T${end.slice(8, 10)}:${end.slice(10, 12)}:00+07:00`;
    const earlier = (minutes: number): string => new Date(Date.parse(local) - minutes * 60_000).toISOString();
    expect(told((await at(earlier(10))).findings)).not.toContain('DATE_FUTURE DATE_FUTURE');
    expect(told((await at(earlier(11))).findings)).toContain('DATE_FUTURE DATE_FUTURE');
  });

  it('judges each claim of a file by its own date', async () => {
    const parts = (NGAY_RA: string): ReturnType<typeof packed>[] =>
      Object.entries(base).map(([table, rows]) =>
        packed(
          table,
          tableXml(
            ruleset.tables[table]!,
            table === 'XML1' ? rows.map((row) => ({ ...row, NGAY_RA })) : rows,
          ),
        ),
      );
    const report = await validate(claimFile([parts('202412312359'), parts('202501020000')]));
    expect(report.rulesets.map(({ id, records }) => [id, records])).toEqual([
      ['qd4750-2023', 1],
      ['qd3176-2024', 1],
    ]);
    expect(
      new Set(report.findings.map((finding) => `${finding.location.record?.index} ${finding.ruleset}`)),
    ).toEqual(new Set(['0 qd4750-2023', '1 qd3176-2024']));
  });

  it('takes a pilot standard for the regular one when the columns are its own', async () => {
    for (const [id, date] of [
      ['qd130-2023', '2024-03-15'],
      ['qd4750-2023', '2024-05-15'],
      ['qd4210-2017', '2024-05-15'],
    ] as const) {
      const standard = specifications.ruleset(id);
      const end = `${date.replaceAll('-', '')}1000`;
      const parts = ['XML1', 'XML3'].map((table) =>
        packed(table, tableXml(standard.tables[table]!, [{ MA_LK: 'LK1', NGAY_RA: end }])),
      );
      const report = await validate(claimFile([parts]));
      expect(report.rulesets.map((use) => use.id)).toEqual([id]);
    }
  });

  it('previews the next announced standard beside the current one', async () => {
    const report = await validate(claim(), { preview: true });
    expect(report.verdict).toBe('valid');
    expect(report.preview?.ruleset).toBe('draft-next');
    expect(report.preview?.added.every((finding) => finding.ruleset === 'draft-next')).toBe(true);
    expect(report.preview?.added.length).toBeGreaterThan(0);
  });
});

describe('sample identifiers', () => {
  it('are refused where the synthetic overlay is not loaded', async () => {
    const report = await validate(claim(), { environmentOverlay: 'none' });
    expect(told(report.findings)).toContain('IDENTIFIER_RESERVED IDENTIFIER_RESERVED');
    expect(report.verdict).toBe('invalid');
  });
});
