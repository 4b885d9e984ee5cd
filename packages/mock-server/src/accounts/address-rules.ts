import { BlockList, isIP } from 'node:net';
import { callerAddress } from './caller-address.ts';

/** An address or a network (`10.1.0.0/16`, `2001:db8::/32`); mapped IPv4 counts as IPv4. */
export function isAddressRule(rule: string): boolean {
  const [address = '', bits, ...more] = rule.split('/');
  const family = isIP(callerAddress(address));
  if (family === 0 || address === '' || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Whether a caller's address is one of those an account may call from, however either is spelled. */
export function isAmongAddresses(address: string, rules: readonly string[]): boolean {
  const caller = callerAddress(address);
  const family = isIP(caller);
  if (family === 0) return false;
  return rules.some((rule) => {
    const [name = '', bits] = rule.split('/');
    const plain = callerAddress(name);
    if (isIP(plain) !== family) return false;
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    const list = new BlockList();
    if (bits === undefined) list.addAddress(plain, kind);
    else list.addSubnet(plain, Number(bits), kind);
    return list.check(caller, kind);
  });
}
