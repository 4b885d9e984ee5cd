import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findModules, isModuleName, modulesFor, registeredModules } from './find-modules.ts';
import { knownModulePaths } from './known-modules.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bhxh-modules-'));
  mkdirSync(join(folder, 'registered'));
  mkdirSync(join(folder, 'lib'));
  const register = (name: string, text: string) => writeFileSync(join(folder, 'registered', name), text);
  register('a.module', '# comment: module: no.so\n\n  module :  /usr/lib/a.so  \nmanaged: no\n');
  register('b.module', 'module: b-pkcs11.so\n');
  register('c.module', 'remote: exec\n');
  register('d.txt', 'module: /usr/lib/d.so\n');
  writeFileSync(join(folder, 'lib', 'libtoken.so'), '');
  writeFileSync(join(folder, 'lib', 'Token.DLL'), '');
  writeFileSync(join(folder, 'lib', 'readme.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('modules that packages registered are read, by path or by bare name', () => {
  expect(
    registeredModules([join(folder, 'nothing'), join(folder, 'registered')], ['/usr/lib/p', '/opt/p']),
  ).toEqual(['/usr/lib/a.so', '/usr/lib/p/b-pkcs11.so', '/opt/p/b-pkcs11.so']);
});

test('a file that is found under two names is one module', () => {
  const found = findModules();
  expect(new Set(found).size).toBe(found.length);
  expect(found.some((path) => path.includes('softhsm'))).toBe(true);
  expect(findModules(() => false)).toEqual([]);
});

test('known places of Windows are whole paths with a drive, of the folder that the system names', () => {
  const paths = knownModulePaths({ platform: 'win32', home: 'C:\\Users\\a', systemRoot: 'D:\\Windows' });
  expect(paths).toContain('D:\\Windows\\System32\\viettel-ca_v6.dll');
  for (const path of paths) expect(path).toMatch(/^[CD]:(?:\\[\w. -]+)+\.dll$/);
  expect(new Set(paths).size).toBe(paths.length);
});

test.each([
  ['/usr/lib/softhsm/libsofthsm2.so', 'softhsm2', true],
  ['/usr/lib/softhsm/libsofthsm2.so', 'libsofthsm2', true],
  ['/usr/lib/libx.so.1.2', 'x', true],
  ['C:\\Windows\\System32\\Viettel-CA_v6.dll', 'viettel-ca_v6', true],
  ['C:\\Windows\\System32\\viettel-ca_v6_s.dll', 'viettel-ca_v6', false],
  ['/opt/homebrew/lib/libcastle.1.0.0.dylib', 'castle.1.0.0', true],
])('%s is called %s: %s', (path, name, expected) => {
  expect(isModuleName(path, name)).toBe(expected);
});

test('the URI decides over the module that was given beside it, and a folder is looked into by name', () => {
  const lib = join(folder, 'lib');
  expect(modulesFor({ modulePath: '/x/y.so' }, '/other.so')).toEqual(['/x/y.so']);
  expect(modulesFor({}, '/other.so')).toEqual(['/other.so']);
  expect(modulesFor({ modulePath: lib }, undefined)).toEqual([
    join(lib, 'Token.DLL'),
    join(lib, 'libtoken.so'),
  ]);
  expect(modulesFor({ modulePath: lib, moduleName: 'token' }, undefined)).toHaveLength(2);
  expect(() => modulesFor({ modulePath: lib, moduleName: 'other' }, undefined)).toThrow('ERR_MODULE_MISSING');
  expect(() => modulesFor({}, undefined)).toThrow('ERR_MODULE_MISSING');
  expect(() => modulesFor({ moduleName: 'nothing-like-it' }, 'auto')).toThrow('ERR_MODULE_MISSING');
  expect(modulesFor({ moduleName: 'softhsm2' }, undefined)).toHaveLength(1);
  symlinkSync(lib, join(folder, 'link'));
  expect(modulesFor({ modulePath: join(folder, 'link') }, undefined)).toHaveLength(2);
});
