import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as signing from './index.ts';

const here = (path: string): URL => new URL(path, import.meta.url);
const read = (path: string): string => readFileSync(here(path), 'utf8');

/** `file`: "part of a title", "another", as the pages name their tests; files from this folder or from the root. */
function namedTests(page: string): { readonly file: string; readonly title: string }[] {
  return [...page.matchAll(/`([\w./-]+\.ts)`: ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(([, file, titles]) =>
    [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => ({ file: file!, title: title! })),
  );
}

/** Titles stand in quotation marks that may need an escape. */
const plain = (text: string): string => text.replaceAll(/\\(['"`])/g, '$1').replaceAll(/\s+/g, ' ');

const sources = new Map<string, string>();
function sourceOf(path: string): string {
  let text = sources.get(path);
  if (text === undefined) sources.set(path, (text = existsSync(here(path)) ? plain(read(path)) : ''));
  return text;
}

const missing = (page: string, base: string): string[] =>
  namedTests(page)
    .filter(({ file, title }) => !sourceOf(base + file).includes(title))
    .map(({ file, title }) => `${file}: ${title}`);

test('every guarantee of SECURITY.md names tests that exist, and every item of the checklists is there', () => {
  const page = read('../SECURITY.md');
  expect(namedTests(page).length).toBeGreaterThan(60);
  expect(missing(page, './')).toEqual([]);
  const items = new Set([...page.matchAll(/^\| ([VK]\d+) \|/gm)].map(([, item]) => item));
  const wanted = [
    ...Array.from({ length: 12 }, (_, at) => `V${at + 1}`),
    ...Array.from({ length: 10 }, (_, at) => `K${at + 1}`),
  ];
  expect([...items].sort()).toEqual(wanted.sort());
  const rows = page.split('\n').filter((line) => /^\| ([VK]\d+|–) \|/.test(line));
  expect(rows.filter((row) => namedTests(row).length === 0)).toEqual([]);
});

test.each(['../../../docs/signing-conformity.md', '../../../docs/signing-conformity.vi.md'])(
  '%s names functions and tests that exist',
  (path) => {
    const page = read(path);
    expect(namedTests(page).length).toBeGreaterThan(20);
    expect(missing(page, '../../../')).toEqual([]);
    const functions = [...page.matchAll(/`(\w+)\(\)`/g)].map(([, name]) => name!);
    expect(functions.length).toBeGreaterThan(10);
    expect(functions.filter((name) => !Object.hasOwn(signing, name))).toEqual([]);
  },
);

test('a page that names a test nobody wrote would be refused', () => {
  expect(missing('| x | `attacks.test.ts`: "duplicate Ids", "a test nobody wrote" |', './')).toEqual([
    'attacks.test.ts: a test nobody wrote',
  ]);
  expect(missing('| x | `nowhere.test.ts`: "duplicate Ids" |', './')).toHaveLength(1);
});
