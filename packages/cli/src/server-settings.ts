import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { defaultRateLimits, readLookupLimits, type LookupLimits, type RateLimits } from '@bhxh/mock-server';
import type { TimeLimits, TlsOptions } from '@bhxh/mock-server/node';
import { parse } from 'yaml';
import { cliError } from './cli-error.ts';
import type { CommandContext } from './command-context.ts';

/** How the reference server is to run, checked before anything of it is started. */
export interface ServerSettings {
  readonly port: number;
  readonly host: string;
  readonly store: string | undefined;
  readonly readyFile: string | undefined;
  /** `-` is standard error. */
  readonly log: string | undefined;
  readonly demo: boolean;
  readonly legacy: boolean;
  readonly requireIdempotencyKey: boolean;
  readonly environment: 'mock' | 'training';
  readonly population: number;
  readonly rateLimits: RateLimits | undefined;
  readonly lookupLimits: LookupLimits | undefined;
  readonly auditKey: string | undefined;
  readonly adminKey: string | undefined;
  readonly tls: TlsOptions | undefined;
  readonly timeLimits: TimeLimits | undefined;
  readonly mostConnections: number | undefined;
  readonly checkThreads: number;
}

type Reader = (text: string) => string | undefined;

const number =
  (most: number): Reader =>
  (text) =>
    /^\d{1,9}$/.test(text) && Number(text) <= most ? undefined : `0 … ${most}`;
const oneOf =
  (...values: readonly string[]): Reader =>
  (text) =>
    values.includes(text) ? undefined : values.join(', ');
const anything: Reader = (text) => (text === '' ? '…' : undefined);
const parts =
  (count: number, example: string): Reader =>
  (text) =>
    text === 'on' ||
    text === 'off' ||
    (text.split(':').length === count && /^[1-9]\d{0,6}(:[1-9]\d{0,6})*$/.test(text))
      ? undefined
      : `on, off, ${example}`;
const seconds: Reader = (text) => (/^[1-9]\d{0,3}:[1-9]\d{0,3}$/.test(text) ? undefined : '10:60');

/** Every key of the file; the option and the variable of the environment are named after it. */
const keys: Readonly<Record<string, Reader>> = {
  port: number(65_535),
  host: anything,
  store: anything,
  readyFile: anything,
  log: anything,
  demo: oneOf('true', 'false'),
  legacy: oneOf('true', 'false'),
  requireIdempotencyKey: oneOf('true', 'false'),
  environment: oneOf('mock', 'training'),
  population: number(100_000_000),
  rateLimit: parts(3, '20:100:50'),
  lookupLimit: parts(2, '2000:300'),
  timeLimit: seconds,
  mostConnections: (text) => (/^[1-9]\d{0,6}$/.test(text) ? undefined : '1 … 9999999'),
  checkThreads: number(64),
  auditKeyFile: anything,
  adminKeyFile: anything,
  tlsKeyFile: anything,
  tlsCertificateFile: anything,
  tlsClientAuthoritiesFile: anything,
};

/** Options that always have a value: the value of nobody's choice must not go before the file. */
const DEFAULTS: Readonly<Record<string, string>> = { port: '0', host: '127.0.0.1' };

/** `readyFile` → `BHXH_MOCK_READY_FILE`. */
export const variableOf = (key: string): string =>
  `BHXH_MOCK_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/**
 * Options of the command go before the environment (`BHXH_MOCK_…`), which goes before the file of `--server-config`.
 *
 * @throws BhxhError ERR_CONFIGURATION naming file or variable and key; ERR_INPUT_UNREADABLE for a key or certificate
 */
export function readServerSettings(context: CommandContext): ServerSettings {
  const { options, environment } = context;
  const file = options['serverConfig'];
  const fromFile = typeof file === 'string' ? readFile(file) : new Map<string, string>();
  const values = new Map<string, string>();
  for (const [key, check] of Object.entries(keys)) {
    const option = options[key];
    const given = option === true ? 'true' : typeof option === 'string' ? option : undefined;
    const variable = environment[variableOf(key)];
    const chosen = given !== undefined && given !== DEFAULTS[key] ? given : undefined;
    const value = chosen ?? variable ?? fromFile.get(key) ?? given;
    if (value === undefined) continue;
    const wanted = check(value);
    if (wanted !== undefined) {
      if (chosen !== undefined || value === given)
        throw cliError('ERR_OPTION_INVALID', {
          option: `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
          value,
          why: wanted,
          command: 'mock start',
        });
      const place = variable === undefined ? String(file) : variableOf(key);
      throw cliError('ERR_CONFIGURATION', { file: place, key: `${key} (${wanted})` });
    }
    values.set(key, value);
  }
  for (const name of Object.keys(environment))
    if (name.startsWith('BHXH_MOCK_') && !Object.keys(keys).some((key) => variableOf(key) === name))
      throw cliError('ERR_CONFIGURATION', { file: name, key: Object.keys(keys).map(variableOf).join(', ') });
  const text = (key: string): string | undefined => values.get(key);
  const flag = (key: string): boolean => values.get(key) === 'true';
  const secret = (key: string): string | undefined => {
    const path = text(key);
    return path === undefined ? undefined : contentOf(path).trim();
  };
  const host = text('host') ?? '127.0.0.1';
  return {
    port: Number(text('port') ?? 0),
    host,
    store: text('store'),
    readyFile: text('readyFile'),
    log: text('log'),
    demo: flag('demo'),
    legacy: flag('legacy'),
    requireIdempotencyKey: flag('requireIdempotencyKey'),
    environment: (text('environment') ?? 'mock') as ServerSettings['environment'],
    population: Number(text('population') ?? 0),
    rateLimits: rateLimitsOf(text('rateLimit'), isLocal(host)),
    lookupLimits: lookupLimitsOf(text('lookupLimit'), isLocal(host)),
    auditKey: secret('auditKeyFile'),
    adminKey: secret('adminKeyFile'),
    tls: tlsOf(values),
    timeLimits: timeLimitsOf(text('timeLimit')),
    mostConnections: text('mostConnections') === undefined ? undefined : Number(text('mostConnections')),
    // One processor answers calls.
    checkThreads: Number(text('checkThreads') ?? Math.max(1, availableParallelism() - 1)),
  };
}

/** Paths of the file are its own: they are read from its folder. */
function readFile(path: string): Map<string, string> {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw cliError('ERR_CONFIGURATION', { file: path, key: 'YAML' }, cause);
  }
  if (content === null) return new Map();
  if (typeof content !== 'object' || Array.isArray(content))
    throw cliError('ERR_CONFIGURATION', { file: path, key: 'YAML' });
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(content)) {
    const isKnown = Object.hasOwn(keys, key) && ['string', 'number', 'boolean'].includes(typeof value);
    if (!isKnown) throw cliError('ERR_CONFIGURATION', { file: path, key });
    const isPath = key.endsWith('File') || (key === 'log' && value !== '-');
    values.set(key, isPath ? resolve(dirname(path), String(value)) : String(value));
  }
  return values;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw cliError('ERR_INPUT_UNREADABLE', { path, why: (cause as { code?: string }).code ?? '' }, cause);
  }
}

function tlsOf(values: ReadonlyMap<string, string>): TlsOptions | undefined {
  const [key, certificate, authorities] = [
    'tlsKeyFile',
    'tlsCertificateFile',
    'tlsClientAuthoritiesFile',
  ].map((name) => values.get(name));
  if (key === undefined && certificate === undefined && authorities === undefined) return undefined;
  if (key === undefined || certificate === undefined)
    throw cliError('ERR_CONFIGURATION', { file: 'TLS', key: 'tlsKeyFile, tlsCertificateFile' });
  return {
    key: contentOf(key),
    certificate: contentOf(certificate),
    ...(authorities === undefined ? {} : { clientAuthorities: contentOf(authorities) }),
  };
}

const isLocal = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Whoever tests on his own machine may ask as fast as he can; a server for others is protected unless told otherwise. */
const isOff = (text: string | undefined, local: boolean): boolean =>
  text === 'off' || (text === undefined && local);

function rateLimitsOf(text: string | undefined, local: boolean): RateLimits | undefined {
  if (isOff(text, local)) return undefined;
  if (text === 'on' || text === undefined) return defaultRateLimits;
  const [perSecond = 0, burst = 0, address = 0] = text.split(':').map(Number);
  return { facility: { perSecond, burst }, address: { perSecond: address, burst: address } };
}

function lookupLimitsOf(text: string | undefined, local: boolean): LookupLimits | undefined {
  if (isOff(text, local)) return undefined;
  if (text === 'on' || text === undefined) return readLookupLimits();
  const [perHour = 0, missesPerHour = 0] = text.split(':').map(Number);
  return { perHour, missesPerHour };
}

function timeLimitsOf(text: string | undefined): TimeLimits | undefined {
  if (text === undefined) return undefined;
  const [header = 0, body = 0] = text.split(':').map(Number);
  return { header, body };
}
