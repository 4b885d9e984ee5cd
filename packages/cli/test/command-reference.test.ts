import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandReference } from './command-reference.ts';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs');

test.each([
  ['en', 'cli.md'],
  ['vi', 'cli.vi.md'],
] as const)('the reference of the command in %s is what the command says of itself', (language, name) => {
  const made = commandReference(language);
  if (process.env['BHXH_UPDATE_DOCS'] === '1') writeFileSync(join(docs, name), made);
  expect(readFileSync(join(docs, name), 'utf8')).toBe(made);
});
