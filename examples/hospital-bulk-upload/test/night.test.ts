import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const script = join(import.meta.dirname, '..', 'night.mjs');
const long = process.env['BHXH_TEST_LONG'] === '1';

interface Result {
  readonly sent: number;
  readonly toCorrect: number;
  readonly held: { readonly missing: number; readonly doubled: number; readonly foreign: number } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly key: string;
}

function night(claims: number, ...words: string[]): { folder: string; result: Result; text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-night-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, folder, '--claims', String(claims), ...words],
    { encoding: 'utf8' },
  );
  expect(status, stderr).toBe(0);
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Result;
  return { folder, result, text: stdout };
}

test(
  'a night with a bad line and a power cut ends with every claim at the gateway once, and a report that says so',
  () => {
    const { folder, result, text } = long ? night(2_400) : night(16, '--outage', '0');
    try {
      const { sent, toCorrect, held, counts } = result;
      expect(sent + toCorrect).toBe(long ? 2_400 : 16);
      expect(held).toMatchObject({ missing: 0, doubled: 0, foreign: 0 });
      expect((counts['accepted'] ?? 0) + (counts['confirmed'] ?? 0)).toBe(sent);
      expect(readdirSync(join(folder, 'inbox', 'done'))).toHaveLength(sent);
      expect(text).toContain(`Không mất, không trùng: ${sent} hồ sơ`);
      const html = readFileSync(join(folder, 'morning.html'), 'utf8');
      expect(html).toContain('<html lang="vi">');
      expect(html).toContain('Không mất, không trùng');
      expect(html).not.toMatch(/HO_TEN|<script/);
      if (existsSync('/usr/lib/softhsm/libsofthsm2.so')) expect(result.key).toBe('token (SoftHSM)');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  long ? 3_600_000 : 300_000,
);
