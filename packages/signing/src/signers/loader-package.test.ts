import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SigningError } from '../index.ts';
import { loaderStates, requireLoader } from './loader-package.ts';

let folder: string;
/** An installation in which pkcs11js is there and was not compiled, and koffi is not there. */
let require: NodeJS.Require;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-loader-'));
  const place = join(folder, 'node_modules', 'pkcs11js');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), '{"name":"pkcs11js","main":"index.js"}');
  writeFileSync(join(place, 'index.js'), "require('./build/Release/pkcs11.node');");
  require = createRequire(join(folder, 'main.js'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failure = (loader: 'pkcs11js' | 'koffi', from: NodeJS.Require): unknown => {
  try {
    return requireLoader(loader, from);
  } catch (error) {
    const { code, details } = error as SigningError;
    return [code, details['command']];
  }
};

test('what is missing and what was not compiled have each the command that mends it', () => {
  expect(failure('pkcs11js', require)).toEqual(['ERR_MODULE_LOADER_MISSING', 'npm rebuild pkcs11js']);
  expect(failure('koffi', require)).toEqual(['ERR_MODULE_LOADER_MISSING', 'npm install koffi']);
  const empty = createRequire('/nowhere/main.js');
  expect(failure('pkcs11js', empty)).toEqual([
    'ERR_MODULE_LOADER_MISSING',
    'npm install pkcs11js && npm rebuild pkcs11js',
  ]);
  expect(loaderStates(require).map(({ usable }) => usable)).toEqual([false, false]);
});

test('both loaders are usable here', () => {
  expect(loaderStates()).toEqual([
    { loader: 'pkcs11js', usable: true },
    { loader: 'koffi', usable: true },
  ]);
});
