import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('the day ends with a confirmed reconciliation, three traces and one reversal, to the đồng', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-bank-day-'));
  try {
    const script = join(import.meta.dirname, '..', 'bank-day.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toEqual({
      doubled: 1,
      first: { verdict: 'mismatch', classes: { AMOUNT_DIFFERS: 1, MISSING_IN_BOOK: 1, REVERSED_AT_BANK: 1 } },
      second: { verdict: 'matched', classes: {}, proof: true },
      moved: 6_448_400,
      bank: 6_448_400,
      suspense: 700_000,
    });
    expect(readdirSync(folder).toSorted()).toEqual([
      'reconciliation.json',
      'statement.xml',
      'trace-1.xml',
      'trace-2.xml',
      'trace-3.xml',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
