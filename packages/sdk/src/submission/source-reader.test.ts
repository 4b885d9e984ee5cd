import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSourceReader } from './source-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'bhxh-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('reading what is planned', () => {
  const sizes = [0, 1, 40_000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1];

  it('gives each file whole, whatever was read before it', async () => {
    const read = createSourceReader(false);
    for (const size of [...sizes, ...sizes.toReversed()]) {
      const bytes = Buffer.alloc(size, `${size}/`);
      expect(bytes.equals(await read(file(`${size}`, bytes)))).toBe(true);
    }
  });

  it('gives bytes that stay, where they are kept', async () => {
    const read = createSourceReader(true);
    const first = await read(file('first', Buffer.from('first')));
    const second = await read(file('second', Buffer.from('other')));
    expect([Buffer.from(first).toString(), Buffer.from(second).toString()]).toEqual(['first', 'other']);
  });

  it('says why a path cannot be read', async () => {
    const read = createSourceReader(false);
    mkdirSync(join(folder, 'inner'));
    await expect(async () => read(join(folder, 'inner'))).rejects.toThrow('EISDIR');
    await expect(async () => read(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
});
