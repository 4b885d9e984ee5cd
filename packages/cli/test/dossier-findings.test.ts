// What an employer gets wrong most, each with the finding that is promised for it: the SDK and the built command say the same.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildDossier, checkDossier, type Dossier, type DossierFinding } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import type { JsonReport } from '@bhxh/sdk/validation';
import writeWorkbook from 'write-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dossierVectors, materializeDossier } from '../../sdk/test/materialize-dossier.ts';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const specifications = openSpecifications(undefined, { overlay: 'synthetic' });
const { bases } = dossierVectors(specifications);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-findings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...args, '--lang', 'en'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  return { status, stdout, stderr };
}

const pdf = (index: number, bytes = 10): { name: string; bytes: number } => ({
  name: `paper-${index}.pdf`,
  bytes,
});

interface Case {
  readonly title: string;
  readonly base: string;
  readonly change: Parameters<typeof materializeDossier>[2];
  /** Rule, code and place of the only finding; none where the dossier is right. */
  readonly expected: readonly (readonly [string, string, string])[];
}

const cases: readonly Case[] = [
  {
    title: 'a district in an address of 2026',
    base: 'increase',
    change: { set: { 'TK1-TS[1].DiaChiHuyen': '001' } },
    expected: [['D030', 'DISTRICT_ABOLISHED', 'TK1-TS[1].DiaChiHuyen']],
  },
  {
    title: 'a district in an address of June 2025 is no finding',
    base: 'card-change',
    change: { set: { 'TK1-TS[1].DiaChiHuyen': '001', 'TK1-TS.NgayLap': '30/06/2025' } },
    expected: [],
  },
  {
    title: 'a province of the 63 that was merged, after July 2025',
    base: 'card-change',
    change: { set: { 'TK1-TS[1].KhaiSinhTinh': '02' } },
    expected: [['D031', 'PROVINCE_CLOSED', 'TK1-TS[1].KhaiSinhTinh']],
  },
  {
    title: 'the same province in June 2025 is no finding',
    base: 'card-change',
    change: { set: { 'TK1-TS[1].KhaiSinhTinh': '02', 'TK1-TS.NgayLap': '30/06/2025' } },
    expected: [],
  },
  {
    title: 'the plan DL of D02-TS is a change of occupational insurance, and needs a wage',
    base: 'changes',
    change: { set: { 'D02-TS[1].pa': 'DL' }, remove: ['D02-TS[1].tienLuong'] },
    expected: [['D012', 'WAGE_MISSING', 'D02-TS[1].tienLuong']],
  },
  {
    title: 'the plan DL of D05-TS is another one, and has no wage',
    base: 'voluntary',
    change: { set: { 'D05-TS[1].PhuongAn': 'DL' } },
    expected: [],
  },
  {
    title: 'a plan of D05-TS on D02-TS',
    base: 'changes',
    change: { set: { 'D02-TS[1].pa': 'DT' } },
    expected: [['D010', 'PLAN_OF_OTHER_FORM', 'D02-TS[1].pa']],
  },
  {
    title: 'a person without a number and without the household appendix',
    base: 'increase',
    change: { remove: ['TK1-TS[1].appendix'] },
    expected: [['D021', 'APPENDIX_MISSING', 'TK1-TS[1]']],
  },
  {
    title: 'seven attachments',
    base: 'increase',
    change: { attachments: [1, 2, 3, 4, 5, 6, 7].map((index) => pdf(index)) },
    expected: [['D040', 'FILES_TOO_MANY', 'dossier']],
  },
  {
    title: '5.1 MB',
    base: 'increase',
    change: { attachments: [pdf(1, 5_347_738)] },
    expected: [['D041', 'FILES_TOO_LARGE', 'dossier']],
  },
  {
    title: 'N-37: a tax code with a wrong check digit',
    base: 'increase',
    change: {
      set: {
        'unit.MaSoThue': '9900000008',
        'D02-TS.MaSoThue': '9900000008',
        'TK1-TS.MaSoThue': '9900000008',
      },
    },
    expected: [['D052', 'MST_CHECK_DIGIT', 'unit.MaSoThue']],
  },
];

const judge = (dossier: Dossier, now: Date): readonly DossierFinding[] =>
  checkDossier(specifications, dossier, { now: () => now }).findings;

describe('the stated finding, through SDK and command', () => {
  const told = new Map<string, JsonReport['files'][number]>();
  beforeAll(async () => {
    const place = join(folder, 'cases');
    mkdirSync(place);
    for (const [index, { base, change }] of cases.entries()) {
      const { dossier } = materializeDossier(bases, base, change);
      writeFileSync(join(place, `${index}.xml`), await buildDossier(specifications, dossier));
    }
    const { status, stdout } = run('validate', 'cases', '--format', 'json');
    expect(status).toBe(1);
    for (const file of (JSON.parse(stdout) as JsonReport).files) told.set(basename(file.path, '.xml'), file);
  }, 180_000);

  test.each(cases.map((one, index) => [one.title, String(index), one] as const))(
    '%s',
    (_, name, { base, change, expected }) => {
      const { dossier, now } = materializeDossier(bases, base, change);
      const findings = judge(dossier, now);
      expect(findings.map(({ ruleId, code, path }) => [ruleId, code, path])).toEqual(expected);
      const file = told.get(name);
      expect(file?.findings.map((one) => [one.ruleId, one.code, one.path])).toEqual(expected);
      const isWrong = findings.some(({ severity }) => severity === 'error');
      expect(file?.verdict).toBe(isWrong ? 'invalid' : 'valid');
    },
  );
});

test('N-37: the digit that would be right is shown, in both languages', () => {
  const { dossier, now } = materializeDossier(bases, 'increase', { set: { 'unit.MaSoThue': '9900000008' } });
  const found = judge(dossier, now).find(({ ruleId }) => ruleId === 'D052');
  expect(found?.values).toEqual({ value: '9900000008', expected: '9' });
  for (const sentence of Object.values(found?.message ?? {})) expect(sentence).toContain('9');
});

test('a merged province is told with the one of today', () => {
  const { dossier, now } = materializeDossier(bases, 'card-change', {
    set: { 'TK1-TS[1].KhaiSinhTinh': '02' },
  });
  const [found] = judge(dossier, now);
  expect(found?.values).toEqual({ value: '02', successor: '08' });
});

describe('a dossier from tables', () => {
  const envelope = {
    provider: { MaIVAN: '99999', TenIVAN: 'Provider' },
    unit: {
      TenDoiTuong: 'Company',
      MaSoBHXH: 'ZZ0001A',
      MaSoThue: '9900000009',
      LoaiDoiTuong: '1',
      NguoiKy: 'Director',
      DienThoai: '0990000001',
      CoQuanQuanLy: '09901',
    },
    dossier: {
      TenThuTuc: 'Change',
      MaThuTuc: '600',
      KyKeKhai: '07/2026',
      NgayLap: '10/07/2026',
      QuyTrinhISO: '',
    },
  };
  const text = (value: string) => ({ value, type: String });
  const row = {
    stt: '1',
    pa: 'DC',
    Hoten: 'Nguyễn Văn Thử',
    Masobhxh: '9900000001',
    Ngaysinh: '02/03/1990',
    Gioitinh: '1',
    Cmnd: '099090000011',
    chucVu: 'Clerk',
    tienLuong: '8000000',
    tuThang: '07/2026',
    soQuyetDinh: '12/QD',
    ngayQuyetDinh: '01/07/2026',
  };

  test('JSON, our own columns, another layout and our own workbook give the same bytes', async () => {
    const header = {
      TenDonVi: 'Company',
      MaDonVi: 'ZZ0001A',
      MaSoThue: '9900000009',
      DienThoai: '0990000001',
    };
    const form = {
      form: 'D02-TS',
      header: { ...header, KyKeKhai: '07/2026', NgayLap: '10/07/2026' },
      rows: [{ values: row }],
    };
    writeFileSync(join(folder, 'unit.json'), JSON.stringify(envelope));
    writeFileSync(join(folder, 'whole.json'), JSON.stringify({ ...envelope, forms: [form] }));
    writeFileSync(
      join(folder, 'own.csv'),
      [Object.keys(row), Object.values(row)].map((cells) => cells.join(',')).join('\n'),
    );
    await writeWorkbook([
      { sheet: 'Other', data: [[text('x')]] },
      {
        sheet: 'Data',
        data: [
          ['List of the month'],
          ['Họ tên', 'Giới tính', 'Số sổ', 'Sinh', 'CCCD', 'Lương', 'Số QĐ', 'Ngày QĐ'],
          [row.Hoten, 'Nam', row.Masobhxh, '2/3/1990', row.Cmnd, '8.000.000', '12/QD', '2026-07-01'],
        ].map((cells) => cells.map(text)),
      },
    ]).toFile(join(folder, 'vendor.xlsx'));
    writeFileSync(
      join(folder, 'vendor.yaml'),
      `form: D02-TS
channel: words
sheet: Data
headingRow: 2
decimal: ','
columns: { Hoten: Họ tên, Gioitinh: Giới tính, Masobhxh: Số sổ, Ngaysinh: D, Cmnd: CCCD, tienLuong: Lương, soQuyetDinh: Số QĐ, ngayQuyetDinh: H }
constants: { pa: DC, chucVu: Clerk, tuThang: 07/2026 }
`,
    );
    expect(run('declarations', 'template', '600', '--out', 'template.xlsx').status).toBe(0);
    const facts = Object.entries(envelope).flatMap(([group, values]) =>
      Object.entries(values).map(([field, value]) => [group, field, value]),
    );
    await writeWorkbook([
      { sheet: 'HoSo', data: [['nhom', 'truong', 'giaTri'], ...facts].map((cells) => cells.map(text)) },
      { sheet: 'D02-TS', data: [Object.keys(row), Object.values(row)].map((cells) => cells.map(text)) },
    ]).toFile(join(folder, 'filled.xlsx'));
    const built = (name: string, ...args: readonly string[]): string => {
      const { status, stdout, stderr } = run('build', 'declaration', ...args, '--out', name);
      expect(status, `${name} ${stdout} ${stderr}`).toBe(0);
      return readFileSync(join(folder, name), 'utf8');
    };
    const whole = built('a.xml', '--from', 'whole.json');
    expect(built('b.xml', '--from', 'unit.json', '--table', 'D02-TS=own.csv')).toBe(whole);
    expect(built('c.xml', '--from', 'unit.json', '--table', 'vendor.xlsx', '--mapping', 'vendor.yaml')).toBe(
      whole,
    );
    expect(built('d.xml', '--from', 'filled.xlsx')).toBe(whole);

    writeFileSync(
      join(folder, 'bad.csv'),
      readFileSync(join(folder, 'own.csv'), 'utf8').replace(',1,099', ',Nam,099'),
    );
    writeFileSync(
      join(folder, 'bad.yaml'),
      `form: D02-TS\nchannel: portal\ncolumns: ${JSON.stringify(Object.fromEntries(Object.keys(row).map((code) => [code, code])))}\n`,
    );
    const refused = run(
      'build',
      'declaration',
      '--from',
      'unit.json',
      '--table',
      'bad.csv',
      '--mapping',
      'bad.yaml',
      '--out',
      'e.xml',
    );
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('bad.csv:2:Gioitinh: CHANNEL_CODE'),
    ]);
    const stray = run('build', 'declaration', '--from', 'unit.json', '--table', 'own.csv', '--out', 'e.xml');
    expect(stray.status).toBe(2);
  }, 180_000);

  test('its forms are printed as HTML and PDF, and one form alone', () => {
    expect(run('print', 'a.xml', '--out', 'a.html').status).toBe(0);
    expect(readFileSync(join(folder, 'a.html'), 'utf8')).toContain('Nguyễn Văn Thử');
    const { status, stdout, stderr } = run(
      'print',
      'a.xml',
      '--out',
      'a.pdf',
      '--only',
      'D02-TS',
      '--format',
      'json',
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'bhxh-print/1',
      forms: [{ form: 'D02-TS', rows: 1 }],
    });
    expect(readFileSync(join(folder, 'a.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect(run('print', 'a.xml', '--out', 'a.txt').status).toBe(2);
    expect(run('print', 'a.xml', '--out', 'b.html', '--only', 'TK3-TS').status).toBe(2);
    expect(run('print', 'none.xml', '--out', 'b.html').status).toBe(9);
  }, 180_000);
});
