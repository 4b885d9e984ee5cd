import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isIntact, type Certificate } from '@bhxh/mock-server/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bhxh, runBhxh, startServer, type ServerProcess, type Surroundings } from './bhxh-process.ts';

let folder: string;
let server: ServerProcess;
let around: Surroundings;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-conformance-'));
  server = await startServer(folder);
  around = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } };
}, 120_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const run = (...words: string[]) => runBhxh(['conformance', ...words], around);

describe('bhxh conformance run', () => {
  it('replays a whole suite against a server in another process and writes a certificate in both forms', async () => {
    const { status, stdout } = await run(
      'run',
      '--ready-file',
      'ready.json',
      '--suite',
      'claims',
      '--certificate',
      'claims.json',
    );
    expect([status, stdout.split('\n')[0]]).toEqual([0, 'Conformance of a server: CONFORMS']);
    const certificate = JSON.parse(readFileSync(join(folder, 'claims.json'), 'utf8')) as Certificate;
    expect([certificate.conforms, isIntact(certificate)]).toEqual([true, true]);
    expect(readFileSync(join(folder, 'claims.json.txt'), 'utf8')).toContain(certificate.number);
    expect(certificate.summary).toMatchObject({ failed: 0, skipped: 0, undetermined: 0 });
    const secrets = server.ready.accounts.map(({ password }) => password);
    for (const secret of secrets) expect(JSON.stringify(certificate)).not.toContain(secret);
  }, 120_000);

  it('ends with 1 and names the case when one fails, in every form of report', async () => {
    const ready = JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8')) as { accounts: object[] };
    // Accounts that the server does not know by these passwords: no case can begin.
    const accounts = ready.accounts.map((account) => ({ ...account, password: 'another' }));
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ ...ready, accounts }));
    const wrong = ['run', '--ready-file', 'wrong.json', '--case', 'CLAIMS-TOKEN-01'];
    const marks: Readonly<Record<string, RegExp>> = {
      text: /CLAIMS-TOKEN-01 {2}failed/,
      junit: /<failure type="CONFORMANCE_FAILED"/,
      html: /CLAIMS-TOKEN-01/,
      csv: /CONFORMANCE_FAILED/,
    };
    const results = await Promise.all(
      Object.keys(marks).map(async (format) => [format, await run(...wrong, '--format', format)] as const),
    );
    for (const [format, { status, stdout }] of results) {
      expect([format, status]).toEqual([format, 1]);
      expect(stdout).toMatch(marks[format]!);
    }
  }, 120_000);

  it('lists its cases, refuses a case that does not exist, and tells a server that is not there', async () => {
    const [listed, unknown, nobody] = await Promise.all([
      run('run', '--suite', 'declarations', '--list', '--format', 'json'),
      run('run', '--ready-file', 'ready.json', '--case', 'NONE'),
      run('run', '--ready-file', 'ready.json', '--target', 'http://127.0.0.1:9'),
    ]);
    const { cases } = JSON.parse(listed.stdout) as { cases: { id: string }[] };
    expect(cases.length).toBeGreaterThanOrEqual(26);
    expect([unknown.status, nobody.status]).toEqual([2, 5]);
  }, 60_000);
});

describe('bhxh conformance client', () => {
  it('judges bhxh submit itself, started anew for a case', async () => {
    const { status, stdout } = await run(
      'client',
      '--case',
      'CLIENT-CLAIMS-01',
      '--format',
      'json',
      '--',
      process.execPath,
      bhxh,
      'submit',
      '{documents}',
      '--url',
      '{url}',
      '--journal',
      join(folder, 'client.journal'),
    );
    const certificate = JSON.parse(stdout) as Certificate;
    expect(certificate.cases).toMatchObject([{ id: 'CLIENT-CLAIMS-01', verdict: 'passed' }]);
    expect([status, certificate.side, certificate.scope, certificate.conforms]).toEqual([
      0,
      'client',
      'part',
      false,
    ]);
  }, 120_000);

  it('fails a program that does nothing', async () => {
    const { status } = await run('client', '--case', 'CLIENT-CLAIMS-01', '--', process.execPath, '--version');
    expect(status).toBe(1);
  }, 60_000);
});
