/** A journal that lives in a PostgreSQL database instead of a file. */
export interface PostgresAddress {
  /** As `pg` takes it. */
  readonly connection: string;
  /** `?schema=` of the address; `bhxh_journal` by default. */
  readonly schema: string;
  /** Without the password. */
  readonly shown: string;
}

const defaultSchema = 'bhxh_journal';
const schemaName = /^[a-z_][a-z0-9_]{0,43}$/;

export function isPostgresAddress(path: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(path);
}

/** Null when the address or the name of its schema (lower-case letters, digits, underscores) cannot be used. */
export function readPostgresAddress(text: string): PostgresAddress | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const schema = url.searchParams.get('schema') ?? defaultSchema;
  if (!schemaName.test(schema)) return null;
  url.searchParams.delete('schema');
  const connection = url.href;
  if (url.password !== '') url.password = '***';
  if (schema !== defaultSchema) url.searchParams.set('schema', schema);
  return { connection, schema, shown: url.href };
}

/** The same database, another schema. */
export function withSchema(text: string, schema: string): string {
  const url = new URL(text);
  url.searchParams.set('schema', schema);
  return url.href;
}

/** The address as it may be shown: without its password. A path stays as it is. */
export function shownAddress(path: string): string {
  return isPostgresAddress(path) ? (readPostgresAddress(path)?.shown ?? 'postgres://') : path;
}

/** Where a damaged journal is repaired to when nothing else is said: beside it, never in its place. */
export function repairTarget(path: string): string {
  const address = isPostgresAddress(path) ? readPostgresAddress(path) : null;
  return address === null ? `${path}.repaired` : withSchema(path, `${address.schema}_repaired`);
}
