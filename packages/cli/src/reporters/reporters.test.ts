import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { vi } from '../messages/vi.ts';
import { addToSummary, emptySummary, openReporter, type ReportFile } from './reporter.ts';

const finding = {
  ruleId: 'R030',
  code: 'DATE_ORDER',
  severity: 'error',
  origin: 'legal',
  ruleset: 'qd3176-2024',
  record: { index: 0, key: 'SYN***001', department: 'K01' },
  path: 'XML1/TONG_HOP[1]/NGAY_RA',
  line: 3,
  column: 7,
  values: {},
  message: { vi: 'Ngày ra <viện> trước "ngày vào"', en: 'Out before in' },
  hint: { vi: '=Sửa NGAY_RA', en: 'Correct NGAY_RA' },
  legal: [{ text: 'qd4750-2023', at: 'XML1' }],
} as const;

const files: readonly ReportFile[] = [
  {
    path: 'hồ sơ/a b.xml',
    sha256: 'ab'.repeat(32),
    kind: 'GIAMDINHHS',
    verdict: 'invalid',
    steps: [],
    findings: [finding, { ...finding, ruleId: 'R090', severity: 'warning' }],
    signatures: [],
  },
  {
    path: 'ok.xml',
    sha256: 'cd'.repeat(32),
    kind: 'GIAMDINHHS',
    verdict: 'valid',
    steps: [],
    findings: [],
    signatures: [],
  },
  { path: 'x.txt', sha256: null, kind: null, verdict: 'skipped', steps: [], findings: [], signatures: [] },
  {
    path: 'bad.xml',
    sha256: null,
    kind: null,
    verdict: 'undetermined',
    steps: [],
    findings: [],
    signatures: [],
  },
];

async function report(format: string): Promise<string> {
  let text = '';
  const reporter = await openReporter(format, {
    write: (part) => {
      text += part;
    },
    language: 'vi',
    messages: vi,
    specsHash: 'f'.repeat(64),
    toolVersion: '1.2.3',
    colour: false,
    now: () => new Date('2026-11-21T00:00:00Z'),
    title: 'validate',
  });
  const summary = emptySummary();
  for (const file of files) {
    reporter.file(file);
    addToSummary(summary, file);
  }
  reporter.end(summary);
  return text;
}

test('json is one document with every file and the summary', async () => {
  const document = JSON.parse(await report('json')) as { schema: string; files: unknown[]; summary: unknown };
  expect(document.schema).toBe('bhxh-report/1');
  expect(document.files).toHaveLength(4);
  expect(document.summary).toEqual({
    valid: 1,
    invalid: 1,
    skipped: 1,
    undetermined: 1,
    findings: { error: 1, warning: 1, info: 0 },
  });
});

test('sarif is accepted by an independent validator', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-sarif-'));
  try {
    writeFileSync(join(folder, 'report.sarif'), await report('sarif'));
    const multitool = createRequire(import.meta.url)('@microsoft/sarif-multitool') as string;
    chmodSync(multitool, 0o755);
    try {
      execFileSync(
        multitool,
        [
          'validate',
          'report.sarif',
          '--output',
          'checked.sarif',
          '--level',
          'Error',
          '--log',
          'ForceOverwrite',
        ],
        {
          cwd: folder,
          env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
          stdio: 'pipe',
        },
      );
    } catch (error) {
      throw new Error(String((error as { stdout?: Buffer }).stdout ?? error), { cause: error });
    }
    const checked = JSON.parse(
      readFileSync(join(folder, 'checked.sarif'), 'utf8').replace(/^\uFEFF/, ''),
    ) as {
      runs: { results: { level?: string; ruleId: string }[] }[];
    };
    expect(checked.runs[0]?.results.filter((result) => result.level === 'error')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('junit is read back by an independent reader with its failures, skips and errors', async () => {
  const text = await report('junit');
  expect(XMLValidator.validate(text)).toBe(true);
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(text) as {
    testsuites: { testsuite: Record<string, string>[] };
  };
  const suites = parsed.testsuites.testsuite;
  expect(suites.map((suite) => [suite['@_failures'], suite['@_errors'], suite['@_skipped']])).toEqual([
    ['1', '0', '0'],
    ['0', '0', '0'],
    ['0', '0', '1'],
    ['0', '1', '0'],
  ]);
});

test('csv keeps Vietnamese readable for Excel and defuses formulas', async () => {
  const text = await report('csv');
  expect(text.startsWith('\uFEFFfile,')).toBe(true);
  expect(text).toContain(`'=Sửa NGAY_RA`);
  expect(text).toContain('"Ngày ra <viện> trước ""ngày vào"""');
});

test('html stands alone, escapes what it shows and counts by rule and department', async () => {
  const text = await report('html');
  expect(text).not.toMatch(/<script|https?:\/\/|src=|@import/);
  expect(text).toContain('Ngày ra &lt;viện&gt; trước &quot;ngày vào&quot;');
  expect(text).toContain('K01');
  expect(text).toContain('R090');
});

test('github annotations name file, line and rule', async () => {
  expect(await report('github')).toContain('::error file=hồ sơ/a b.xml,line=3,col=7,title=R030::Ngày ra');
});

test('text shows the problem, the next step and a summary', async () => {
  const text = await report('text');
  expect(text).toContain('lỗi R030 XML1/TONG_HOP[1]/NGAY_RA (dòng 3:7)');
  expect(text).toContain('1 hợp lệ, 1 không hợp lệ, 1 bỏ qua, 1 chưa xác định');
});
