import { createHash } from 'node:crypto';

/** JSON with sorted keys: the same content gives the same text whatever the order of the YAML. */
export const canonicalJson = (value) =>
  JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export const contentHash = (value) => sha256(canonicalJson(value));
