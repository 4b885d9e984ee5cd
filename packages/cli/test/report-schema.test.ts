import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const schema = join(import.meta.dirname, '..', '..', '..', 'docs', 'schemas', 'bhxh-report-1.schema.json');

test('reports of valid, broken, foreign and damaged documents are of the published schema', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-schema-'));
  try {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [bhxh, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });
    run('generate', 'claims', '--count', '30', '--defects', '0.5', '--seed', '2', '--out', 'claims');
    writeFileSync(join(folder, 'claims', 'foreign.xml'), '<a/>');
    writeFileSync(join(folder, 'claims', 'damaged.xml'), '<GIAMDINHHS><');
    writeFileSync(join(folder, 'claims', 'empty.xml'), '');
    const report = JSON.parse(run('validate', 'claims', '--format', 'json').stdout) as { files: unknown[] };
    expect(report.files).toHaveLength(33);
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
      JSON.parse(readFileSync(schema, 'utf8')) as object,
    );
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    const verified = JSON.parse(run('verify', 'claims', '--format', 'json').stdout) as unknown;
    expect(validate(verified), JSON.stringify(validate.errors)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
