import { existsSync, readFileSync } from 'node:fs';
import type { BhxhError } from '@bhxh/sdk/errors';
import { cliError } from './cli-error.ts';
import { readRemote, type RemoteConfiguration } from './remote-configuration.ts';

/** An account of the configuration; passwords stand in the environment, never in the file. */
export interface AccountConfiguration {
  readonly name: string;
  readonly environment: 'mock' | 'training' | 'production';
  readonly url?: string;
  /** Of a hospital's account; an employer's account names its unit here too. */
  readonly facility: string;
  /** Mã đơn vị: the account sends employers' dossiers. */
  readonly unit?: string;
  readonly username: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordEnv: string;
  readonly officerName?: string;
  /** Environment variable with the officer's CCCD. */
  readonly officerIdEnv?: string;
  readonly key?: string;
  /** Private key in PEM that signs this account's requests, and the id it is registered under. */
  readonly requestKeyFile?: string;
  readonly requestKeyId?: string;
}

export interface Configuration {
  readonly path: string | null;
  readonly accounts: readonly AccountConfiguration[];
  readonly defaultAccount?: string;
  /** Services that hold keys, for `remote:NAME`. */
  readonly remotes: readonly RemoteConfiguration[];
  /** Hosts of CRL and OCSP services that may be asked; nobody is asked otherwise. */
  readonly revocationHosts?: readonly string[];
  /** Rule ids whose errors this site treats as warnings, where the specs allow it. */
  readonly warnOnly: readonly string[];
  /** Maintenance of the gateway that was announced to this site; ISO dates and times with zone. */
  readonly maintenance?: readonly MaintenanceWindow[];
}

export interface MaintenanceWindow {
  readonly from: string;
  readonly to: string;
}

export const configurationName = 'bhxh.config.yaml';

const empty: Configuration = { path: null, accounts: [], remotes: [], warnOnly: [] };

/** Reads `bhxh.config.yaml` here, or the file that `--config` names. Throws ERR_CONFIGURATION with the offending key. */
export async function readConfiguration(path: string | undefined): Promise<Configuration> {
  const file = path ?? configurationName;
  if (!existsSync(file)) {
    if (path === undefined) return empty;
    throw configurationError(file, '--config');
  }
  const { parse } = await import('yaml');
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw configurationError(file, 'YAML', cause);
  }
  if (content === null) return { ...empty, path: file };
  if (!isRecord(content)) throw configurationError(file, 'YAML');
  const accounts = isRecord(content['accounts']) ? content['accounts'] : {};
  const configuration = {
    path: file,
    accounts: Object.entries(accounts).map(([name, value]) => readAccount(file, name, value)),
    remotes: Object.entries(isRecord(content['remotes']) ? content['remotes'] : {}).map(([name, value]) =>
      readRemote(name, value, (key) => configurationError(file, key)),
    ),
    revocationHosts: stringList(content['revocationHosts']),
    warnOnly: stringList(content['warnOnly']),
    maintenance: maintenanceWindows(file, content['maintenance']),
  };
  return typeof content['defaultAccount'] === 'string'
    ? { ...configuration, defaultAccount: content['defaultAccount'] }
    : configuration;
}

function readAccount(file: string, name: string, value: unknown): AccountConfiguration {
  if (!isRecord(value)) throw configurationError(file, `accounts.${name}`);
  if ('password' in value) throw configurationError(file, `accounts.${name}.passwordEnv`);
  const text = (key: string): string => {
    const entry = value[key];
    if (typeof entry === 'string' && entry !== '') return entry;
    if (typeof entry === 'number') return String(entry);
    throw configurationError(file, `accounts.${name}.${key}`);
  };
  const environment = value['environment'] ?? 'training';
  if (environment !== 'mock' && environment !== 'training' && environment !== 'production') {
    throw configurationError(file, `accounts.${name}.environment`);
  }
  const optional = (key: string): Record<string, string> =>
    value[key] === undefined ? {} : { [key]: text(key) };
  return {
    name,
    environment,
    facility: value['unit'] === undefined ? text('facility') : text('unit'),
    username: text('username'),
    passwordEnv: typeof value['passwordEnv'] === 'string' ? value['passwordEnv'] : 'BHXH_PASSWORD',
    ...optional('url'),
    ...optional('unit'),
    ...optional('officerName'),
    ...optional('officerIdEnv'),
    ...optional('key'),
    ...optional('requestKeyFile'),
    ...optional('requestKeyId'),
  };
}

function maintenanceWindows(file: string, value: unknown): readonly MaintenanceWindow[] {
  if (value === undefined) return [];
  const isMoment = (text: unknown): text is string =>
    typeof text === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/.test(text) &&
    !Number.isNaN(Date.parse(text));
  if (!Array.isArray(value)) throw configurationError(file, 'maintenance');
  return value.map((window: unknown, at) => {
    const { from, to } = isRecord(window) ? window : {};
    if (!isMoment(from) || !isMoment(to)) throw configurationError(file, `maintenance[${at}]`);
    return { from, to };
  });
}

function stringList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function configurationError(file: string, key: string, cause?: unknown): BhxhError {
  return cliError('ERR_CONFIGURATION', { file, key }, cause);
}
