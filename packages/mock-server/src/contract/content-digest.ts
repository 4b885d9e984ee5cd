import { createHash } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };

/**
 * Whether a body is the one its Content-Digest (RFC 9530) names; a field that names no digest we know says nothing and is
 * refused, because a signature may rest on it.
 */
export function fitsContentDigest(field: string, body: Uint8Array): boolean {
  const digests = field.split(',').map((part) => /^\s*([a-z0-9-]+)=:([A-Za-z0-9+/]+={0,2}):\s*$/.exec(part));
  let isKnown = false;
  for (const match of digests) {
    if (match === null) return false;
    const [, name = '', value = ''] = match;
    const algorithm = Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
    if (algorithm === undefined) continue;
    isKnown = true;
    if (createHash(algorithm).update(body).digest('base64') !== value) return false;
  }
  return isKnown;
}
