import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateClaims } from '../synthetic/index.ts';
import { validateFiles, type FileOutcome } from './validate-files.ts';

let folder = '';
const names: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bhxh-validate-'));
  for await (const { fileName, bytes } of generateClaims({ count: 12, seed: 3, date: '2025-03-20' })) {
    names.push(fileName);
    await writeFile(join(folder, fileName), bytes);
  }
});

afterAll(() => rm(folder, { recursive: true }));

it('yields reports of two threads in the order of the files, and an error for a file that is not there', async () => {
  const files = [
    ...names.map((name) => ({ file: join(folder, name), path: name })),
    { file: join(folder, 'absent.xml') },
  ];
  const outcomes: FileOutcome[] = [];
  for await (const outcome of validateFiles(files, {
    workers: 2,
    overlay: 'synthetic',
    now: '2026-11-21T03:00:00Z',
  })) {
    outcomes.push(outcome);
  }
  expect(outcomes.slice(0, -1).map(({ path }) => path)).toEqual(names);
  const verdicts = outcomes
    .slice(0, -1)
    .map((outcome) => ('report' in outcome ? outcome.report.verdict : outcome.error));
  expect(new Set(verdicts)).toEqual(new Set(['valid']));
  const last = outcomes.at(-1)!;
  expect('error' in last && (last.error as NodeJS.ErrnoException).code).toBe('ENOENT');
});
