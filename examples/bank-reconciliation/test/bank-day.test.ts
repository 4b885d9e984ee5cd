import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'bhxh-bank-day-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, place: string): unknown {
  const path = join(import.meta.dirname, '..', script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, place], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as unknown;
}

test('the day ends with a confirmed reconciliation, three traces and one reversal, to the đồng', () => {
  const place = join(folder, 'own');
  expect(run('bank-day.mjs', place)).toEqual({
    doubled: 1,
    first: { verdict: 'mismatch', classes: { AMOUNT_DIFFERS: 1, MISSING_IN_BOOK: 1, REVERSED_AT_BANK: 1 } },
    second: { verdict: 'matched', classes: {}, settled: 3, proof: true },
    moved: 6_448_400,
    bank: 6_448_400,
    suspense: 700_000,
  });
  expect(readdirSync(place).toSorted()).toEqual([
    'reconciliation.json',
    'statement.xml',
    'trace-1.xml',
    'trace-2.xml',
    'trace-3.xml',
  ]);
}, 120_000);

test('over the gateway a bank and an office end the same day with one signed confirmation', () => {
  const place = join(folder, 'gateway');
  expect(run('gateway-day.mjs', place)).toEqual({
    notified: 5,
    suspense: 1,
    reversed: ['REVERSED'],
    first: { state: 'MISMATCH', differences: ['AMOUNT_DIFFERS', 'MISSING_IN_BOOK'] },
    traces: ['CLOSED INFO', 'CLOSED MODI', 'CLOSED INFO'],
    second: { state: 'MATCHED', matched: 9 },
    confirmed: 'SENT_MATCHED',
    net: 6_448_400,
    balance: 6_448_400,
    statement: { closing: 6_448_400, lines: 9 },
  });
  expect(readFileSync(join(place, 'confirmation.xml'), 'utf8')).toContain('<SignatureValue>');
}, 120_000);
