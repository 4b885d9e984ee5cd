/** A remote signing service of the configuration; its secret stands in the environment or in a file of its own. */
export interface RemoteConfiguration {
  readonly name: string;
  readonly protocol: RemoteProtocol;
  readonly url: string;
  /** The account of this software at the service: client_id or sp_id. */
  readonly client: string;
  readonly secret: { readonly env: string } | { readonly file: string };
  /** What the service calls the key: a credential, a user or a phone number. */
  readonly holder: string;
  readonly serial?: string;
  /** SHA-256 of the only certificate that is right, hexadecimal. */
  readonly certificate?: string;
  /** Seconds: for one call, for its user, and between two questions. */
  readonly timeout?: number;
  readonly patience?: number;
  readonly interval?: number;
}

export const remoteProtocols = ['csc-v1', 'csc-v2', 'smartca', 'sim'] as const;
export type RemoteProtocol = (typeof remoteProtocols)[number];

/** The key by which each protocol names whose key it is. */
const holders: Readonly<Record<RemoteProtocol, string>> = {
  'csc-v1': 'credential',
  'csc-v2': 'credential',
  smartca: 'user',
  sim: 'phone',
};

/** Reads `remotes.NAME`; `refuse` throws with the path of the key that is missing or not of the right form. */
export function readRemote(
  name: string,
  value: unknown,
  refuse: (key: string) => Error,
): RemoteConfiguration {
  const path = (key: string): string => `remotes.${name}${key === '' ? '' : `.${key}`}`;
  if (typeof value !== 'object' || value === null || !/^[\w.-]{1,64}$/.test(name)) throw refuse(path(''));
  const entries = new Map(Object.entries(value));
  // A secret in the file would end up in backups and repositories.
  for (const secret of ['secret', 'password', 'pin', 'token'])
    if (entries.has(secret)) throw refuse(path('secretEnv'));
  const optional = (key: string): string | undefined => {
    const entry: unknown = entries.get(key);
    if (entry === undefined) return undefined;
    if (typeof entry === 'number') return String(entry);
    if (typeof entry === 'string' && entry !== '') return entry;
    throw refuse(path(key));
  };
  const text = (key: string): string => {
    const entry = optional(key);
    if (entry === undefined) throw refuse(path(key));
    return entry;
  };
  const seconds = (key: string): number | undefined => {
    const entry: unknown = entries.get(key);
    if (entry === undefined) return undefined;
    if (typeof entry === 'number' && entry > 0 && entry <= 3600) return entry;
    throw refuse(path(key));
  };
  const protocol = remoteProtocols.find((known) => known === entries.get('protocol'));
  if (protocol === undefined) throw refuse(path('protocol'));
  const certificate = optional('certificate')?.replaceAll(':', '').toLowerCase();
  if (certificate !== undefined && !/^[0-9a-f]{64}$/.test(certificate)) throw refuse(path('certificate'));
  const file = optional('secretFile');
  return {
    name,
    protocol,
    url: text('url'),
    client: text('client'),
    secret: file === undefined ? { env: text('secretEnv') } : { file },
    holder: text(holders[protocol]),
    ...defined('serial', optional('serial')),
    ...defined('certificate', certificate),
    ...defined('timeout', seconds('timeout')),
    ...defined('patience', seconds('patience')),
    ...defined('interval', seconds('interval')),
  };
}

const defined = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [key in Name]?: Value } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]?: Value });
