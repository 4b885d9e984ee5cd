import { describe, expect, it } from 'vitest';
import {
  type EnvironmentName,
  isLoopback,
  proxyFromEnvironment,
  resolveEnvironment,
} from './environments.ts';

const codeOf = (name: EnvironmentName, url?: string): string => {
  try {
    return resolveEnvironment(name, url).baseUrl;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('an environment', () => {
  it('reaches production only by its name', () => {
    expect(codeOf('production')).toBe('https://egw.baohiemxahoi.gov.vn');
    expect(codeOf('training')).toBe('https://daotaoegw.baohiemxahoi.gov.vn');
    expect(codeOf('mock', 'https://egw.baohiemxahoi.gov.vn')).toBe('ERR_PRODUCTION_NOT_NAMED');
    expect(codeOf('training', 'https://EGW.baohiemxahoi.gov.vn/x')).toBe('ERR_PRODUCTION_NOT_NAMED');
  });

  it('refuses http:// beyond this machine', () => {
    expect(codeOf('mock', 'http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080');
    expect(codeOf('mock', 'http://[::1]:8080/pre/')).toBe('http://[::1]:8080/pre');
    for (const url of [
      'http://10.0.0.5',
      'http://127.0.0.1.example.com',
      'ftp://localhost',
      'http://localhost.example.com',
    ]) {
      expect(codeOf('mock', url)).toBe('ERR_URL_INSECURE');
    }
    expect(codeOf('production', 'http://egw.baohiemxahoi.gov.vn')).toBe('ERR_URL_INSECURE');
  });

  it('refuses what is no plain address', () => {
    expect(codeOf('mock')).toBe('ERR_URL_MISSING');
    expect(codeOf('mock', 'localhost:8080x')).not.toMatch(/^http/);
    expect(codeOf('mock', 'not an address')).toBe('ERR_URL_MALFORMED');
    expect(codeOf('mock', 'https://example.com/?token=1')).toBe('ERR_URL_MALFORMED');
    expect(codeOf('mock', 'https://user:secret@example.com')).toBe('ERR_URL_CREDENTIALS');
    expect(codeOf('staging' as EnvironmentName)).toBe('ERR_ENVIRONMENT_UNKNOWN');
  });

  it('knows the hosts of VSS, where only documented endpoints are called', () => {
    expect(resolveEnvironment('production').official).toBe(true);
    expect(resolveEnvironment('mock', 'https://gateway.example').official).toBe(false);
  });

  it('knows the names of this machine', () => {
    expect(['localhost', 'a.localhost', '127.9.9.9', '::1', '[::1]'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(['128.0.0.1', 'localhost.vn', '1270.0.0.1'].map(isLoopback)).toEqual([false, false, false]);
  });

  it('takes the proxy that the system names, unless the host is exempt', () => {
    const env = { https_proxy: 'http://proxy:3128', NO_PROXY: '.example.vn, gateway.test:8443' };
    expect(proxyFromEnvironment(env, 'https://egw.baohiemxahoi.gov.vn')).toBe('http://proxy:3128');
    for (const address of [
      'https://a.example.vn',
      'https://example.vn',
      'https://gateway.test:8443',
      'https://127.0.0.1:1',
      'http://other.test',
    ]) {
      expect(proxyFromEnvironment(env, address)).toBeUndefined();
    }
    expect(proxyFromEnvironment({ ...env, NO_PROXY: '*' }, 'https://a.test')).toBeUndefined();
    expect(proxyFromEnvironment({}, 'https://a.test')).toBeUndefined();
  });
});
