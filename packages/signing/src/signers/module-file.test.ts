import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { softhsmModule } from '../../test/softhsm.ts';
import { libraryMachine, refuseForeignLibrary } from './module-file.ts';

function windowsLibrary(machine: number): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write('MZ', 0, 'latin1');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  bytes.writeUInt16LE(machine, 0x84);
  return bytes;
}

function elfLibrary(machine: number, isBigEndian = false): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.writeUInt32BE(0x7f454c46, 0);
  bytes[5] = isBigEndian ? 2 : 1;
  if (isBigEndian) bytes.writeUInt16BE(machine, 18);
  else bytes.writeUInt16LE(machine, 18);
  return bytes;
}

test('the processor that a library was made for is read from its first bytes', () => {
  expect(libraryMachine(windowsLibrary(0x14c))).toBe('ia32');
  expect(libraryMachine(windowsLibrary(0x8664))).toBe('x64');
  expect(libraryMachine(windowsLibrary(0xaa64))).toBe('arm64');
  expect(libraryMachine(windowsLibrary(0x1c0))).toBe('pe-448');
  expect(libraryMachine(elfLibrary(3))).toBe('ia32');
  expect(libraryMachine(elfLibrary(62))).toBe('x64');
  expect(libraryMachine(elfLibrary(22, true))).toBe('s390x');
  expect(libraryMachine(Buffer.from('#!/bin/sh\n'.padEnd(100)))).toBe(undefined);
  expect(libraryMachine(Buffer.from('MZ'.padEnd(100, '\xff'), 'latin1'))).toBe(undefined);
  expect(libraryMachine(Buffer.alloc(10))).toBe(undefined);
});

test('a driver for another processor is refused by both names before it is loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bhxh-library-'));
  const path = join(folder, 'driver.dll');
  writeFileSync(path, windowsLibrary(0x14c));
  expect(() => refuseForeignLibrary(path, 'x64')).toThrow('ia32 ≠ x64');
  expect(() => refuseForeignLibrary(path, 'ia32')).not.toThrow();
  writeFileSync(path, 'text');
  expect(() => refuseForeignLibrary(path, 'x64')).toThrow('why=format');
  expect(() => refuseForeignLibrary(folder, 'x64')).toThrow('ERR_MODULE_UNUSABLE');
  expect(() => refuseForeignLibrary(softhsmModule)).not.toThrow();
  rmSync(folder, { recursive: true });
});
