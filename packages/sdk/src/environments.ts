import type { BhxhError } from './errors/bhxh-error.ts';
import { gatewayError } from './transport/gateway-error.ts';

export type EnvironmentName = 'mock' | 'training' | 'production';

export interface Environment {
  readonly name: EnvironmentName;
  /** Scheme, host and port, then an optional path prefix without trailing slash. */
  readonly baseUrl: string;
  readonly origin: string;
  /** True for the hosts VSS runs: only documented endpoints are called there. */
  readonly official: boolean;
}

const officialHosts: Readonly<Record<'training' | 'production', string>> = {
  training: 'daotaoegw.baohiemxahoi.gov.vn',
  production: 'egw.baohiemxahoi.gov.vn',
};

/**
 * Decides where requests may go. Production is reached only by its name, never by an address alone; http:// is
 * refused beyond loopback, because the password travels in a header.
 *
 * @throws BhxhError `usage` for a missing, malformed or unsafe address
 */
export function resolveEnvironment(name: EnvironmentName, url?: string): Environment {
  if (name !== 'mock' && name !== 'training' && name !== 'production') {
    throw usage('ERR_ENVIRONMENT_UNKNOWN', { name: String(name) });
  }
  if (url === undefined && name === 'mock') throw usage('ERR_URL_MISSING');
  const address = parseAddress(url ?? `https://${officialHosts[name as 'training' | 'production']}`);
  const secure = address.protocol === 'https:';
  if (!secure && !(address.protocol === 'http:' && isLoopback(address.hostname))) {
    throw usage('ERR_URL_INSECURE', { address: `${address.protocol}//${address.host}` });
  }
  if (address.hostname === officialHosts.production && name !== 'production') {
    throw usage('ERR_PRODUCTION_NOT_NAMED', { host: address.hostname, name });
  }
  return {
    name,
    baseUrl: address.origin + address.pathname.replace(/\/+$/, ''),
    origin: address.origin,
    official: Object.values(officialHosts).includes(address.hostname),
  };
}

/** 127.0.0.0/8, ::1 and the names that RFC 6761 keeps on this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/**
 * The HTTP proxy for an address, from HTTPS_PROXY, HTTP_PROXY and NO_PROXY (either case). Names in NO_PROXY match
 * themselves and everything below them; `*` switches the proxy off.
 */
export function proxyFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  address: string,
): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, host } = new URL(address);
  const read = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const proxy = read(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || read('ALL_PROXY');
  const excluded = read('NO_PROXY')
    .split(/[\s,]+/)
    .map((name) => name.toLowerCase().replace(/^\*?\./, ''))
    .some(
      (name) =>
        name === '*' || name === host || name === hostname || (name !== '' && hostname.endsWith(`.${name}`)),
    );
  return proxy === '' || excluded || isLoopback(hostname) ? undefined : proxy;
}

function parseAddress(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address === null || address.search !== '' || address.hash !== '') throw usage('ERR_URL_MALFORMED');
  if (address.username !== '' || address.password !== '') throw usage('ERR_URL_CREDENTIALS');
  return address;
}

function usage(code: `ERR_${string}`, values: Readonly<Record<string, string>> = {}): BhxhError {
  return gatewayError(code, { category: 'usage', retry: 'never', values });
}
