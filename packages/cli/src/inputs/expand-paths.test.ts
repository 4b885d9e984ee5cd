import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expandPaths } from './expand-paths.ts';
import type { Input } from './input-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-paths-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function expand(...paths: string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for await (const input of expandPaths(paths, { stdin: nothing() })) inputs.push(input);
  return inputs;
}

test('a folder gives its documents by name, whatever the names hold', async () => {
  const names = ['b.xml', 'a\n.xml', '🙂.xml', 'ghi chú.XML', 'note.txt'];
  for (const name of names) writeFileSync(join(folder, name), '<a/>');
  const inputs = await expand(folder);
  expect(inputs.map((input) => input.path.slice(folder.length + 1))).toEqual([
    'a\n.xml',
    'b.xml',
    'ghi chú.XML',
    '🙂.xml',
  ]);
});

test('what is no regular file is skipped with its reason', async () => {
  mkdirSync(join(folder, 'x.xml'));
  execFileSync('mkfifo', [join(folder, 'pipe.xml')]);
  writeFileSync(join(folder, 'y.xml'), '<a/>');
  const inputs = await expand(folder);
  expect(inputs).toMatchObject([
    { kind: 'skipped', reason: 'not-a-file' },
    { kind: 'skipped', reason: 'not-a-file' },
    { kind: 'file' },
  ]);
});

test('patterns are resolved by ourselves, and a pattern without a match is said', async () => {
  mkdirSync(join(folder, 'd'));
  writeFileSync(join(folder, 'd', '1.xml'), '<a/>');
  writeFileSync(join(folder, 'd', '2.xml'), '<a/>');
  expect((await expand(`${folder}/*/*.xml`)).map((input) => input.kind)).toEqual(['file', 'file']);
  expect((await expand(`${folder}/**/2.xml`)).map((input) => input.path.slice(-5))).toEqual(['2.xml']);
  expect(await expand(`${folder}/*.nothing`)).toMatchObject([{ kind: 'skipped', reason: 'no-match' }]);
});

test('a missing file is said, and a typed name is taken whatever its ending', async () => {
  writeFileSync(join(folder, 'claim.dat'), '<a/>');
  expect(await expand(join(folder, 'none.xml'), join(folder, 'claim.dat'))).toMatchObject([
    { kind: 'skipped', reason: 'not-found' },
    { kind: 'file', size: 4 },
  ]);
});
