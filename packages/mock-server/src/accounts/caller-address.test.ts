import { expect, it } from 'vitest';
import { callerAddress, isLoopback } from './caller-address.ts';

it('spells one address in one way', () => {
  expect(['::ffff:10.0.0.1', '::FFFF:10.0.0.1', '10.0.0.1'].map((text) => callerAddress(text))).toEqual([
    '10.0.0.1',
    '10.0.0.1',
    '10.0.0.1',
  ]);
  expect(callerAddress('::ffff:a00:1')).toBe('10.0.0.1');
  expect(callerAddress('fe80::1%eth0')).toBe('fe80::1');
});

it('knows this machine', () => {
  expect(['127.0.0.1', '127.1.2.3', '::1'].map(isLoopback)).toEqual([true, true, true]);
  expect(['10.0.0.1', '::2', '1270.0.0.1'].map(isLoopback)).toEqual([false, false, false]);
});
