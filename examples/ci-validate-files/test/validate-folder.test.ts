import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

const example = join(import.meta.dirname, '..');
const bhxh = join(example, 'node_modules', '.bin', 'bhxh');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-ci-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(
  command: string,
  ...args: string[]
): { readonly status: number | null; readonly stdout: string } {
  return spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LANG: 'en_US.UTF-8' },
  });
}

/** Every `bhxh` line of a pipeline, without npx and without what a shell adds. */
function commandsOf(pipeline: string): readonly string[][] {
  const text = readFileSync(join(example, pipeline), 'utf8');
  expect(parse(text)).toBeTypeOf('object');
  return [...text.matchAll(/npx bhxh ([^|\n]+)/g)].map(([, words = '']) => words.trim().split(/\s+/));
}

test('every command of both pipelines runs on valid claims', () => {
  expect(run(bhxh, 'generate', 'claims', '--count', '4', '--out', 'claims').status).toBe(0);
  const commands = [...commandsOf('github.yml'), ...commandsOf('gitlab.yml')];
  expect(commands.length).toBeGreaterThan(4);
  for (const words of commands) expect(run(bhxh, ...words).status, words.join(' ')).toBe(0);
});

test('a broken claim fails the pipeline and the script names its rules', () => {
  expect(
    run(bhxh, 'generate', 'claims', '--count', '40', '--defects', '0.5', '--seed', '3', '--out', 'broken')
      .status,
  ).toBe(0);
  const script = run(process.execPath, join(example, 'validate-folder.mjs'), 'broken');
  expect(script.status).toBe(1);
  expect(script.stdout).toMatch(/claim-\d+\.xml: invalid \(R\d{3}/);
  expect(script.stdout).toMatch(/specs [0-9a-f]{16} · \d+ valid, [1-9]\d* invalid/);
});

test('a wrong path does not pass', () => {
  writeFileSync(join(folder, 'empty.txt'), '');
  expect(run(process.execPath, join(example, 'validate-folder.mjs'), 'nowhere').status).toBe(9);
});
