import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('two units are declared, followed by webhooks and reconciled to the đồng; wrong rows and forged webhooks are refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-ivan-'));
  try {
    const script = join(import.meta.dirname, '..', 'month.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const result = JSON.parse(stdout) as {
      readonly declared: Readonly<Record<string, unknown>>;
      readonly wrong: unknown;
      readonly forged: unknown;
      readonly closed: unknown;
      readonly units: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
    };
    expect(result.declared).toEqual({
      ZZ0002A: { status: 202, rows: 3, state: 'accepted' },
      ZZ0003A: { status: 202, rows: 2, state: 'accepted' },
      november: { status: 202, rows: 3, state: 'accepted' },
    });
    expect(result.wrong).toEqual({ status: 422, rules: ['D012'] });
    expect(result.forged).toEqual({ status: 400, body: { code: 'ERR_WEBHOOK_SIGNATURE' } });
    // 5,310,000 twice and 7,450,000 at 32 %; then 6,000,000 alone.
    const agreed = (month: string, due: number) => ({ month, due, declared: due, findings: [] });
    expect(result.closed).toEqual(agreed('10/2026', 5_782_400));
    const done = { state: 'completed', notices: 5, reasons: [] };
    // Both were on their way; either may be taken up first.
    const early: unknown = expect.stringMatching(/^0000[12]\/2026\/09901$/);
    expect(result.units).toEqual({
      ZZ0002A: [
        { ...done, number: early, statement: agreed('10/2026', 5_782_400) },
        { ...done, number: '00003/2026/09901', statement: agreed('11/2026', 1_920_000) },
      ],
      ZZ0003A: [{ ...done, number: early, statement: agreed('10/2026', 3_398_400) }],
    });
    // A journal for each unit, and what came back beside it.
    for (const unit of ['ZZ0002A', 'ZZ0003A']) {
      expect(existsSync(join(folder, unit, 'sent.journal'))).toBe(true);
      expect(readdirSync(join(folder, unit)).filter((name) => name.endsWith('C12-TS.xml')).length).toBe(
        result.units[unit]?.length,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
