import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { realFiles } from './journal-files.ts';

it('creates a file that nobody sees half, once, and leaves nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-files-'));
  try {
    const path = join(folder, 'key');
    const seen: (number | undefined)[] = [];
    let isDone = false;
    const watching = (async () => {
      while (!isDone) seen.push((await realFiles.read(path))?.length);
    })();
    const tries = Array.from({ length: 20 }, (_, index) =>
      realFiles.create(path, Buffer.alloc(1 << 20, index), 0o600).then(
        () => 'made',
        (error: unknown) => (error as NodeJS.ErrnoException).code,
      ),
    );
    const outcomes = await Promise.all(tries);
    isDone = true;
    await watching;
    expect(outcomes.toSorted()).toEqual([...Array.from({ length: 19 }, () => 'EEXIST'), 'made']);
    expect(new Set(seen.filter((length) => length !== undefined && length !== 1 << 20)).size).toBe(0);
    expect(readdirSync(folder)).toEqual(['key']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
