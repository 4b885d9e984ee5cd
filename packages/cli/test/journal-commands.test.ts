// What is told after the night: `journal report`, `receipts export` and `reconcile` in their formats, announced maintenance, the final table.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createClient } from '@bhxh/sdk';
import { smallClaim } from '../../sdk/test/fault-gateway.ts';
import { submittingWorld } from './submitting-world.ts';

const world = submittingWorld('journal');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const linesOf = (csv: string): string[][] =>
  csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));

/** Two claims that are accepted and one file that cannot be sent. */
async function sendThree(): Promise<string[]> {
  const { paths } = world.freshClaims('in', 2);
  writeFileSync(join(world.folder, 'in', 'zz-broken.xml'), '<GIAMDINHHS>');
  const sent = await world.run(['submit', 'in']);
  expect(sent.status, sent.stderr).toBe(6);
  return paths;
}

describe('journal report', () => {
  test('lists every item in each format, and only the days and the state that were asked for', async () => {
    const paths = await sendThree();
    const json = await world.run(['journal', 'report', '--format', 'json']);
    const report = JSON.parse(json.stdout) as { schema: string; items: Record<string, unknown>[] };
    expect(json.status, json.stderr).toBe(0);
    expect(report.schema).toBe('bhxh-journal-report/1');
    expect(report.items).toMatchObject(
      paths.map((path) => ({
        path: `in/${basename(path)}`,
        sha256: sha256(readFileSync(path)),
        state: 'accepted',
        attempts: 1,
      })),
    );

    const [heading, ...rows] = linesOf((await world.run(['journal', 'report', '--format', 'csv'])).stdout);
    expect(heading).toContain('maGiaoDich');
    expect(rows.map(([, state]) => state)).toEqual(['accepted', 'accepted']);

    const junit = await world.run(['journal', 'report', '--format', 'junit']);
    expect(junit.stdout.match(/<testcase /g)).toHaveLength(2);
    expect(JSON.parse((await world.run(['journal', 'report', '--format', 'sarif'])).stdout)).toMatchObject({
      version: '2.1.0',
    });
    expect((await world.run(['journal', 'report', '--format', 'html'])).stdout).toContain('<!doctype html>');

    const earlier = await world.run(['journal', 'report', '--to-day', '2020-01-01', '--format', 'json']);
    expect((JSON.parse(earlier.stdout) as typeof report).items).toEqual([]);
    const open = await world.run(['journal', 'report', '--state', 'unknown', '--format', 'json']);
    expect((JSON.parse(open.stdout) as typeof report).items).toEqual([]);
  });

  test('of no journal says so', async () => {
    const none = await world.run(['journal', 'report', '--journal', 'none.journal']);
    expect(none.status).toBe(9);
    expect(none.stderr).toContain('none.journal');
  });
});

describe('receipts export', () => {
  test('writes the exact bytes that were sent, readable by their owner only, and never over others', async () => {
    const paths = await sendThree();
    const exported = await world.run(['receipts', 'export', '--out', 'kept', '--format', 'json']);
    expect(exported.status, exported.stderr).toBe(0);
    expect(JSON.parse(exported.stdout)).toMatchObject({ schema: 'bhxh-receipts-export/1', exported: 2 });
    const [heading, ...rows] = linesOf(readFileSync(join(world.folder, 'kept', 'receipts.csv'), 'utf8'));
    const column = (name: string): number => heading!.indexOf(name);
    expect(rows).toHaveLength(2);
    for (const [at, row] of rows.entries()) {
      const bytes = readFileSync(join(world.folder, 'kept', row[column('file')]!));
      expect(bytes.equals(readFileSync(paths[at]!))).toBe(true);
      expect(row[column('sha256')]).toBe(sha256(bytes));
      expect(row[column('maGiaoDich')]).not.toBe('');
    }
    if (process.platform !== 'win32')
      expect(statSync(join(world.folder, 'kept')).mode & 0o077, 'a folder of patients').toBe(0);

    const again = await world.run(['receipts', 'export', '--out', 'kept']);
    expect(again.status, 'nothing is overwritten').toBe(2);
    expect((await world.run(['receipts', 'export', '--out', 'kept', '--force'])).status).toBe(0);
    const one = await world.run(['receipts', 'export', '2', '--out', 'one']);
    expect(one.status, one.stderr).toBe(0);
    expect(readdirSync(join(world.folder, 'one')).sort()).toEqual([
      `2-${basename(paths[1]!)}`,
      'receipts.csv',
    ]);
    expect((await world.run(['receipts', 'export', '99', '--out', 'two'])).status).toBe(2);
    expect(existsSync(join(world.folder, 'two', 'receipts.csv'))).toBe(false);
  });
});

describe('reconcile', () => {
  test('names what only the server has, in each format, and confirms the rest', async () => {
    await sendThree();
    const { account } = world.server;
    const client = createClient({
      environment: 'mock',
      url: world.server.url,
      facility: '99001',
      credentials: account,
      now: () => new Date(),
    });
    const foreign = smallClaim(900_001);
    await client.sendClaim(foreign);
    await client.close();

    interface Reconciled {
      readonly counts: Record<string, number>;
      readonly differences: readonly { kind: string; sha256: string }[];
    }
    const json = await world.run(['reconcile', '--format', 'json']);
    expect(json.status, json.stderr).toBe(0);
    const { counts, differences } = JSON.parse(json.stdout) as Reconciled;
    expect(counts).toMatchObject({ confirmed: 2, missing: 0, doubled: 0 });
    expect(differences.map((difference) => difference.sha256)).toContain(sha256(foreign));
    expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(['foreign']));

    const [heading, ...rows] = linesOf((await world.run(['reconcile', '--format', 'csv'])).stdout);
    expect(heading).toEqual(['kind', 'key', 'receipt', 'sha256', 'path']);
    expect(rows.map(([kind]) => kind)).toContain('foreign');
    const sarif = JSON.parse((await world.run(['reconcile', '--format', 'sarif'])).stdout) as {
      runs: { results: { ruleId: string; level: string }[] }[];
    };
    expect(sarif.runs[0]!.results).toContainEqual(
      expect.objectContaining({ ruleId: 'RECONCILE_FOREIGN', level: 'note' }),
    );
    expect((await world.run(['reconcile', '--format', 'junit'])).stdout).toContain('<testsuite');
    expect((await world.run(['reconcile', '--format', 'html'])).stdout).toContain('RECONCILE_FOREIGN');
    expect((await world.run(['reconcile'])).stdout).toContain(sha256(foreign).slice(0, 16));
  });
});

describe('announced maintenance in the configuration', () => {
  const announce = (from: string, to: string): void =>
    writeFileSync(join(world.folder, 'bhxh.config.yaml'), `maintenance:\n  - { from: ${from}, to: ${to} }\n`);

  test('keeps everything planned, says until when, and the table names the class that the run ends with', async () => {
    world.freshClaims('in', 2);
    announce('2020-01-01T00:00:00+07:00', '2099-01-01T04:00:00+07:00');
    const stopped = await world.run(['submit', 'in']);
    expect(stopped.status, stopped.stderr).toBe(5);
    expect(stopped.stderr).toContain('ERR_MAINTENANCE_ANNOUNCED');
    expect(stopped.stderr).toContain('2098-12-31T21:00:00.000Z');
    expect(stopped.stdout).toMatch(/planned\s+2\s+5\b/);
    expect(world.proxy.uploads).toBe(0);

    announce('2020-01-01T00:00:00+07:00', '2020-01-02T00:00:00+07:00');
    const resumed = await world.run(['submit', '--resume']);
    expect(resumed.status, resumed.stderr).toBe(0);
    expect(world.proxy.passed).toHaveLength(2);
  });

  test('that is no span of time is wrong configuration, before anything is read', async () => {
    world.freshClaims('in', 1);
    announce('soon', '2099-01-01T04:00:00+07:00');
    const refused = await world.run(['submit', 'in']);
    expect(refused.status, refused.stderr).toBe(2);
    expect(refused.stderr).toContain('maintenance');
    expect(world.proxy.uploads).toBe(0);
  });
});

test('work that is left for no other reason is of class 7 in the table and at the end', async () => {
  world.freshClaims('in', 1);
  const stopped = await world.run(['submit', 'in', '--until', '2020-01-01T00:00']);
  expect(stopped.status, stopped.stderr).toBe(7);
  expect(stopped.stdout).toMatch(/planned\s+1\s+7\b/);
});
