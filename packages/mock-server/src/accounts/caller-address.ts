/** One spelling for each address: IPv4 inside IPv6 is IPv4, zone ids are dropped. */
export function callerAddress(remote: string | undefined): string {
  if (remote === undefined || remote === '') return '127.0.0.1';
  const plain = remote.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  return mapped?.[1] ?? plain;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
