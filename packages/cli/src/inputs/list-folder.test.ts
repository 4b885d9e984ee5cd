import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listFolder } from './list-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-names-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the names of a folder', () => {
  it('come in order of code units, whatever they are made of', () => {
    const names = [
      'b.xml',
      'a.xml',
      'a',
      'A.xml',
      'ệ.xml',
      'e\u0323\u0302.xml',
      '😀.xml',
      '\uff21.xml',
      'á b\n.xml',
    ];
    for (const name of names) writeFileSync(join(folder, name), '');
    expect([...listFolder(folder)]).toEqual(readdirSync(folder).sort());
    expect([...listFolder(folder)]).toHaveLength(names.length);
  });

  it('are all there when they fill many pages, the longest among them', () => {
    const names = Array.from({ length: 1_500 }, (_, at) =>
      `${at % 7}${String(at).padStart(5, '0')}`.padEnd(255, 'x'),
    );
    for (const name of names) writeFileSync(join(folder, name), '');
    expect([...listFolder(folder)]).toEqual([...names].sort());
  });

  it('are none in an empty folder, and a folder that is none is refused', () => {
    expect([...listFolder(folder)]).toEqual([]);
    expect(() => listFolder(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
