import { describe, expect, it } from 'vitest';
import { buildCatalogue, buildCertificates, buildCheckIn, buildMedicalAssessment } from '../claims/index.ts';
import { openSpecifications } from '../specifications/index.ts';
import type { Finding } from './finding.ts';
import type { FileReport } from './report/file-report.ts';
import { createValidator } from './validator.ts';

const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const ruleset = specifications.ruleset('qd3176-2024');
const validator = createValidator({ specifications, now: () => new Date('2026-11-21T03:00:00Z') });

const validate = (source: Uint8Array): Promise<FileReport> =>
  validator.validateFile({ path: 'x.xml', source });
const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ ruleId, code, location }) => `${ruleId} ${code} ${location.path}`);

const checkIn = {
  MA_LK: 'LK1',
  STT: 1,
  MA_BN: 'BN1',
  HO_TEN: 'Nguyễn Văn Thử',
  NGAY_SINH: '199002030000',
  GIOI_TINH: 1,
  MA_THE_BHYT: 'DN4990000000001',
  MA_DKBD: '99001',
  GT_THE_TU: '20250101',
  GT_THE_DEN: '20251231',
  MA_DOITUONG_KCB: '1.1',
  NGAY_VAO: '202503100800',
  MA_LOAI_KCB: '01',
  MA_CSKCB: '99001',
  MA_DICH_VU: '02.1896',
  TEN_DICH_VU: 'Khám bệnh',
  NGAY_YL: '202503100805',
};

describe('documents that are one table', () => {
  it('reads a check-in and judges it by the day of arrival', async () => {
    const report = await validate(buildCheckIn([checkIn, { ...checkIn, STT: 2, MA_LK: 'LK2' }], ruleset));
    expect(report.kind).toBe('XML0');
    expect(told(report.findings)).toEqual([]);
    expect(report.rulesets.map(({ id, date }) => [id, date])).toEqual([['qd3176-2024', '2025-03-10']]);
    expect(report.steps.find(({ name }) => name === 'signature')?.verdict).toBe('skipped');
  });

  it('places a wrong value in its row of a check-in', async () => {
    const bytes = Buffer.from(buildCheckIn([checkIn, { ...checkIn, STT: 2 }], ruleset));
    const broken = Buffer.from(bytes.toString().replace(/(?<=<STT>2<[^]*<NGAY_YL>)\d+/u, '202513100805'));
    expect(told((await validate(broken)).findings)).toEqual([
      'R006 DATE_INVALID XML0/TRANG_THAI_KCB[2]/NGAY_YL',
    ]);
  });

  it('reads a medical assessment', async () => {
    const report = await validate(
      buildMedicalAssessment(
        [{ NGUOI_CHU_TRI: 'Trần Thị Thử', NGAY_HOP: '20250310', HO_TEN: 'Nguyễn Văn Thử' }],
        ruleset,
      ),
    );
    expect(report.kind).toBe('XML12');
    expect(report.records).toBe(1);
    expect(report.rulesets[0]?.date).toBe('2025-03-10');
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['REQUIRED_MISSING']));
  });

  it('reads a catalogue by its list element', async () => {
    const rows = [
      { STT: '1', MA_KHOA: 'K01', TEN_KHOA: 'Khoa Khám bệnh', TU_NGAY: '20260401', MA_CSKCB: '99001' },
    ];
    const report = await validate(
      buildCatalogue('01/DM', rows, { tables: specifications.catalogues(), id: 'Id-1' }),
    );
    expect(report.kind).toBe('HSDANHMUC');
    expect(told(report.findings)).toEqual([]);
    expect(report.verdict).toBe('valid');
  });
});

describe('a catalogue with details', () => {
  const rows = [{ STT: '1', MA_DICH_VU: '01.0000.0000', DS_THUOCPX: [{ STT: '1', MA_THUOC: '40.1' }] }];
  const bytes = Buffer.from(
    buildCatalogue('05/DM', rows, { tables: specifications.catalogues(), id: 'Id-1' }),
  );

  it('knows the names of the detail list', async () => {
    const codes = (await validate(bytes)).findings.map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['REQUIRED_MISSING']));
    const wrong = Buffer.from(bytes.toString().replaceAll('MA_THUOC>', 'MA_LA>'));
    expect(told((await validate(wrong)).findings)).toContain(
      'ELEMENT_UNKNOWN ELEMENT_UNKNOWN 05/DM/DMDICHVUKBCB[1]/MA_LA',
    );
  });
});

describe('certificates', () => {
  it('reads the envelope and each certificate by its own layout', async () => {
    const table = specifications.certificates()['CT07']!;
    const row = Object.fromEntries(table.fields.map(({ code }) => [code, '']));
    const bytes = buildCertificates([{ kind: 'CT07', row: { ...row, SO_KCB: '1' } }], {
      facility: '99001',
      createdOn: '20260310',
      tables: specifications.certificates(),
      id: 'Id-1',
    });
    const report = await validate(bytes);
    expect(report.kind).toBe('HSCHUNGTU');
    expect(report.records).toBe(1);
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['REQUIRED_MISSING']));
    expect(report.findings.every(({ location }) => location.path.startsWith('CT07/'))).toBe(true);
  });
});
