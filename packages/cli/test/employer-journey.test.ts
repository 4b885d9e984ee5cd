// An employer's month with the built command and the built server: payrolls in, signed dossiers out, C12 back, to the đồng.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDossier } from '@bhxh/sdk/declarations';
import { openSpecifications } from '@bhxh/sdk/specifications';
import writeWorkbook from 'write-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const unit = 'ZZ0001A';

interface Ready {
  readonly url: string;
  readonly accounts: readonly {
    readonly role: string;
    readonly username: string;
    readonly password: string;
    readonly mst: string | null;
    readonly units?: readonly string[];
  }[];
  readonly unitKeys: readonly { readonly ref: string; readonly pinFile: string }[];
  readonly trust: readonly string[];
}

let folder: string;
let server: ChildProcess;
let ready: Ready;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-employer-'));
  const readyFile = join(folder, 'ready.json');
  server = spawn(process.execPath, [bhxh, 'mock', 'start', '--demo', '--ready-file', readyFile], {
    stdio: 'ignore',
  });
  for (let waited = 0; !existsSync(readyFile); waited += 50) {
    if (waited > 60_000) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
}, 90_000);

afterAll(() => {
  server.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

const account = () => ready.accounts.find(({ role, units }) => role === 'unit' && units?.includes(unit));

function run(...args: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...args, '--lang', 'en'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      BHXH_URL: ready.url,
      BHXH_UNIT: unit,
      BHXH_USERNAME: account()?.username,
      BHXH_PASSWORD: account()?.password,
    },
  });
  return { status, stdout, stderr };
}

/** The JSON of a command that must end with this code. */
function json<T>(exit: number, ...args: string[]): T {
  const { status, stdout, stderr } = run(...args, '--format', 'json');
  expect(status, `${args.join(' ')}\n${stderr}\n${stdout.slice(0, 2_000)}`).toBe(exit);
  return JSON.parse(stdout) as T;
}

type Row = Record<string, string | number>;

/** Somebody of a payroll; all numbers are of the reserved ranges. */
function person(index: number, own: Row = {}): Row {
  const isWoman = index % 2 === 0;
  return {
    identity: `099${isWoman ? '1' : '0'}90${String(index).padStart(6, '0')}`,
    number: `99${String(index).padStart(8, '0')}`,
    name: `Person ${index}`,
    birth: '02/03/1990',
    sex: isWoman ? '0' : '1',
    position: 'Clerk',
    wage: 6_000_000 + index * 1_000,
    status: '',
    decision: '',
    decisionDate: '',
    contractFrom: '',
    contractTo: '',
    effective: '',
    ...own,
  };
}

async function writePayroll(name: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(person(0));
  const cell = (value: string | number) =>
    typeof value === 'number' ? { value, type: Number } : { value, type: String };
  await writeWorkbook([
    columns.map(cell),
    ...rows.map((row) => columns.map((column) => cell(row[column] ?? ''))),
  ]).toFile(join(folder, name));
}

/** What the unit says of itself, and the TK1-TS of newcomers with their households. */
function writeUnit(name: string, month: string, newcomers: readonly Row[] = []): void {
  const period = `${month.slice(5)}/${month.slice(0, 4)}`;
  const mst = account()?.mst ?? '';
  const form = {
    form: 'TK1-TS',
    header: { TenDonVi: 'Company', MaDonVi: unit, MaSoThue: mst, KyKeKhai: period, NgayLap: '10/09/2026' },
    rows: newcomers.map(({ name: fullName, sex, birth, identity }, index) => ({
      values: {
        stt: String(index + 1),
        HoTen: fullName,
        GioiTinh: sex,
        NgaySinh: birth,
        QuocTich: 'VN',
        DanToc: '01',
        SoCccd: identity,
        KhaiSinhXa: '99001',
        KhaiSinhTinh: '99',
        DiaChiNhan: '1 Street',
        DiaChiXa: '99001',
        DiaChiTinh: '99',
        CoPhuLuc: '1',
        NoiKcb: '99002',
      },
      appendix: [{ HoTen: fullName, NgaySinh: birth, GioiTinh: sex, QuanHe: '00' }],
    })),
  };
  writeFileSync(
    join(folder, name),
    JSON.stringify({
      provider: { MaIVAN: '99999', TenIVAN: 'Provider' },
      unit: {
        TenDoiTuong: 'Company',
        MaSoBHXH: unit,
        MaSoThue: mst,
        LoaiDoiTuong: '1',
        NguoiKy: 'Director',
        DienThoai: '0990000001',
        CoQuanQuanLy: '09901',
      },
      dossier: {
        TenThuTuc: 'Change',
        MaThuTuc: '600',
        KyKeKhai: period,
        NgayLap: '10/09/2026',
        QuyTrinhISO: '',
      },
      forms: newcomers.length === 0 ? [] : [form],
    }),
  );
}

/** An implementation of XML Signature that this project did not write, at the time of the moved clock. */
function xmlsecAccepts(name: string, anchor: string): boolean {
  const { status } = spawnSync(
    'xmlsec1',
    [
      '--verify',
      '--id-attr:Id',
      'Object',
      '--trusted-pem',
      anchor,
      '--verification-time',
      inTwentyDays(),
      name,
    ],
    { cwd: folder },
  );
  return status === 0;
}

function inTwentyDays(): string {
  return new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
}

interface Status {
  readonly dossiers: readonly {
    readonly maGiaoDich: string;
    readonly state: string;
    readonly sha256: string;
    readonly soHoSo: string | null;
    readonly batch: number;
    readonly reasons: readonly { readonly code: string; readonly at?: string }[];
    readonly documents: readonly { readonly id: string; readonly form: string; readonly name: string }[];
  }[];
}

/** Two payrolls become a signed dossier that is sent, decided and answered; the folder holds what came back. */
function declare(month: string, before: string, after: string, name: string): Status['dossiers'][number] {
  expect(
    run(
      'declarations',
      'diff',
      before,
      after,
      '--month',
      month,
      '--from',
      `${name}.unit.json`,
      '--out',
      `${name}.json`,
    ).status,
  ).toBe(0);
  const [key] = ready.unitKeys;
  const built = run(
    'build',
    'declaration',
    '--from',
    `${name}.json`,
    '--out',
    `${name}.xml`,
    '--key',
    key?.ref ?? '',
    '--pin-file',
    key?.pinFile ?? '',
  );
  expect(built.status, built.stdout.slice(0, 2_000) + built.stderr).toBe(0);
  expect(run('validate', `${name}.xml`, '--require-signature').status).toBe(0);
  const { items } = json<{ items: { state: string; receipt: { id: string } }[] }>(0, 'submit', `${name}.xml`);
  expect(items.map(({ state }) => state)).toEqual([expect.stringMatching(/accepted|confirmed/)]);
  const id = items[0]?.receipt.id ?? '';
  expect(run('mock', 'clock', 'advance', '14d', '--ready-file', 'ready.json').status).toBe(0);
  const { dossiers } = json<Status>(0, 'status', id, '--watch', '--out', name);
  return dossiers[0] as Status['dossiers'][number];
}

test('five hundred people and forty changes go from payroll to C12, which agrees to the đồng', async () => {
  const decided = { decision: '1/QD', decisionDate: '01/09/2026' };
  const all = Array.from({ length: 500 }, (_, at) => person(1_001 + at));
  const away = all.map((row, at) => (at < 3 ? { ...row, status: 'maternity' } : row));
  const newcomers = Array.from({ length: 6 }, (_, at) =>
    person(3_001 + at, { number: '', contractFrom: '01/09/2026' }),
  );
  const september = [
    ...away.flatMap((row, at): Row[] => {
      if (at < 3) return [{ ...row, status: 'working', wage: Number(row['wage']) + 10_000 }];
      if (at < 8) return [{ ...row, status: 'left', ...decided }];
      if (at < 10) return [{ ...row, status: 'left', ...decided, effective: '08/2026' }];
      if (at < 16) return [{ ...row, wage: Number(row['wage']) + 500_000, ...decided }];
      if (at < 18) return [{ ...row, wage: Number(row['wage']) + 700_000, ...decided, effective: '08/2026' }];
      if (at < 20) return [{ ...row, wage: Number(row['wage']) - 100_000, ...decided, effective: '08/2026' }];
      if (at < 23) return [{ ...row, position: 'Lead', ...decided }];
      if (at < 26) return [{ ...row, status: 'maternity' }];
      if (at < 29) return [{ ...row, status: 'sickness' }];
      if (at < 31) return [{ ...row, status: 'unpaid' }];
      return [row];
    }),
    ...newcomers,
    person(4_001),
    person(4_002),
    person(4_003, { effective: '08/2026' }),
  ];
  await writePayroll('none.xlsx', []);
  await writePayroll('all.xlsx', all);
  await writePayroll('august.xlsx', away);
  await writePayroll('september.xlsx', september);
  writeUnit('first.unit.json', '2026-08');
  writeUnit('second.unit.json', '2026-08');
  writeUnit('third.unit.json', '2026-09', newcomers);

  expect(declare('2026-08', 'none.xlsx', 'all.xlsx', 'first')).toMatchObject({
    state: 'completed',
    batch: 1,
    reasons: [],
  });
  expect(declare('2026-08', 'all.xlsx', 'august.xlsx', 'second')).toMatchObject({
    state: 'completed',
    batch: 2,
    reasons: [],
  });
  const { rows } = json<{ rows: { plan: string }[] }>(
    0,
    'declarations',
    'diff',
    'august.xlsx',
    'september.xlsx',
    '--month',
    '2026-09',
  );
  const plans = new Set(rows.map(({ plan }) => plan));
  expect([...plans].sort()).toEqual(['AD', 'CD', 'DC', 'GH', 'KL', 'OF', 'ON', 'SB', 'TD', 'TM', 'TS']);
  // Every change is one row, and those that began earlier have a second one: two leavers, four wages and one who joined.
  expect(rows).toHaveLength(40 + 7);
  const third = declare('2026-09', 'august.xlsx', 'september.xlsx', 'third');
  expect(third).toMatchObject({ state: 'completed', reasons: [] });
  expect(third.soHoSo).toMatch(/^\d{5}\/\d{4}\/09901$/);
  expect(third.documents.map(({ name }) => name).sort()).toEqual([
    'C12-TS',
    'KET-QUA',
    'THE-BHYT',
    'TIEP-NHAN',
    'XAC-NHAN',
  ]);

  // The dossier that went over the gateway, its forms, and all that came back: xmlsec1 accepts every signature.
  const sent = readFileSync(join(folder, 'third.xml'));
  expect(createHash('sha256').update(sent).digest('hex')).toBe(third.sha256);
  const { files } = readDossier(openSpecifications(undefined, { overlay: 'synthetic' }), sent);
  const forms = files.map(({ name, bytes }) => {
    writeFileSync(join(folder, name), bytes);
    return name;
  });
  expect(forms).toHaveLength(2);
  const [ownRoot = '', officeRoot = ''] = ready.trust;
  for (const name of ['third.xml', ...forms])
    expect([name, xmlsecAccepts(name, ownRoot)]).toEqual([name, true]);
  expect(xmlsecAccepts('third.xml', officeRoot)).toBe(false);
  const returned = readdirSync(join(folder, 'third')).filter((name) => name.endsWith('.xml'));
  expect(returned.length).toBeGreaterThanOrEqual(5);
  for (const name of returned)
    expect([name, xmlsecAccepts(join('third', name), officeRoot)]).toEqual([name, true]);

  // Notices and results are signed by the office, whose root is not the employer's.
  const verified = run(
    'verify',
    'third',
    '--trust',
    ready.trust[1] ?? '',
    '--profile',
    'declaration-xml',
    '--at',
    'now',
  );
  expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  expect(
    run('verify', 'third', '--trust', ready.trust[0] ?? '', '--profile', 'declaration-xml', '--at', 'now')
      .status,
  ).toBe(1);

  const roster = september.filter(({ status }) => status !== 'left');
  writeFileSync(
    join(folder, 'roster.csv'),
    [
      'key,salary,absence',
      ...roster.map(
        ({ identity, wage, status }) => `${identity},${wage},${status === 'working' ? '' : status}`,
      ),
    ].join('\n'),
  );
  const c12 = readdirSync(join(folder, 'third')).find((file) => file.includes('C12-TS')) ?? '';
  const agreed = json<{ findings: unknown[]; declared: { total: number } }>(
    0,
    'c12',
    'reconcile',
    join('third', c12),
    '--roster',
    'roster.csv',
    '--month',
    '2026-09',
  );
  expect(agreed.findings).toEqual([]);
  expect(agreed.declared.total).toBeGreaterThan(1_000_000_000);
  // One đồng more in one wage's contribution is found.
  writeFileSync(
    join(folder, 'wrong.csv'),
    readFileSync(join(folder, 'roster.csv'), 'utf8').replace(
      /,(\d+),\n/,
      (_, wage: string) => `,${Number(wage) + 100},\n`,
    ),
  );
  expect(
    run('c12', 'reconcile', join('third', c12), '--roster', 'wrong.csv', '--month', '2026-09').status,
  ).toBe(1);

  const shown = json<{ signature: string; lines: { line: string; total: number; bhxh: number }[] }>(
    0,
    'c12',
    'show',
    '--month',
    '2026-09',
    '--trust',
    ready.trust[1] ?? '',
    '--out',
    'c12.xml',
  );
  expect(shown.signature).toBe('valid');
  const line = (name: string): number => shown.lines.find((one) => one.line === name)?.total ?? Number.NaN;
  expect([line('A.1'), line('B.1.1'), line('B.1.2'), line('Đ.1')]).toEqual([497, 12, 15, 494]);
  expect(line('B.3')).toBe(agreed.declared.total);

  const [first] = newcomers;
  const found = json<{ found: boolean; participation: string; bhxhNumber: string }>(
    0,
    'lookup',
    'person',
    String(first?.['identity']),
    '--name',
    String(first?.['name']),
    '--birth',
    '02/03/1990',
    '--reveal',
  );
  expect(found).toMatchObject({
    found: true,
    participation: 'working',
    bhxhNumber: expect.stringMatching(/^99\d{8}$/),
  });
  expect(json<{ unit: { agency: string } }>(0, 'lookup', 'unit').unit.agency).toBe('09901');
  expect(json(6, 'lookup', 'household', '9900000001', '--name', 'Nobody')).toEqual({
    schema: 'bhxh-lookup-household/1',
    found: false,
    members: [],
  });
}, 300_000);

test('a wrong row of each kind is the right finding, and nothing is sent', async () => {
  const sent = (): number => json<Status>(0, 'status').dossiers.length;
  const before = sent();
  const base = [person(1_100), person(1_101), person(1_102)];
  await writePayroll('was.xlsx', base);
  writeUnit('wrong.unit.json', '2026-09');
  const changed = (own: Row): readonly Row[] => [{ ...base[0], ...own } as Row, ...base.slice(1)];
  const cases: readonly (readonly [string, readonly Row[]])[] = [
    ['ROW_IDENTITY', changed({ identity: '' })],
    ['ROW_TWICE', [...base, base[0] as Row]],
    ['ROW_WAGE', changed({ wage: 'many' })],
    ['ROW_STATUS', changed({ status: 'asleep' })],
    ['D016', changed({ wage: 7_500_000 })],
    ['D003', [...base, person(4_100, { birth: '31/02/1990' })]],
    ['D001', [...base, person(4_101, { position: '' })]],
    ['D002', [...base, person(4_102, { position: 'x'.repeat(501) })]],
    ['D004', [...base, person(4_103, { sex: '7' })]],
    ['D012', [...base, person(4_104, { wage: 0 })]],
    ['D019', [...base, person(4_105, { contractFrom: '01/09/2026', contractTo: '01/09/2030' })]],
    ['D020', [...base, person(4_106, { number: '' })]],
    ['D011', changed({ number: '', status: 'maternity' })],
  ];
  for (const [rule, rows] of cases) {
    await writePayroll('is.xlsx', rows);
    const { status, stdout, stderr } = run(
      'declarations',
      'diff',
      'was.xlsx',
      'is.xlsx',
      '--month',
      '2026-09',
      '--from',
      'wrong.unit.json',
      '--out',
      'wrong.json',
      '--force',
    );
    expect([rule, status], stdout + stderr).toEqual([rule, 1]);
    const said = stdout + stderr;
    const found = new Set([...said.matchAll(/\b(ROW_[A-Z]+|D\d{3})\b/g)].map(([code]) => code));
    expect([...found], said).toEqual([rule]);
    if (rule === 'D016') {
      const built = run('build', 'declaration', '--from', 'wrong.json', '--out', 'wrong.xml');
      expect([rule, built.status]).toEqual([rule, 1]);
    }
    expect([rule, existsSync(join(folder, 'wrong.xml'))]).toEqual([rule, false]);
  }
  expect(sent()).toBe(before);
}, 300_000);

test('a dossier that the office rejects says why, and ends with the code of a rejection', async () => {
  await writePayroll('empty.xlsx', []);
  await writePayroll('unknown.xlsx', [person(999_001, { identity: '099090999001' })]);
  writeUnit('rejected.unit.json', '2026-09');
  const [key] = ready.unitKeys;
  expect(
    run(
      'declarations',
      'diff',
      'empty.xlsx',
      'unknown.xlsx',
      '--month',
      '2026-09',
      '--from',
      'rejected.unit.json',
      '--out',
      'rejected.json',
    ).status,
  ).toBe(0);
  expect(
    run(
      'build',
      'declaration',
      '--from',
      'rejected.json',
      '--out',
      'rejected.xml',
      '--key',
      key?.ref ?? '',
      '--pin-file',
      key?.pinFile ?? '',
    ).status,
  ).toBe(0);
  const { items } = json<{ items: { receipt: { id: string } }[] }>(0, 'submit', 'rejected.xml');
  expect(run('mock', 'clock', 'advance', '2d', '--ready-file', 'ready.json').status).toBe(0);
  const { dossiers } = json<Status>(6, 'status', items[0]?.receipt.id ?? '', '--watch');
  expect(dossiers[0]).toMatchObject({
    state: 'rejected',
    reasons: [{ code: 'identity-not-verified', at: 'D02-TS[1]' }],
  });
}, 120_000);
