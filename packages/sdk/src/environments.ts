import { BhxhError } from './errors/bhxh-error.ts';

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
    throw usage('ERR_ENVIRONMENT_UNKNOWN', {
      vi: `Môi trường không hợp lệ: ${String(name)}; chọn mock, training hoặc production`,
      en: `Unknown environment ${String(name)}; choose mock, training or production`,
    });
  }
  if (url === undefined && name === 'mock') {
    throw usage('ERR_URL_MISSING', {
      vi: 'Môi trường mock cần địa chỉ máy chủ (url)',
      en: 'The mock environment needs the address of a server (url)',
    });
  }
  const address = parseAddress(url ?? `https://${officialHosts[name as 'training' | 'production']}`);
  const secure = address.protocol === 'https:';
  if (!secure && !(address.protocol === 'http:' && isLoopback(address.hostname))) {
    throw usage(
      'ERR_URL_INSECURE',
      {
        vi: `Từ chối ${address.protocol}//${address.host}: ngoài máy cục bộ chỉ dùng https://`,
        en: `Refused ${address.protocol}//${address.host}: only https:// is used beyond this machine`,
      },
      { vi: 'Dùng địa chỉ https://', en: 'Use an https:// address' },
    );
  }
  if (address.hostname === officialHosts.production && name !== 'production') {
    throw usage(
      'ERR_PRODUCTION_NOT_NAMED',
      {
        vi: `Địa chỉ ${address.hostname} là cổng thật nhưng môi trường là ${name}`,
        en: `The address ${address.hostname} is the production gateway but the environment is ${name}`,
      },
      {
        vi: "Muốn gửi thật, ghi rõ environment: 'production'",
        en: "To send for real, name environment: 'production'",
      },
    );
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

function parseAddress(url: string): URL {
  const address = URL.parse ? URL.parse(url) : URL.canParse(url) ? new URL(url) : null;
  if (address === null || address.search !== '' || address.hash !== '') {
    throw usage('ERR_URL_MALFORMED', {
      vi: 'Địa chỉ máy chủ không đúng dạng',
      en: 'The server address is malformed',
    });
  }
  if (address.username !== '' || address.password !== '') {
    throw usage('ERR_URL_CREDENTIALS', {
      vi: 'Không đặt tên đăng nhập hay mật khẩu trong địa chỉ',
      en: 'Put no user name or password into the address',
    });
  }
  return address;
}

function usage(
  code: `ERR_${string}`,
  message: { vi: string; en: string },
  hint?: { vi: string; en: string },
): BhxhError {
  return new BhxhError({ code, category: 'usage', retry: 'never', message, ...(hint ? { hint } : {}) });
}
