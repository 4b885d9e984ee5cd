import { expect, it } from 'vitest';
import { isAddressRule, isAmongAddresses } from './address-rules.ts';

it('knows an address and a network from anything else', () => {
  const good = ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '::ffff:10.0.0.1', '0.0.0.0/0'];
  const bad = [
    '',
    'host',
    '10.0.0.0/33',
    '10.0.0',
    '::/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/-1',
  ];
  expect(good.filter((rule) => !isAddressRule(rule))).toEqual([]);
  expect(bad.filter(isAddressRule)).toEqual([]);
});

it('judges IPv4, IPv6 and IPv4 inside IPv6 alike, however they are spelled', () => {
  const within = (address: string, ...rules: string[]): boolean => isAmongAddresses(address, rules);
  expect(within('10.1.2.3', '10.1.0.0/16')).toBe(true);
  expect(within('::ffff:10.1.2.3', '10.1.0.0/16')).toBe(true);
  expect(within('10.1.2.3', '::ffff:10.1.2.3')).toBe(true);
  expect(within('10.2.2.3', '10.1.0.0/16')).toBe(false);
  expect(within('2001:db8:0:0:0:0:0:1', '2001:db8::1')).toBe(true);
  expect(within('2001:db8::1', '2001:DB8::/32')).toBe(true);
  expect(within('2001:db9::1', '2001:db8::/32')).toBe(false);
  expect(within('fe80::1%eth0', 'fe80::/10')).toBe(true);
  // An IPv6 network never lets an IPv4 caller in, and the other way round.
  expect(within('10.1.2.3', '::/0')).toBe(false);
  expect(within('::1', '0.0.0.0/0')).toBe(false);
  expect(within('nonsense', '0.0.0.0/0')).toBe(false);
  expect(within('10.1.2.3')).toBe(false);
});
