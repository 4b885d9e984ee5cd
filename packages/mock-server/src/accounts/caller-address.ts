/** One spelling for each address: IPv4 inside IPv6 is IPv4, zone ids are dropped. */
export function callerAddress(remote: string | undefined): string {
  if (remote === undefined || remote === '') return '127.0.0.1';
  const plain = remote.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  return mapped?.[1] ?? mappedInHex(plain) ?? plain;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** `::ffff:a00:1` is 10.0.0.1 as well. */
function mappedInHex(address: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
