import { decodeText, scan } from '@bhxh/xml';
import { describe, expect, test } from 'vitest';
import { BhxhError } from '../errors/bhxh-error.ts';
import { openSpecifications } from '../specifications/index.ts';
import { buildCatalogue } from './build-catalogue.ts';
import { buildCertificates } from './build-certificates.ts';
import { buildCheckIn, buildMedicalAssessment } from './build-check-in.ts';
import { buildClaim, buildClaimFile, streamClaimFile } from './build.ts';
import { computeSummary } from './compute-summary.ts';
import type { ClaimTables, WireClaim } from './types.ts';

const specifications = openSpecifications();
const ruleset = specifications.ruleset('qd3176-2024');
const envelope = { facility: '99001', createdOn: '20250102', ruleset };

/** Element names in document order, with the depth they stand at. */
function outline(bytes: Uint8Array): string[] {
  const names: string[] = [];
  scan(bytes, {
    startElement(scanner, start, end) {
      names.push(
        `${scanner.depth} ${decodeText(scanner.bytes, start - scanner.base, end - scanner.base, 0)}`,
      );
    },
  });
  return names;
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return parts;
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof BhxhError ? error.code : String(error);
  }
  return 'nothing was thrown';
}

const claim: WireClaim<'qd3176-2024'> = {
  XML2: [{ MA_LK: 'L1', STT: 1, TEN_THUOC: 'A < B & "C"', THANH_TIEN_BV: '10.05' }],
  XML1: [{ MA_LK: 'L1', HO_TEN: 'Nguyễn Thị Thử' }],
};

describe('claim files', () => {
  test('the envelope has the official elements in official order and CHUKYDONVI empty at the end', () => {
    const text = Buffer.from(buildClaimFile([claim], envelope)).toString();
    expect(text).toMatch(
      /^<\?xml version="1\.0" encoding="utf-8"\?>\n<GIAMDINHHS xmlns:xsd="http:\/\/www\.w3\.org\/2001\/XMLSchema" xmlns:xsi="http:\/\/www\.w3\.org\/2001\/XMLSchema-instance"><THONGTINDONVI><MACSKCB>99001<\/MACSKCB><\/THONGTINDONVI><THONGTINHOSO><NGAYLAP>20250102<\/NGAYLAP><SOLUONGHOSO>1<\/SOLUONGHOSO><DANHSACHHOSO><HOSO><FILEHOSO><LOAIHOSO>XML1<\/LOAIHOSO><NOIDUNGFILE>[A-Za-z0-9+/=]+<\/NOIDUNGFILE><\/FILEHOSO><FILEHOSO><LOAIHOSO>XML2<\/LOAIHOSO>/,
    );
    expect(text.endsWith('</DANHSACHHOSO></THONGTINHOSO><CHUKYDONVI></CHUKYDONVI></GIAMDINHHS>')).toBe(true);
  });

  test('every standard writes every element of every table in official order', () => {
    for (const id of specifications.rulesetIds()) {
      const standard = specifications.ruleset(id);
      for (const table of Object.values(standard.tables)) {
        if (table.code === 'XML0' || table.code === 'XML12') continue;
        const built = buildClaim({ [table.code]: [{}] }, standard)[0];
        const names = outline(built?.xml ?? new Uint8Array()).map((line) => line.split(' ')[1]);
        expect(names.slice(-table.fields.length), `${id} ${table.code}`).toEqual(
          table.fields.map((field) => field.code),
        );
        expect(names[0]).toBe(table.root);
      }
    }
  });

  test('markup in values is escaped and read back unchanged', () => {
    const xml = buildClaim(claim, ruleset)[1]?.xml ?? new Uint8Array();
    const texts: string[] = [];
    scan(xml, {
      text(scanner, start, end, kind) {
        texts.push(decodeText(scanner.bytes, start - scanner.base, end - scanner.base, kind));
      },
    });
    expect(texts).toEqual(['L1', '1', 'A < B & "C"', '10.05']);
  });

  test('what the standard does not have is refused', () => {
    expect(codeOf(() => buildClaim({ XML1: [{ MA_LK: 'L1', HOTEN: 'x' }] }, ruleset))).toBe(
      'ERR_FIELD_UNKNOWN',
    );
    expect(codeOf(() => buildClaim({ XML12: [{}] }, ruleset))).toBe('ERR_TABLE_UNKNOWN');
    expect(codeOf(() => buildClaim({ XML13: [{}] }, specifications.ruleset('qd130-2023')))).toBe(
      'ERR_TABLE_UNKNOWN',
    );
    expect(codeOf(() => buildClaim({ XML1: [{}, {}] }, ruleset))).toBe('ERR_ROW_COUNT');
    expect(codeOf(() => buildClaim({ XML2: [{ STT: 1.5 }] } as WireClaim<'qd3176-2024'>, ruleset))).toBe(
      'ERR_VALUE_NOT_TEXT',
    );
  });

  test('a stream of claims is the same file, and a wrong count is refused', async () => {
    const claims = [claim, { XML1: [{ MA_LK: 'L2' }] }];
    const parts = await all(streamClaimFile(claims, { ...envelope, count: 2 }));
    expect(Buffer.concat(parts).equals(buildClaimFile(claims, envelope))).toBe(true);
    await expect(all(streamClaimFile(claims, { ...envelope, count: 3 }))).rejects.toMatchObject({
      code: 'ERR_CLAIM_COUNT',
    });
  });
});

test('a field or table that the standard does not have is a compile error', () => {
  // @ts-expect-error HOTEN is no field of XML1
  const misspelt: WireClaim<'qd3176-2024'> = { XML1: [{ MA_LK: 'L1', HOTEN: 'x' }] };
  // @ts-expect-error XML13 came with QĐ 4750
  const early: WireClaim<'qd130-2023'> = { XML13: [{ MA_LK: 'L1' }] };
  // @ts-expect-error money is text, never a binary fraction
  const fraction: WireClaim<'qd3176-2024'> = { XML1: [{ T_BHTT: 12.5 }] };
  expect([misspelt, early, fraction]).toHaveLength(3);
});

describe('other documents', () => {
  test('a check-in has its rows in the list and the signature place after it', () => {
    const names = outline(buildCheckIn([{ MA_LK: 'L1' }, { MA_LK: 'L2' }], ruleset));
    expect(names[0]).toBe('1 CHI_TIEU_TRANG_THAI_KCB');
    expect(names[1]).toBe('2 DSACH_TRANG_THAI_KCB');
    expect(names.filter((name) => name === '3 TRANG_THAI_KCB')).toHaveLength(2);
    expect(names.at(-1)).toBe('2 CHUKYDONVI');
  });

  test('a medical assessment has the root of its own route', () => {
    expect(outline(buildMedicalAssessment([{ HO_TEN: 'Trần Văn Thử' }], ruleset)).slice(0, 3)).toEqual([
      '1 CHI_TIEU_GIAM_DINH_YKHOA',
      '2 DSACH_GIAM_DINH_YKHOA',
      '3 GIAM_DINH_YKHOA',
    ]);
  });

  test('certificates of every kind stand one a HOSO', () => {
    const tables = specifications.certificates();
    const kinds = Object.keys(tables) as ('CT03' | 'CT07')[];
    const text = Buffer.from(
      buildCertificates(
        kinds.map((kind) => ({ kind, row: {} })),
        { facility: '99001', createdOn: '20250102', tables, id: 'Id-1' },
      ),
    ).toString();
    expect(text).toContain('<THONGTINHOSO Id="Id-1"><NGAYLAP>20250102</NGAYLAP>');
    expect(text.match(/<LOAIHOSO>[^<]+/g)).toEqual(kinds.map((kind) => `<LOAIHOSO>${kind}`));
    expect(
      codeOf(() =>
        buildCertificates([{ kind: 'CT99' as 'CT03', row: {} }], {
          facility: '',
          createdOn: '',
          tables,
          id: 'a',
        }),
      ),
    ).toBe('ERR_CERTIFICATE_KIND_UNKNOWN');
  });

  test('every catalogue is one list with an Id, and a service may carry its radiopharmaceuticals', () => {
    const tables = specifications.catalogues();
    for (const kind of Object.keys(tables) as ('01/DM' | '05/DM')[]) {
      const names = outline(buildCatalogue(kind, [{ MA_CSKCB: '99001' }], { tables, id: 'Id-1' }));
      expect(names.slice(0, 3)).toEqual(['1 HSDANHMUC', `2 ${tables[kind]?.list}`, `3 ${tables[kind]?.row}`]);
      expect(names.at(-1)).toBe('2 CHUKYDONVI');
    }
    const names = outline(
      buildCatalogue('05/DM', [{ MA_DICH_VU: '01.0000.0000', DS_THUOCPX: [{ STT: '1' }] }], {
        tables,
        id: 'Id-1',
      }),
    );
    expect(names.filter((name) => name === '5 TT_THUOCPX')).toHaveLength(1);
  });
});

describe('computed summary', () => {
  const priced: ClaimTables = {
    XML1: [{ MA_LK: 'L1', T_THUOC: '1', T_BHTT: '80.04' }],
    XML2: [
      { THANH_TIEN_BV: '0.1', THANH_TIEN_BH: '0.1', T_BHTT: '0.08', T_BNCCT: '0.02', MA_PTTT: '1' },
      { THANH_TIEN_BV: '0.2', THANH_TIEN_BH: '0.2', T_BHTT: '0.16', T_BNCCT: '0.04', MA_PTTT: '2' },
    ],
    XML3: [
      {
        THANH_TIEN_BV: '100',
        THANH_TIEN_BH: '99.75',
        T_BHTT: '79.8',
        T_BNCCT: '19.95',
        T_BNTT: '0.25',
        MA_PTTT: '1',
        MA_VAT_TU: 'N01',
      },
    ],
  };

  test('sums are exact and what changed is listed', () => {
    const { claim: summed, changes } = computeSummary(priced, ruleset);
    expect(changes).toEqual([
      { field: 'T_THUOC', before: '1', after: '0.3' },
      { field: 'T_VTYT', before: '', after: '100' },
      { field: 'T_TONGCHI_BV', before: '', after: '100.3' },
      { field: 'T_TONGCHI_BH', before: '', after: '100.05' },
      { field: 'T_BNTT', before: '', after: '0.25' },
      { field: 'T_BNCCT', before: '', after: '20.01' },
      { field: 'T_NGUONKHAC', before: '', after: '0' },
      { field: 'T_BHTT_GDV', before: '', after: '79.88' },
    ]);
    expect(summed['XML1']?.[0]?.['T_BHTT']).toBe('80.04');
    expect(priced['XML1']?.[0]?.['T_THUOC']).toBe('1');
  });

  test('an amount that is no plain decimal is refused by place, without its text', () => {
    const broken: ClaimTables = { ...priced, XML2: [{ THANH_TIEN_BV: '1,000' }] };
    expect(() => computeSummary(broken, ruleset)).toThrow(/XML2, row 1, field THANH_TIEN_BV/);
    expect(() => computeSummary(broken, ruleset)).not.toThrow(/1,000/);
  });
});
