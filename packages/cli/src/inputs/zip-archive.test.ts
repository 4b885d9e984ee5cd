import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildZip, type TestEntry } from '../../test/zip-builder.ts';
import { documentName } from './expand-paths.ts';
import type { Input } from './input-file.ts';
import { readArchive } from './zip-archive.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-zip-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const content = Buffer.from('<a/>');

async function inputsOf(entries: readonly TestEntry[]): Promise<{ inputs: Input[]; texts: string[] }> {
  const path = join(folder, 'a.zip');
  writeFileSync(path, buildZip(entries));
  const inputs: Input[] = [];
  const texts: string[] = [];
  for await (const input of readArchive(path, documentName)) {
    inputs.push(input);
    if (input.kind === 'file') {
      const chunks: Uint8Array[] = [];
      for await (const chunk of input.open()) chunks.push(chunk);
      texts.push(Buffer.concat(chunks).toString());
    }
  }
  return { inputs, texts };
}

test('documents of an archive are read in the order of their names, other names are left out', async () => {
  const { inputs, texts } = await inputsOf([
    { name: 'khoa nội/b.xml', content: Buffer.from('<b/>'), deflate: true },
    { name: 'a.xml', content },
    { name: 'readme.txt', content },
  ]);
  expect(inputs.map((input) => input.path.split('!')[1])).toEqual(['a.xml', 'khoa nội/b.xml']);
  expect(texts).toEqual(['<a/>', '<b/>']);
});

test.each([
  ['archive-unsafe-name', [{ name: '../../x.xml', content }]],
  ['archive-unsafe-name', [{ name: '/etc/x.xml', content }]],
  ['archive-unsafe-name', [{ name: 'C:x.xml', content }]],
  ['archive-unsafe-name', [{ name: 'a\\..\\x.xml', content }]],
  ['archive-symlink', [{ name: 'x.xml', content, externalAttributes: (0o120777 << 16) >>> 0 }]],
  [
    'archive-duplicate-name',
    [
      { name: 'x.xml', content },
      { name: 'x.xml', content },
    ],
  ],
  ['archive-encrypted', [{ name: 'x.xml', content, flags: 1 }]],
  [
    'archive-overlap',
    [
      { name: 'x.xml', content },
      { name: 'y.xml', content, claimedOffset: 2 },
    ],
  ],
  ['archive-too-large', [{ name: 'x.xml', content: Buffer.alloc(4 << 20), deflate: true }]],
] as const)('%s refuses the whole archive and writes nothing', async (reason, bad) => {
  const { inputs } = await inputsOf([{ name: 'good.xml', content }, ...bad]);
  expect(inputs).toHaveLength(1);
  expect(inputs[0]).toMatchObject({ kind: 'skipped', reason });
  expect(readdirSync(folder)).toEqual(['a.zip']);
});

test('an archive inside an archive is named and not opened', async () => {
  const { inputs } = await inputsOf([{ name: 'inner.zip', content: buildZip([{ name: 'x.xml', content }]) }]);
  expect(inputs).toMatchObject([{ kind: 'skipped', reason: 'archive-nested' }]);
});

test('bytes that are no archive are named as damaged', async () => {
  const path = join(folder, 'x.zip');
  writeFileSync(path, 'not a zip');
  const inputs = [];
  for await (const input of readArchive(path, documentName)) inputs.push(input);
  expect(inputs).toMatchObject([{ kind: 'skipped', reason: 'archive-damaged' }]);
});
